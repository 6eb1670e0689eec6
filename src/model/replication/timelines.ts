// Positions on two timelines are no two points of one line: each has its own log after the place where it branched off.

import type { Lsn } from '../values/lsn.ts'
import { lastSeenPrimaryOf, type Member } from './member.ts'

/** A position with the timeline that it is on; null: not known. */
export interface TimelinePosition {
  readonly lsn: Lsn
  readonly timeline: number | null
}

/** False where both are known and differ: then nothing can be said of how far apart two positions are. */
export function areComparableTimelines(one: number | null, other: number | null): boolean {
  return one === null || other === null || one === other
}

/** The timeline that a node is on by its last good reading, else as it was last seen as a primary. */
export function timelineOfMember(node: Member): number | null {
  return node.pulse ? node.pulse.timeline : (lastSeenPrimaryOf(node)?.timeline ?? null)
}

/** Those on the newest timeline among them: the log goes on there. Of places whose timeline is not known all stay. */
export function onNewestTimeline<P extends Pick<TimelinePosition, 'timeline'>>(places: readonly P[]): readonly P[] {
  const newest = Math.max(...places.map(({ timeline }) => timeline ?? 0))
  return places.filter(({ timeline }) => areComparableTimelines(timeline, newest === 0 ? null : newest))
}
