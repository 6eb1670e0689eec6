// Whether a database could be read in the poll that decides, and what is said when it could not.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import type { Subject } from './check-rule.ts'
import type { Finding } from './result.ts'

/** True when the poll was answered. */
export function isRead({ readAt, problem }: DatabaseView): boolean {
  return readAt !== null && problem === null
}

/** Why a database could not be read. */
export function reasonOf({ problem }: DatabaseView): string {
  return problem?.message ?? 'it has not answered'
}

/** One that can't be read can't be judged. */
export function notRead(view: DatabaseView, { title }: Subject): Finding {
  return { verdict: 'unknown', text: `${title(view.id)} can’t be read: ${reasonOf(view)}` }
}

/** Judges the databases that are meant; those that can't be read are unknown, unless they can't be meant. */
export function judgeEach(
  subject: Subject,
  judge: (view: DatabaseView) => readonly Finding[],
  isMeant: (view: DatabaseView) => boolean = () => true,
): readonly Finding[] {
  return subject.databases
    .filter((view) => view.id === subject.only || isMeant(view))
    .flatMap((view) => (isRead(view) ? judge(view) : [notRead(view, subject)]))
}
