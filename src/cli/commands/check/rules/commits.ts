// Whether commits of each primary are confirmed by its synchronous standbys.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import { isWhole } from '../../../../model/picture/subject.ts'
import { commitWaitsOf } from '../../../../model/replication/sync/commit-waits.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachPrimary, withGrant } from '../evaluation/readable.ts'
import type { PluginFinding } from '../evaluation/result.ts'

function judge(view: DatabaseView, subject: CheckSubject): readonly PluginFinding[] {
  if (!view.pulse || isReplica(view)) return []
  const name = subject.title(view.id)
  const waits = commitWaitsOf(view.pulse)
  if (waits.kind === 'unknown') {
    return [{ status: 'unknown', text: `${name} unknown: ${withGrant(waits.why, waits.grant)}` }]
  }
  const waiting = waits.kind === 'none' ? 0 : waits.waiting
  const performance = [{ label: `${name} commits`, value: waiting, unit: '', least: 0 } as const]
  const alert = subject.picture.alerts.find(({ rule, subject: id }) => rule === 'commits-wait' && isWhole(id, view.id))
  if (alert) return [{ status: alert.severity, text: alert.message, performance }]
  return [{ status: 'ok', text: `${name} ${waiting} wait`, performance }]
}

export const commitsWaitCheck: CheckRule = {
  title: 'commits that wait',
  explains:
    'Critical while commits of a primary wait for synchronous standbys and fewer can confirm than `synchronous_standby_names` asks for; ' +
    'a warning while fewer can and nobody commits. With enough standbys, a commit is told when its statement runs longer than `alerts.commitWait`.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => evaluateEachPrimary(subject, (view) => judge(view, subject)),
  emptyText: 'no primary is known',
}
