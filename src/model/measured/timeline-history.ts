// The earlier timelines of a server, from its own history file (TIMELINE_HISTORY).

import { type Lsn, parseLsn } from '../values/lsn.ts'
import type { DatabasePulse } from './pulse.ts'

/** Where a timeline ended and the next one began. */
export interface SwitchPoint {
  readonly timeline: number
  readonly end: Lsn
}

/** The history of a server's timeline. It never changes while the server runs. */
export interface TimelineHistory {
  readonly systemIdentifier: string
  /**
   * The start of the server that reported it: after a restart it may have been rewound to another timeline with that
   * number.
   */
  readonly postmasterStart: string
  readonly timeline: number
  /** Of every earlier timeline, oldest first; empty for timeline 1. */
  readonly switchPoints: readonly SwitchPoint[]
}

/** Parses switch points with positions as PostgreSQL prints them. Invalid ones are left out. */
export function parseSwitchPoints(
  lines: readonly { readonly timeline: number; readonly end: string }[],
): readonly SwitchPoint[] {
  return lines.flatMap(({ timeline, end }) => {
    const lsn = parseLsn(end)
    return lsn === null ? [] : [{ timeline, end: lsn }]
  })
}

/** False for a history of another timeline, system or start of the server than the pulse's. */
export function isHistoryOf(
  history: TimelineHistory,
  pulse: Pick<DatabasePulse, 'systemIdentifier' | 'timeline' | 'postmasterStart'>,
): boolean {
  const { systemIdentifier, timeline, postmasterStart } = history
  const isOfRun = postmasterStart === pulse.postmasterStart
  return isOfRun && timeline === pulse.timeline && systemIdentifier === pulse.systemIdentifier
}
