// Whether replay makes progress on each standby.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isPrimary } from '../../../../model/picture/roles.ts'
import { formatSeconds } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase, withGrant } from '../evaluation/readable.ts'
import { evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

function judge(view: DatabaseView, { title, ranges }: CheckSubject): readonly PluginFinding[] {
  if (isPrimary(view) || !ranges) return []
  const { replayStall: stall } = view
  const unknown = withGrant('this role may not see what replay waits for', view.pulse?.missing[0]?.grant)
  const value = stall === 'unknown' ? null : (stall?.seconds ?? 0)
  const text =
    stall === null || stall === 'unknown' ? 'replay continues' : `${formatSeconds(stall.seconds)}: ${stall.text}`
  return [evaluateFigure({ name: title(view.id), value, unit: 'seconds', text, unknown, min: 0 }, ranges)]
}

export const replayStalledCheck: CheckRule = {
  title: 'stalled replay',
  explains:
    'How long replay of each standby has stood still although more was received and nobody paused it: it waits for a query, a lock or a ' +
    'buffer on the standby, or for a WAL file that its upstream has archived and its `restore_command` does not bring. One poll takes the age of the last commit that was applied. Unknown without `pg_monitor`.',
  subjectKind: 'databases',
  limit: {
    unit: 'seconds',
    worse: 'higher',
    source: '`alerts.replayStalled`',
    limits: (thresholds) => thresholds.replayStalledSeconds,
  },
  expectation: null,
  evaluate: (subject) =>
    evaluateEachDatabase(
      subject,
      (view) => judge(view, subject),
      (view) => !isPrimary(view),
    ),
  emptyText: 'no standby is known',
}
