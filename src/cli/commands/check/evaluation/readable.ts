// Whether a database could be read in the poll that decides, and what is said when it could not.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import type { CheckSubject } from './check-rule.ts'
import type { PluginFinding } from './result.ts'

/** True when the poll was answered. */
export function wasPolled({ readAt, problem }: DatabaseView): boolean {
  return readAt !== null && problem === null
}

/** Why a database could not be read. */
export function unreadReason({ problem }: DatabaseView): string {
  return problem?.message ?? 'it has not answered'
}

/** One that can't be read can't be judged. */
export function unreadFinding(view: DatabaseView, { title }: CheckSubject): PluginFinding {
  return { status: 'unknown', text: `${title(view.id)} can’t be read: ${unreadReason(view)}` }
}

/** Judges the databases that are meant; those that can't be read are unknown, unless they can't be meant. */
export function evaluateEachDatabase(
  subject: CheckSubject,
  judge: (view: DatabaseView) => readonly PluginFinding[],
  isMeant: (view: DatabaseView) => boolean = () => true,
): readonly PluginFinding[] {
  return subject.databases
    .filter((view) => view.id === subject.node || isMeant(view))
    .flatMap((view) => (wasPolled(view) ? judge(view) : [unreadFinding(view, subject)]))
}

/** Judges the primaries, and what may be one; a standby only where it is named. */
export function evaluateEachPrimary(
  subject: CheckSubject,
  judge: (view: DatabaseView) => readonly PluginFinding[],
): readonly PluginFinding[] {
  return evaluateEachDatabase(subject, judge, (view) => !isReplica(view))
}
