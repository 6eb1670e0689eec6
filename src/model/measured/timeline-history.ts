// The timelines that a server has gone through, as its own history file tells them (TIMELINE_HISTORY).

import { type Lsn, parseLsn } from '../values/lsn.ts'
import type { DatabasePulse } from './pulse.ts'

/** Where one timeline was left for the next one. */
export interface SwitchPoint {
  readonly timeline: number
  readonly end: Lsn
}

/** The history of the timeline that a server is on: while it runs, that of a timeline never changes. */
export interface TimelineHistory {
  readonly systemIdentifier: string
  /** The run of the server that told it: after a restart it may have been rewound to another timeline of that number. */
  readonly postmasterStart: string
  readonly timeline: number
  /** Of every timeline before that one, oldest first; empty for the first timeline. */
  readonly switchPoints: readonly SwitchPoint[]
}

/** Switch points with their positions as PostgreSQL writes them; what can't be read is left out. */
export function parseSwitchPoints(
  lines: readonly { readonly timeline: number; readonly end: string }[],
): readonly SwitchPoint[] {
  return lines.flatMap(({ timeline, end }) => {
    const lsn = parseLsn(end)
    return lsn === null ? [] : [{ timeline, end: lsn }]
  })
}

/** False for a history of another timeline, system or run of the server than that of the pulse. */
export function isHistoryOf(
  history: TimelineHistory,
  pulse: Pick<DatabasePulse, 'systemIdentifier' | 'timeline' | 'postmasterStart'>,
): boolean {
  const { systemIdentifier, timeline, postmasterStart } = history
  const isOfRun = postmasterStart === pulse.postmasterStart
  return isOfRun && timeline === pulse.timeline && systemIdentifier === pulse.systemIdentifier
}
