// How far replicas are behind, in bytes and in seconds.

import { lagBeyondDelay } from '../../../../model/picture/delayed-lag.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isPrimary } from '../../../../model/picture/roles.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { unreadFinding, unreadReason, wasPolled } from '../evaluation/readable.ts'
import { evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

const SUBJECTS =
  'With `recovery_min_apply_delay` only what is beyond the delay counts (bytes: what has not been received). A standby whose lag can’t be read is unknown. A primary that is named is OK: it has no upstream.'
/** The limits of a lag in bytes, whatever its end. */
export const LAG_BYTES_LIMIT: CheckRule['limit'] = {
  unit: 'bytes',
  worse: 'higher',
  source: '`alerts.replicationLagBytes`',
  limits: (thresholds) => thresholds.replicationLagBytes,
}
const NOTHING = 'no standby is known'

function judge(subject: CheckSubject, unit: 'bytes' | 'seconds'): readonly PluginFinding[] {
  return subject.databases.flatMap((view) => {
    if (isPrimary(view)) return view.id === subject.node ? [primary(view, subject)] : []
    return subject.ranges ? [lagging(view, subject, unit, subject.ranges)] : []
  })
}

function primary(view: DatabaseView, subject: CheckSubject): PluginFinding {
  if (!wasPolled(view)) return unreadFinding(view, subject)
  return { status: 'ok', text: `${subject.title(view.id)} is the primary` }
}

function lagging(
  view: DatabaseView,
  { title, cluster }: CheckSubject,
  unit: 'bytes' | 'seconds',
  ranges: CheckSubject['ranges'] & {},
): PluginFinding {
  const unknown = view.problem === null ? view.status : unreadReason(view)
  const value = lagBeyondDelay(view, cluster.spec.thresholds.replicationLagSeconds.warning)[unit]
  const finding = evaluateFigure({ name: title(view.id), value, unit, unknown, min: 0 }, ranges)
  // The figure does not include what the upstream wrote since its last reading: too much is certain, little is not.
  if (finding.status !== 'ok' || !view.lag?.atLeast) return finding
  return { ...finding, status: 'unknown', text: `${finding.text} or more: its upstream can’t be read` }
}

export const replicationLagCheck: CheckRule = {
  title: 'replication lag',
  explains: `WAL that each standby has yet to replay. ${SUBJECTS}`,
  subjectKind: 'databases',
  limit: LAG_BYTES_LIMIT,
  expectation: null,
  evaluate: (subject) => judge(subject, 'bytes'),
  emptyText: NOTHING,
}

export const replicationLagSecondsCheck: CheckRule = {
  title: 'replication lag',
  explains: `Age of the WAL that each standby has yet to replay; 0 when nothing is left to replay, however quiet the primary is. ${SUBJECTS}`,
  subjectKind: 'databases',
  limit: {
    unit: 'seconds',
    worse: 'higher',
    source: '`alerts.replicationLagSeconds`',
    limits: (thresholds) => thresholds.replicationLagSeconds,
  },
  expectation: null,
  evaluate: (subject) => judge(subject, 'seconds'),
  emptyText: NOTHING,
}
