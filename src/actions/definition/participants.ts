// Who plays which part in the promotion of one standby: the primary it replaces, the standbys that will follow it.

import { estimatePromotion, type PromotionEstimate } from '../../model/failover/promotion.ts'
import { isStandbyOf, upstreamOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import { isReadableStandby, isWritable } from '../../model/picture/roles.ts'
import { areMirrored, areSameSystem, mayBeCopies } from '../../model/replication/mirrored-pair.ts'
import type { PlanningView } from './action.ts'
import { findDatabase } from './target.ts'

export interface PromotionParticipants {
  readonly target: DatabaseView
  /** The primary that it replaces, up or down; null where none is known. */
  readonly primary: DatabaseView | null
  /** The primary answers and takes writes: then it has to be stopped first, cleanly. */
  readonly isPrimaryUp: boolean
  /** Other standbys that can be read and replicate from that primary itself, or from nobody that is known; none with a log of its own. */
  readonly standbys: readonly DatabaseView[]
  /** What the target itself replicated from, where that is another standby. */
  readonly upstream: DatabaseView | null
  readonly estimate: PromotionEstimate
}

/** The parts as of that sight; null where there is no such database. */
export function promotionParticipants(clusterView: PlanningView, targetId: string): PromotionParticipants | null {
  const { picture, snapshot, now } = clusterView
  const target = findDatabase(clusterView, targetId)
  if (!target) return null
  const prospect = estimatePromotion(snapshot, picture, targetId, now)
  const writable = primaryAmong(writableOfSameSystem(clusterView, target), target, picture)
  const primary = writable ?? findDatabase(clusterView, prospect.primaryId)
  const above = findDatabase(clusterView, target.upstreamId)
  const upstream = above && mayBeCopies(picture, above, target) ? above : null
  // What has a log of its own can follow nobody until it is rewound or rebuilt.
  const isHis = (view: DatabaseView) =>
    !view.otherHistory && (view.upstreamId === null || isStandbyOf(view, primary?.id))
  const followers = picture.databases.filter(
    (view) => view !== target && isReadableStandby(view) && areSameSystem(picture, view, target) && isHis(view),
  )
  // The one above the target was its source until now: from the promotion on it can only follow.
  const source =
    upstream && upstream !== primary && !followers.includes(upstream) && isReadableStandby(upstream) ? [upstream] : []
  return {
    target,
    primary: primary === target ? null : primary,
    isPrimaryUp: writable !== undefined,
    standbys: [...followers, ...source],
    upstream: upstream === primary ? null : upstream,
    estimate: prospect,
  }
}

/** Its own source where several take writes, else the one that the users are on. */
function primaryAmong(
  writable: readonly DatabaseView[],
  target: DatabaseView,
  { splitBrains }: Picture,
): DatabaseView | undefined {
  const first = splitBrains.map((split) => split.shown)
  return upstreamOf({ databases: writable }, target) ?? writable.find(({ id }) => first.includes(id)) ?? writable[0]
}

/**
 * The databases of the same system, other than this one, that take writes by a reading that just came. Of one that was
 * never read nobody knows of which system it is: then all that take writes may be its twins. A database that mirrors it is
 * none.
 */
export function writableOfSameSystem({ picture }: PlanningView, target: DatabaseView): readonly DatabaseView[] {
  const isCounted = (view: DatabaseView) =>
    target.systemIdentifier === null ? !areMirrored(picture, view, target) : areSameSystem(picture, view, target)
  return picture.databases.filter((view) => view.id !== target.id && isCounted(view) && isWritable(view))
}

/** Other databases that may be copies of it and can't be read now: whether they take writes is not known. */
export function unreadOfSameSystem({ picture }: PlanningView, target: DatabaseView): readonly DatabaseView[] {
  return picture.databases.filter((view) => {
    const isUnread = view.problem !== null || view.readAt === null
    return view.id !== target.id && mayBeCopies(picture, view, target) && isUnread
  })
}

/** The database that mirrors this one, or the one that it replicates from; empty in every other model. */
export function mirroredDatabasesOf({ picture }: PlanningView, target: DatabaseView): readonly DatabaseView[] {
  return picture.databases.filter((view) => view.upstreamId === null && areMirrored(picture, view, target))
}
