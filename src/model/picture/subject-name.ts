// The display name of the subject of an alert or event.

import type { Picture } from './picture.ts'
import { type Subject, subjectText } from './subject.ts'

/**
 * Returns the display name of its server or database, or the id of its host; for a part that of its owner. Else the
 * subject's text.
 */
export function subjectName(
  { servers, databases, entryPoints, hosts }: Pick<Picture, 'servers' | 'databases' | 'entryPoints' | 'hosts'>,
  subject: Subject,
): string {
  const { owner } = subject
  const node = [...servers, ...databases, ...entryPoints].find(({ id }) => id === owner)
  return node?.name ?? (hosts.some(({ id }) => id === owner) ? owner : subjectText(subject))
}
