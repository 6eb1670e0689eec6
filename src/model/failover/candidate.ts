// The standbys of a primary as candidates for promotion: what each has received, what prevents it, which is best.

import { isAuroraReader } from '../measured/managers/aurora.ts'
import { settingsTooLow, settingsTooLowText } from '../measured/required-settings.ts'
import { restoresFromArchive } from '../picture/archive-source.ts'
import { endOfWal, standbyPositionOf } from '../picture/roles.ts'
import { isReplayPaused } from '../replication/lag.ts'
import { syncOf } from '../replication/link-view.ts'
import { type Member, requiredSettingsOf } from '../replication/member.ts'
import type { ReplicationLink } from '../replication/replication-link.ts'
import { apartText, onNewestTimeline, switchPointsOf, timelineOfMember } from '../replication/timelines.ts'
import { bytesBetween, furthestLsn, type Lsn } from '../values/lsn.ts'

export interface FailoverCandidate {
  readonly member: Member
  readonly link: ReplicationLink | null
  /** Replicates from the primary itself, not from another standby. */
  readonly direct: boolean
  readonly sync: boolean
  /** It or one above it takes WAL from an archive: then no connection leads to the primary. */
  readonly byArchive: boolean
  /** The furthest position that it has flushed, as far as known. */
  readonly received: Lsn | null
  readonly blockers: readonly string[]
  /** Other candidates with another history than this one. Whose is that of the primary is unknown. */
  readonly apart: readonly Apart[]
}

interface Apart {
  readonly id: string
  readonly why: string
}

/** Positions this close, read at different moments, do not show which one is ahead. */
export const LIVE_TOLERANCE_BYTES = 1024 * 1024

/** The readable standbys that replicate from `primary`, directly or through others; none with another history. */
export function failoverCandidates(primary: Member, edges: readonly ReplicationLink[]): readonly FailoverCandidate[] {
  const upstreamOf = new Map<Member, ReplicationLink>()
  for (const edge of edges) if (edge.downstream) upstreamOf.set(edge.downstream, edge)
  const found: FailoverCandidate[] = []
  for (const [node, edge] of upstreamOf) {
    if (
      edge.otherHistory ||
      !node.isFresh ||
      !standbyPositionOf(node) ||
      pathTo(primary, node, upstreamOf).length === 0
    )
      continue
    found.push({
      member: node,
      link: edge,
      direct: edge.upstream === primary,
      sync: isSync(edge),
      byArchive: pathTo(primary, node, upstreamOf).some(restoresFromArchive),
      received: furthestLsn(endOfWal(node), edge.sender?.flushedLsn),
      blockers: blockersOf(node, primary),
      apart: [],
    })
  }
  return primary.pulse && switchPointsOf(primary)
    ? found
    : found.map((candidate) => withApart(candidate, found, primary))
}

/** Of two standbys with different histories at most one has followed the primary. */
function withApart(one: FailoverCandidate, all: readonly FailoverCandidate[], primary: Member): FailoverCandidate {
  const apart = all.flatMap(({ member }) => {
    const why = member === one.member ? null : apartText(one.member, member)
    return why === null ? [] : [{ id: member.id, why }]
  })
  if (apart.length === 0) return one
  const reason = `${apart.map(({ why }) => why).join('; ')}: which of them followed ${primary.name} is unknown`
  return { ...one, apart, blockers: [...one.blockers, reason] }
}

function isSync(edge: ReplicationLink): boolean {
  const sync = syncOf(edge)
  return sync === 'sync' || sync === 'quorum'
}

/** It and those between it and the primary; empty where it does not replicate from that. */
function pathTo(primary: Member, node: Member, upstreamOf: ReadonlyMap<Member, ReplicationLink>): readonly Member[] {
  const path: Member[] = []
  let at: Member | null = node
  while (at && !path.includes(at)) {
    path.push(at)
    at = upstreamOf.get(at)?.upstream ?? null
    if (at === primary) return path
  }
  return []
}

/** What must be repaired before this standby can be promoted. */
function blockersOf(node: Member, primary: Member): readonly string[] {
  // Its service promotes it, and asks for none of these.
  if (isAuroraReader(node)) return []
  const blockers: string[] = []
  const low = settingsTooLow(node.pulse?.settings ?? null, requiredSettingsOf(primary))
  if (low.length > 0)
    blockers.push(`${node.name} would shut down when promoted: ${settingsTooLowText(low)} on ${primary.name}`)
  if (isReplayPaused(node)) {
    const target = standbyPositionOf(node)?.recoveryTarget
    const where = target ? ` at a recovery target (${target.setting})` : ''
    blockers.push(`replay is paused on ${node.name}${where}`)
  }
  const timeline = node.pulse?.timeline ?? null
  const wanted = primary.pulse?.timeline ?? primary.record.lastSeenAsPrimary?.timeline ?? null
  if (timeline !== null && wanted !== null && timeline !== wanted) {
    blockers.push(`${node.name} is on timeline ${timeline}, ${primary.name} on ${wanted}`)
  }
  return blockers
}

/** A promotion ends the delay, and with it the purpose of the standby. */
function isDelayed({ member }: FailoverCandidate): boolean {
  return (member.pulse?.applyDelayMs ?? 0) > 0
}

/** The one to promote: nothing against it, synchronous, most received, not late on purpose, streaming rather than from an archive, direct; on a tie the one named before. */
export function bestFailoverCandidate(
  candidates: readonly FailoverCandidate[],
  primaryIsLive: boolean,
  namedBefore: string | null,
): FailoverCandidate | null {
  const tolerance = primaryIsLive ? LIVE_TOLERANCE_BYTES : 0
  // A candidate on another timeline than the newest has other WAL: how much it lacks is unknown.
  const placed = candidates.map((candidate) => ({ candidate, timeline: timelineOfMember(candidate.member) }))
  const fitting = new Set(onNewestTimeline(placed).map(({ candidate }) => candidate))
  const most = furthestLsn(...[...fitting].map((candidate) => candidate.received))
  const missing = (candidate: FailoverCandidate): number => {
    const { received } = candidate
    if (most === null || received === null || !fitting.has(candidate)) return Number.MAX_SAFE_INTEGER
    const bytes = bytesBetween(most, received)
    return bytes <= tolerance ? 0 : bytes
  }
  const [best] = [...candidates].sort(
    (a, b) =>
      Number(a.blockers.length > 0) - Number(b.blockers.length > 0) ||
      Number(b.sync) - Number(a.sync) ||
      missing(a) - missing(b) ||
      Number(isDelayed(a)) - Number(isDelayed(b)) ||
      Number(a.byArchive) - Number(b.byArchive) ||
      Number(b.direct) - Number(a.direct) ||
      Number(b.member.id === namedBefore) - Number(a.member.id === namedBefore),
  )
  return best ?? null
}
