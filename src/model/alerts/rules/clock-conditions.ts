// How far the clock of a node is off from the others', and the alert about it.

import { subjectOf } from '../../picture/subject.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, type RuleInput } from './condition.ts'

const CLOCK_SECONDS = { warning: 2, critical: Number.POSITIVE_INFINITY }

/** A clock as it was read from here. */
export interface ClockReading {
  readonly offsetMs: number
  /** It may be wrong by so much either way. */
  readonly uncertaintyMs: number
}

/** Seconds that are certain. Clocks are held against the one that agrees best with this host's. */
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

/** The condition of a clock that is so many seconds off. */
export function clockConditions(id: string, name: string, seconds: number): readonly AlertCondition[] {
  return aboveThreshold('clock', subjectOf(id), seconds, CLOCK_SECONDS, (limit) => {
    return `${name}: its clock is ${formatSeconds(seconds)} off from the other nodes, limit ${formatSeconds(limit)}`
  })
}
