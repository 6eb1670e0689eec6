// The cost of a change of roles for the person who decides: bytes, seconds, sessions, servers, slots that stay behind.

import { BEFORE_PLAN, type LossEstimate, UNLESS_SYNC_COMMIT_OFF } from '../../model/failover/loss-text.ts'
import { slotFate } from '../../model/failover/slots-after.ts'
import type { Danger } from '../../model/measured/spec.ts'
import { isFedByArchiveAlone } from '../../model/picture/archive-source.ts'
import { isStandbyOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, SlotView } from '../../model/picture/picture.ts'
import type { Impact } from '../../model/runs/plan.ts'
import { refusalOf, SLOTS_FUNCTION } from '../../model/values/refused-function.ts'
import { formatAge, formatBytes, formatSeconds } from '../../model/values/units.ts'
import type { PlanningView } from '../definition/action.ts'
import { type PromotionParticipants, timelineSeen } from '../definition/participants.ts'
import { servingAfterPromotion } from './serving-after-promotion.ts'

/** For a target whose upstream is unknown. */
export const UNKNOWN_LOSS: LossEstimate & { readonly writableInSeconds: null } = {
  lossBytes: null,
  lossSeconds: null,
  lossBound: null,
  basisAgeMs: 0,
  writableInSeconds: null,
}

/** Returns `data-loss` if more bytes than the limit are lost, or an unknown number. */
export function promotionDanger({ isPrimaryUp, estimate }: PromotionParticipants, { config }: PlanningView): Danger {
  if (isPrimaryUp) return 'outage'
  const bytes = estimate.estimate?.lossBytes ?? null
  return bytes === null || bytes > config.spec.thresholds.replicationLagBytes.warning ? 'data-loss' : 'outage'
}

/** Returns the impact of promoting the target after its primary is gone. */
export function failoverImpact(participants: PromotionParticipants, clusterView: PlanningView): Impact {
  const { target, primary, estimate: prospect } = participants
  const estimate = prospect.estimate ?? UNKNOWN_LOSS
  const { lossBytes, lossSeconds, lossBound, writableInSeconds } = estimate
  const name = primary?.name ?? 'the old primary'
  const soon = writableInSeconds === null ? '' : ` in about ${formatSeconds(writableInSeconds)}`
  return {
    lossBytes,
    lossSeconds,
    lossBound,
    lossAgeSeconds: lossBytes === null ? null : estimate.basisAgeMs / 1000,
    writableInSeconds,
    sessionsCut: 0,
    serversAffected: serversOf(participants, clusterView),
    orphans: orphansOf(participants, clusterView),
    statement: `${target.name} becomes the primary${soon}; ${losing(estimate, name)}. ${name} must not be writable again before a rewind or rebuild.`,
    servingAfter: servingAfterPromotion(participants, clusterView),
  }
}

/** Says what is lost, without promising more than the readings prove. */
function losing({ lossBytes, lossSeconds, lossBound, basisAgeMs }: LossEstimate, name: string): string {
  if (lossBound === 'none-confirmed') return `no confirmed commit is lost, ${UNLESS_SYNC_COMMIT_OFF}`
  if (lossBound === 'shared-storage') return 'nothing is lost inside the cluster, whose instances share one storage'
  if (lossBytes === null) return `how many commits of ${name} are lost is unknown`
  const figure = `${formatBytes(lossBytes)} of commits${lossBytes === 0 || lossSeconds === null ? '' : ` (${formatSeconds(lossSeconds)})`}`
  if (lossBound === 'as-read') return `${figure} are lost for good`
  const after = `what ${name} wrote after it was last seen ${formatAge(basisAgeMs)} ${BEFORE_PLAN}`
  return lossBytes === 0 ? `${after} is lost for good` : `at least ${figure} are lost for good, and ${after}`
}

/**
 * Returns the impact of a switchover: no server is writable between the stop and the promotion. `isSeen`: the host
 * reports how the old primary ended; otherwise WAL after the last reading is unknown.
 */
export function switchoverImpact(
  participants: PromotionParticipants,
  clusterView: PlanningView,
  isSeen: boolean,
): Impact {
  const { target, primary, estimate } = participants
  const seconds = estimate.estimate?.writableInSeconds ?? null
  const sessionsCut = primary?.pulse?.sessions.total ?? null
  const name = primary?.name ?? '?'
  const loss = isSeen
    ? 'nothing is lost'
    : `the loss is unknown unless ${name} is stopped cleanly: pgdeck can’t read the end of its WAL`
  return {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: seconds === null ? null : seconds + STOP_SECONDS,
    sessionsCut,
    serversAffected: serversOf(participants, clusterView),
    orphans: orphansOf(participants, clusterView),
    ...(isSeen ? {} : { lossBound: 'at-least' as const, lossAgeSeconds: ageOf(primary, clusterView) }),
    statement: `${name} is stopped, ${target.name} becomes the primary; ${loss}. No database is writable in between.`,
    servingAfter: servingAfterPromotion(participants, clusterView),
  }
}

function ageOf(view: DatabaseView | null, { now }: PlanningView): number | null {
  return view?.readAt == null ? null : Math.max(0, now - view.readAt) / 1000
}

/** A shutdown checkpoint, its transfer to the standby, and reading it. */
const STOP_SECONDS = 3

function serversOf({ target, primary }: PromotionParticipants, { picture }: PlanningView): readonly string[] {
  return picture.servers
    .filter(({ databaseId }) => databaseId === primary?.id || databaseId === target.id)
    .map(({ name }) => name)
}

function orphansOf(
  { primary, standbys, target, upstream }: PromotionParticipants,
  clusterView: PlanningView,
): readonly string[] {
  const { picture } = clusterView
  const before = timelineSeen(clusterView, primary)
  const logical = picture.slots.filter(({ databaseId, type }) => databaseId === primary?.id && type === 'logical')
  const unread = picture.databases.filter((view) => {
    return isStandbyOf(view, primary?.id) && view !== target && view !== upstream && !standbys.includes(view)
  })
  return [
    ...unknownSlots(primary),
    ...logical.flatMap((slot) => logicalSlotLeft(slot, primary, target)),
    ...picture.slots.flatMap((slot) => physicalSlotLeft(slot, primary, target)),
    ...unread.map((view) => standbyLeft(view, primary?.name ?? '?', target.name, before)),
  ]
}

/** Of a standby that the plan does not point at the new primary. */
function standbyLeft(view: DatabaseView, primary: string, target: string, before: number | null): string {
  const { name, otherHistory, timeline } = view
  if (view.problem === null && !otherHistory && timeline !== null && before !== null && timeline > before)
    return `${name} is on timeline ${timeline}, ${primary} was on ${before}: rewind or rebuild it`
  if (otherHistory) return `${name}, which has another history, still points to ${primary}: rewind or rebuild it`
  if (view.problem === null && isFedByArchiveAlone(view))
    return `${name} restores WAL from an archive: it follows ${target} only if that archives to the same place`
  if (view.problem === null) return `${name}, whose history may be another one, still points to ${primary}`
  return `${name}, which pgdeck can’t read, still points to ${primary}`
}

function unknownSlots(primary: DatabaseView | null): readonly string[] {
  const refused = refusalOf(primary?.pulse ?? null, SLOTS_FUNCTION)
  return refused ? [`the slots of ${primary?.name}, whatever they are: unknown (${refused.why}: ${refused.name})`] : []
}

/** Of a user that is no watched standby, as an archiver: the slots of standbys are created and dropped by the plan. */
function physicalSlotLeft(slot: SlotView, primary: DatabaseView | null, target: DatabaseView): readonly string[] {
  const { databaseId, type, temporary, usedBy, name, restartLsn } = slot
  if (databaseId !== primary?.id || type !== 'physical' || temporary || usedBy !== null || restartLsn === null)
    return []
  if (target.pulse?.slots.some((each) => each.name === name)) return []
  return [`physical slot ${name} of ${primary.name}: what uses it needs one on ${target.name}; the old one retains WAL`]
}

/** A synchronized copy of it on the target continues there (failover slots, PostgreSQL 17 and newer). */
function logicalSlotLeft(slot: SlotView, primary: DatabaseView | null, target: DatabaseView): readonly string[] {
  const fate = slotFate(slot, target.pulse?.slots ?? [])
  if (fate === 'kept') return []
  if (refusalOf(target.pulse, SLOTS_FUNCTION))
    return [`logical slot ${slot.name} of ${primary?.name}: whether ${target.name} has a synchronized copy is unknown`]
  const why = fate === 'not-ready' ? ` (its copy on ${target.name} is not synchronized)` : ''
  return [
    `logical slot ${slot.name} of ${primary?.name}${why}: its consumer needs a new one; the old one retains WAL if ${primary?.name} returns with it`,
  ]
}
