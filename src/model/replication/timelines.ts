// Positions on two timelines can't be compared: each timeline has its own WAL after its switch point.

import { isSameSystem } from '../measured/server-identity.ts'
import type { DatabaseSample } from '../measured/snapshot.ts'
import { isHistoryOf, type SwitchPoint } from '../measured/timeline-history.ts'
import type { OtherHistory } from '../picture/other-history.ts'
import { isPrimary, isReadAsPrimary, isWritable, primaryPositionOf, standbyPositionOf } from '../picture/roles.ts'
import { formatLsn, type Lsn } from '../values/lsn.ts'
import { distinctServers, lastSeenPrimaryOf, type Member } from './member.ts'
import type { ReplicationLink } from './replication-link.ts'

/** A position with its timeline; null: unknown. */
export interface TimelinePosition {
  readonly lsn: Lsn
  readonly timeline: number | null
}

/** False if both are known and differ: then their distance is undefined. */
export function areComparableTimelines(one: number | null, other: number | null): boolean {
  return one === null || other === null || one === other
}

/** The timeline of a server by its last good reading, else as last read as a primary. */
export function timelineOfMember(node: Member): number | null {
  return node.pulse ? node.pulse.timeline : (lastSeenPrimaryOf(node)?.timeline ?? null)
}

/** Those on the newest timeline among them, whose WAL continues there. Positions with an unknown timeline all stay. */
export function onNewestTimeline<P extends Pick<TimelinePosition, 'timeline'>>(places: readonly P[]): readonly P[] {
  const newest = Math.max(...places.map(({ timeline }) => timeline ?? 0))
  return places.filter(({ timeline }) => areComparableTimelines(timeline, newest === 0 ? null : newest))
}

/**
 * Returns standbys with WAL that their primary never had, with the evidence. A standby that is missing here may still
 * have another history. The primary is the root of their tree, or the only writable server of their system if they have
 * no root. Where no server of their system is writable, the last reading of the primary that is gone counts.
 */
export function otherHistories(
  members: readonly Member[],
  links: readonly ReplicationLink[],
): ReadonlyMap<Member, OtherHistory> {
  const upstreamOf = new Map(links.map(({ downstream, upstream }) => [downstream, upstream]))
  const writable = distinctServers(members.filter(isWritable))
  const gone = distinctServers(members.filter(isGonePrimary))
  const histories = new Map<Member, OtherHistory>()
  for (const standby of members) {
    const root = rootAbove(standby, upstreamOf)
    const serving = fitting(writable, root, standby)
    const primaries = serving.length > 0 ? serving : fitting(gone, root, standby)
    const [primary] = primaries
    if (!primary || primaries.length > 1 || !isOfOneSystem(primary, standby)) continue
    const why = otherHistoryOf(standby, primary) ?? historyBefore(standby, primary)
    if (why !== null) histories.set(standby, { primaryId: primary.id, why })
  }
  return histories
}

/** Read as a primary, and none that another one has replaced. */
function isGonePrimary(member: Member): boolean {
  const { previousView } = member
  return !member.isFresh && isReadAsPrimary(member) && (previousView === null || isPrimary(previousView))
}

/** The root if it is among them, else all of its system. */
function fitting(primaries: readonly Member[], root: Member | null, standby: Member): readonly Member[] {
  return root && primaries.includes(root) ? [root] : primaries.filter((each) => isOfOneSystem(each, standby))
}

/** What was proved while the primary still answered. A standby that streams may have another primary by now. */
function historyBefore(standby: Member, primary: Member): string | null {
  const { previousView: before, pulse } = standby
  if (isWritable(primary) || !standby.isFresh || standbyPositionOf(standby)?.receiver) return null
  const isSame = before?.pulse?.postmasterStart === pulse?.postmasterStart && before?.timeline === pulse?.timeline
  return isSame && before?.otherHistory?.primaryId === primary.id ? before.otherHistory.why : null
}

/** Why two standbys can't have followed one primary, as far as their histories were read; null: nothing shows that. */
export function apartText(one: Member, other: Member): string | null {
  const [own, theirs] = [switchPointsOf(one), switchPointsOf(other)]
  const apart = own && theirs ? differentSwitch(own, theirs) : null
  if (!apart) return null
  return `timeline ${apart.timeline} ends at ${formatLsn(apart.own)} for ${one.name}, at ${formatLsn(apart.theirs)} for ${other.name}`
}

/** The root of its tree; null if its upstream is unknown. */
export function rootAbove(
  standby: Member | null,
  upstreamOf: ReadonlyMap<Member | null, Member | null>,
): Member | null {
  const seen = new Set<Member>()
  let at: Member | null = standby
  let root: Member | null = null
  while (at && !seen.has(at)) {
    seen.add(at)
    at = upstreamOf.get(at) ?? null
    root = at ?? root
  }
  return root
}

function isOfOneSystem({ pulse, mirroredId }: Member, other: Member): boolean {
  if (mirroredId !== null && other.mirroredId !== null && mirroredId !== other.mirroredId) return false
  return pulse !== null && other.pulse !== null && isSameSystem(pulse, other.pulse)
}

/** Returns why the WAL of a standby is not that of a primary of its system; null if nothing proves it. */
function otherHistoryOf(standby: Member, primary: Member): string | null {
  if (!standby.isFresh || !standbyPositionOf(standby)) return null
  const [own, theirs] = [standby.pulse?.timeline ?? null, primary.pulse?.timeline ?? null]
  if (own === null || theirs === null) return null
  // Numbers repeat: a new timeline is the highest known one plus 1, also when two standbys are promoted independently. A
  // primary that is gone may have had a successor that is gone too.
  if (own > theirs && isWritable(primary))
    return `${standby.name} is on timeline ${own}, ${primary.name} on ${theirs}, which never went over to that one`
  const apart = apartText(standby, primary)
  if (apart !== null || own > theirs) return apart
  return own === theirs ? pastTheEnd(standby, primary) : pastTheSwitch(standby, primary, own, switchPointsOf(primary))
}

/** The history of its timeline; null if it was not read. Timeline 1 has none. */
export function switchPointsOf({ pulse, record }: Pick<Member, 'pulse' | 'record'>): readonly SwitchPoint[] | null {
  if (!pulse || pulse.timeline === null) return null
  if (pulse.timeline === 1) return []
  const known = record.timelineHistory
  return known && isHistoryOf(known, pulse) ? known.switchPoints : null
}

/** The first timeline that both left at different positions. */
function differentSwitch(own: readonly SwitchPoint[], theirs: readonly SwitchPoint[]) {
  for (const { timeline, end } of own) {
    const other = theirs.find((each) => each.timeline === timeline)
    if (other && other.end !== end) return { timeline, own: end, theirs: other.end }
  }
  return null
}

/**
 * A standby on the same timeline as its primary has nothing that the primary has not written. Compares its newest
 * position before the primary was read with the primary’s position.
 */
function pastTheEnd(standby: Member, primary: Member): string | null {
  const end = primaryPositionOf(primary)?.lsn ?? null
  // The reading is complete later: of a primary another statement may follow before.
  const least = primary.readAt === null ? null : primary.readAt - (primary.pulse?.roundTripMs ?? 0)
  const asked = primary.pulse?.askedAt ?? least
  if (end === null || asked === null) return null
  const replayed = replayedBefore(standby, asked)
  if (replayed === null || replayed <= end) return null
  return `${standby.name} has replayed up to ${formatLsn(replayed)}, the WAL of ${primary.name} ended at ${formatLsn(end)} after that`
}

/** Not from an earlier start of its server: it may have been rewound or rebuilt since. */
function replayedBefore(standby: Member, instant: number): Lsn | null {
  const { pulse, record, readAt } = standby
  const now = standbyPositionOf(standby)?.replayedLsn ?? null
  if (!pulse || pulse.startedAt === null || now === null || readAt === null) return null
  if (readAt <= instant) return now
  const started = pulse.startedAt - pulse.clockOffsetMs + 1000
  const fits = ({ at, replayedLsn }: DatabaseSample) =>
    at <= instant && at >= started && replayedLsn !== null && replayedLsn <= now
  return record.history.findLast(fits)?.replayedLsn ?? null
}

/**
 * Whether it continued a timeline that the primary had left. The switch may still be on its way, so only a known end
 * counts.
 */
function pastTheSwitch(
  standby: Member,
  primary: Member,
  timeline: number,
  history: readonly SwitchPoint[] | null,
): string | null {
  if (!history) return null
  const end = history.find((each) => each.timeline === timeline)?.end
  if (end === undefined) return `timeline ${timeline} of ${standby.name} is not in the history of ${primary.name}`
  // Its timeline may be newer than what was read (a hidden walreceiver, a control file): it has reached the timeline
  // that it replays.
  const receiver = standbyPositionOf(standby)?.receiver
  const received = receiver?.receivedTimeline === timeline ? receiver.flushedLsn : null
  if (received === null || received <= end) return null
  return `${primary.name} left timeline ${timeline} at ${formatLsn(end)}, ${standby.name} has received up to ${formatLsn(received)} on it`
}
