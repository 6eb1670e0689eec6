// Whether a database could be read in the poll that decides, and what is said when it could not.

import type { DatabasePulse } from '../../../../model/measured/pulse.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import { hiddenSessionsOf } from '../../../../model/sessions/hidden-sessions.ts'
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

/** A reason, and behind it the statement that gives the role what it lacks. */
export function withGrant(why: string, grant: string | null | undefined): string {
  return grant ? `${why}: ${grant}` : why
}

/** Why it is not known what all sessions do; null: it is known. */
export function hiddenReason(pulse: DatabasePulse | null): string | null {
  const hidden = pulse && hiddenSessionsOf(pulse)
  return hidden && withGrant(hidden.why, hidden.grant)
}
