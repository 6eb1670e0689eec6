// The clock offset of a node, and the alert about it.

import { subjectOf } from '../../picture/subject.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, type RuleInput } from './condition.ts'

const CLOCK_SECONDS = { warning: 2, critical: Number.POSITIVE_INFINITY }

/** The offset of a clock, measured from this host. */
export interface ClockReading {
  readonly offsetMs: number
  /** The error of the measurement in either direction. */
  readonly uncertaintyMs: number
}

/** Returns the seconds that are certain. Clocks are compared with the one that agrees best with this host's. */
export function clockSkewSeconds(clock: ClockReading, findings: Pick<RuleInput, 'members' | 'hosts'>): number {
  const offsets = [
    ...findings.members.flatMap(({ isFresh, pulse }) => (isFresh && pulse ? [pulse.clockOffsetMs] : [])),
    ...findings.hosts.flatMap(({ facts, stale }) => (facts?.clock && !stale ? [facts.clock.offsetMs] : [])),
  ]
  const reference = offsets.reduce(
    (best, offset) => (Math.abs(offset) < Math.abs(best) ? offset : best),
    offsets[0] ?? 0,
  )
  return Math.max(0, (Math.abs(clock.offsetMs - reference) - clock.uncertaintyMs) / 1000)
}

/** The condition of a clock with that offset. */
export function clockConditions(id: string, name: string, seconds: number): readonly AlertCondition[] {
  return aboveThreshold('clock', subjectOf(id), seconds, CLOCK_SECONDS, (limit) => {
    return `${name}: its clock is ${formatSeconds(seconds)} off from the other nodes, limit ${formatSeconds(limit)}`
  })
}
