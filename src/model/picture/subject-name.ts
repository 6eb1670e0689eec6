// The name that people know the subject of an alert or event by.

import type { Picture } from './picture.ts'
import { type Subject, subjectText } from './subject.ts'

/** The display name of its server or database, the id of its host: a part goes by its owner. Else the subject's text. */
export function subjectName(
  { servers, databases, hosts }: Pick<Picture, 'servers' | 'databases' | 'hosts'>,
  subject: Subject,
): string {
  const { owner } = subject
  const node = [...servers, ...databases].find(({ id }) => id === owner)
  return node?.name ?? (hosts.some(({ id }) => id === owner) ? owner : subjectText(subject))
}
