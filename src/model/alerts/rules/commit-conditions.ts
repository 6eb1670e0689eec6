// The alert `commits-wait`: commits of users wait because no standby confirms them.

import { isWritable } from '../../picture/roles.ts'
import { subjectOf } from '../../picture/subject.ts'
import { commitWaitsOf, commitWaitsText } from '../../replication/sync/commit-waits.ts'
import { type AlertCondition, aboveThreshold, afterInterval, type RuleInput } from './condition.ts'

export function commitConditions({ members, snapshot }: RuleInput): readonly AlertCondition[] {
  return members.flatMap((member) => {
    const { id, name, pulse } = member
    if (!pulse || !isWritable(member)) return []
    const waits = commitWaitsOf(pulse)
    if (waits.kind === 'none' || waits.kind === 'unknown') return []
    const message = `${name}: ${commitWaitsText(waits)}`
    if (waits.kind === 'too-few') {
      return [afterInterval('commits-wait', subjectOf(id), waits.waiting > 0 ? 'critical' : 'warning', message)]
    }
    // Every synchronous commit waits for an instant.
    const seconds = waits.waiting > 0 ? waits.longestSeconds : null
    return aboveThreshold(
      'commits-wait',
      subjectOf(id),
      seconds,
      snapshot.spec.thresholds.commitWaitSeconds,
      () => message,
    )
  })
}
