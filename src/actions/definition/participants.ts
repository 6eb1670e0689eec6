// The participants in the promotion of one standby: the primary that it replaces, and the standbys that will follow it.

import { estimatePromotion, type PromotionEstimate } from '../../model/failover/promotion.ts'
import { isFedByArchiveAlone } from '../../model/picture/archive-source.ts'
import { isStandbyOf, upstreamOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import { isReadAsPrimary, isReadableStandby, isWritable } from '../../model/picture/roles.ts'
import { areMirrored, areSameSystem, mayBeCopies } from '../../model/replication/mirrored-pair.ts'
import type { PlanningView } from './action.ts'
import { findDatabase } from './target.ts'

export interface PromotionParticipants {
  readonly target: DatabaseView
  /** The primary that it replaces, up or down; null if unknown. */
  readonly primary: DatabaseView | null
  /** The primary answers and is writable: then it must be stopped first, cleanly. */
  readonly isPrimaryUp: boolean
  /**
   * Other standbys that can be read and replicate from that primary, or whose upstream is unknown; none with
   * another history, and none that only an archive feeds: that has no connection to be pointed elsewhere.
   */
  readonly standbys: readonly DatabaseView[]
  /** The target's upstream if that is another standby. */
  readonly upstream: DatabaseView | null
  readonly estimate: PromotionEstimate
}

/** Returns the participants by that view; null if there is no such database. */
export function promotionParticipants(clusterView: PlanningView, targetId: string): PromotionParticipants | null {
  const { picture, snapshot, now } = clusterView
  const target = findDatabase(clusterView, targetId)
  if (!target) return null
  const prospect = estimatePromotion(snapshot, picture, targetId, now)
  const writable = primaryAmong(writableOfSameSystem(clusterView, target), target, picture)
  const primary = writable ?? findDatabase(clusterView, prospect.primaryId)
  const above = findDatabase(clusterView, target.upstreamId)
  const upstream = above && mayBeCopies(picture, above, target) ? above : null
  const apart = new Set(prospect.otherCandidates.flatMap((other) => (other.apart === null ? [] : [other.id])))
  const seenTimeline = timelineSeen(clusterView, primary)
  // A standby with another history can't follow before it is rewound or rebuilt.
  const isHis = (view: DatabaseView) =>
    !target.otherHistory &&
    !view.otherHistory &&
    !apart.has(view.id) &&
    !isBeyond(view, target, seenTimeline) &&
    !isFedByArchiveAlone(view) &&
    (view.upstreamId === null || isStandbyOf(view, primary?.id))
  const followers = picture.databases.filter(
    (view) => view !== target && isReadableStandby(view) && areSameSystem(picture, view, target) && isHis(view),
  )
  // The target's upstream can only be a standby of the target after the promotion.
  const source =
    upstream &&
    upstream !== primary &&
    !followers.includes(upstream) &&
    isReadableStandby(upstream) &&
    !isFedByArchiveAlone(upstream)
      ? [upstream]
      : []
  return {
    target,
    primary: primary === target ? null : primary,
    isPrimaryUp: writable !== undefined,
    standbys: [...followers, ...source],
    upstream: upstream === primary ? null : upstream,
    estimate: prospect,
  }
}

/** The timeline of that primary as last read as a primary, also by an earlier process; null if unknown. */
export function timelineSeen({ snapshot }: PlanningView, primary: DatabaseView | null): number | null {
  if (primary && isReadAsPrimary(primary)) return primary.timeline
  return snapshot.databases.find(({ spec }) => spec.id === primary?.id)?.lastSeenAsPrimary?.timeline ?? null
}

/** On a timeline that the primary never had, and the target has not either: numbers repeat, so it would seem to follow. */
function isBeyond({ timeline }: DatabaseView, target: DatabaseView, seen: number | null): boolean {
  return timeline !== null && seen !== null && timeline > Math.max(seen, target.timeline ?? timeline)
}

/** The target's own upstream if several servers are writable, else the primary that the users are on. */
function primaryAmong(
  writable: readonly DatabaseView[],
  target: DatabaseView,
  { splitBrains }: Picture,
): DatabaseView | undefined {
  const first = splitBrains.map((split) => split.shown)
  return upstreamOf({ databases: writable }, target) ?? writable.find(({ id }) => first.includes(id)) ?? writable[0]
}

/**
 * Returns the other databases of the same system that a fresh reading shows as writable. If the target's system
 * identifier was never read, any writable database counts. A database that mirrors the target does not count.
 */
export function writableOfSameSystem({ picture }: PlanningView, target: DatabaseView): readonly DatabaseView[] {
  const isCounted = (view: DatabaseView) =>
    target.systemIdentifier === null ? !areMirrored(picture, view, target) : areSameSystem(picture, view, target)
  return picture.databases.filter((view) => view.id !== target.id && isCounted(view) && isWritable(view))
}

/** Returns the other databases that may have the same system identifier and can't be read now: they may be writable. */
export function unreadOfSameSystem({ picture }: PlanningView, target: DatabaseView): readonly DatabaseView[] {
  return picture.databases.filter((view) => {
    const isUnread = view.problem !== null || view.readAt === null
    return view.id !== target.id && mayBeCopies(picture, view, target) && isUnread
  })
}

/** Returns the databases that mirror this one or its upstream; empty in every other model. */
export function mirroredDatabasesOf({ picture }: PlanningView, target: DatabaseView): readonly DatabaseView[] {
  return picture.databases.filter((view) => view.upstreamId === null && areMirrored(picture, view, target))
}
