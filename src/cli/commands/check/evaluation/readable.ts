// Whether the deciding poll read a database, and the text if it did not.

import type { DatabasePulse } from '../../../../model/measured/pulse.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import { hiddenSessionsOf } from '../../../../model/sessions/hidden-sessions.ts'
import type { CheckSubject } from './check-rule.ts'
import type { PluginFinding } from './result.ts'

/** True if the poll was answered. */
export function wasPolled({ readAt, problem }: DatabaseView): boolean {
  return readAt !== null && problem === null
}

/** Why a database could not be read. */
export function unreadReason({ problem }: DatabaseView): string {
  return problem?.message ?? 'it has not answered'
}

/** A database that can't be read can't be judged. */
export function unreadFinding(view: DatabaseView, { title }: CheckSubject): PluginFinding {
  return { status: 'unknown', text: `${title(view.id)} can’t be read: ${unreadReason(view)}` }
}

/** Judges the selected databases. An unreadable one is unknown, unless the check can't be about it. */
export function evaluateEachDatabase(
  subject: CheckSubject,
  judge: (view: DatabaseView) => readonly PluginFinding[],
  isMeant: (view: DatabaseView) => boolean = () => true,
): readonly PluginFinding[] {
  return subject.databases
    .filter((view) => view.id === subject.node || isMeant(view))
    .flatMap((view) => (wasPolled(view) ? judge(view) : [unreadFinding(view, subject)]))
}

/** Judges the primaries, and databases that may be one; a standby only if it is named. */
export function evaluateEachPrimary(
  subject: CheckSubject,
  judge: (view: DatabaseView) => readonly PluginFinding[],
): readonly PluginFinding[] {
  return evaluateEachDatabase(subject, judge, (view) => !isReplica(view))
}

/** A reason, followed by the statement that grants the role what it lacks. */
export function withGrant(why: string, grant: string | null | undefined): string {
  return grant ? `${why}: ${grant}` : why
}

/** Why the activity of all sessions is unknown; null: it is known. */
export function hiddenReason(pulse: DatabasePulse | null): string | null {
  const hidden = pulse && hiddenSessionsOf(pulse)
  return hidden && withGrant(hidden.why, hidden.grant)
}
