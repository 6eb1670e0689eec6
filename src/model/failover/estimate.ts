// The cost if the serving primary failed now: which standby takes over, what is lost, how soon it is writable.

import type { ClusterManager } from '../managers/detection/cluster-manager.ts'
import { pauseWarning, whyItPromotesNobody, whyNoneIsPromoted, whyNotPromoted } from '../managers/takeover.ts'
import { isAuroraWriterOf } from '../measured/managers/aurora.ts'
import { isMonitor } from '../measured/managers/monitor.ts'
import type { ClusterSnapshot } from '../measured/snapshot.ts'
import { restoresFromArchive } from '../picture/archive-source.ts'
import type { DatabaseView, FailoverEstimate, Mirroring, Picture, ServerView } from '../picture/picture.ts'
import { isWritable } from '../picture/roles.ts'
import type { SplitBrain } from '../picture/split-brain.ts'
import { isFlowing } from '../picture/status.ts'
import { type Member, mainEntryOf, mayBeSameSystem, wasPrimary } from '../replication/member.ts'
import { crossedAt, NEGLIGIBLE_BACKLOG_BYTES, replayCapacity } from '../replication/rates.ts'
import { replayStallOf } from '../replication/replay-stall.ts'
import type { ReplicationLink } from '../replication/replication-link.ts'
import { areComparableTimelines, timelineOfMember } from '../replication/timelines.ts'
import { bytesBetween } from '../values/lsn.ts'
import { listText } from '../values/text.ts'
import { bestFailoverCandidate, type FailoverCandidate, failoverCandidates } from './candidate.ts'
import { type LossBasis, lossBasisOf, lossBoundFor, replayBacklogBytes } from './loss-basis.ts'
import { hasAllConfirmedCommits } from './sync-guarantee.ts'
import { failoverWarnings } from './warnings.ts'

/** Ending recovery, a new timeline and the first checkpoint request take about this long with nothing to replay. */
const PROMOTION_SECONDS = 1

export interface FailoverInput {
  readonly snapshot: ClusterSnapshot
  readonly members: readonly Member[]
  readonly replicationLinks: readonly ReplicationLink[]
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly splitBrains: readonly SplitBrain[]
  readonly mirroring: readonly Mirroring[]
  /** Id of the serving server or, without servers, of the serving database. */
  readonly servingId: string | null
  readonly previous: Picture | null
  /** Its rules decide who takes over; absent: they do not count, because a person chooses. */
  readonly manager?: ClusterManager | null
  readonly now: number
}

const SERVICE_FAILS_OVER =
  'Amazon Aurora fails over by itself, to a reader of its choice: nothing that was committed is lost inside the cluster, because its instances share one storage'

const NOTHING: FailoverEstimate = {
  ifFails: null,
  candidate: null,
  lossBytes: null,
  lossSeconds: null,
  basis: 'live',
  basisAgeMs: 0,
  lossBound: null,
  writableInSeconds: null,
  blockers: [],
  warnings: [],
}

/** Returns the estimate for the primary that serves, or served last. */
export function failoverEstimate(input: FailoverInput): FailoverEstimate {
  const primary = failingPrimary(input)
  if (!primary) {
    const standstill = input.manager ? whyItPromotesNobody(input.manager) : null
    return { ...NOTHING, blockers: ['the primary is unknown', ...(standstill === null ? [] : [standstill])] }
  }
  const all = failoverCandidates(primary, input.replicationLinks)
  const { candidates, nobody } = acceptedByManager(all, input)
  const best = bestFailoverCandidate(candidates, isWritable(primary), input.previous?.failover.candidate ?? null)
  if (best) return withPause(estimateTakeover(primary, best, input), input)
  const basis = lossBasisOf(primary, [], input.now)
  const twin = input.snapshot.spec.model === 'mirrored' ? mirroredTwin(primary, input) : null
  if (twin) {
    const uncovered = { covered: false, readAt: null }
    const lossBound = lossBoundFor(basis, twin.lossBytes ?? null, uncovered, input.snapshot, input.now)
    return { ...NOTHING, ...twin, ifFails: primary.id, basis: basis.kind, basisAgeMs: basis.ageMs, lossBound }
  }
  const blockers = [
    ...splitBrainBlockers(input),
    nobody ?? twinDown(primary, input) ?? whyNobody(primary, input.replicationLinks),
  ]
  return { ...NOTHING, ifFails: primary.id, basis: basis.kind, basisAgeMs: basis.ageMs, blockers }
}

interface Accepted {
  readonly candidates: readonly FailoverCandidate[]
  /** Why the manager accepts none of them; null: it accepts one, or there are none. */
  readonly nobody: string | null
}

/** A manager promotes by its own rules, whatever pgdeck would choose. */
function acceptedByManager(all: readonly FailoverCandidate[], { manager, now }: FailoverInput): Accepted {
  if (!manager) return { candidates: all, nobody: null }
  const nobody = whyItPromotesNobody(manager)
  if (nobody !== null) return { candidates: [], nobody }
  const candidates = all.filter(({ member }) => whyNotPromoted(manager, member, now) === null)
  const standbys = all.map(({ member }) => member)
  return { candidates, nobody: candidates.length > 0 ? null : whyNoneIsPromoted(manager, standbys, now) }
}

function withPause(estimate: FailoverEstimate, { manager }: FailoverInput): FailoverEstimate {
  if (manager?.activity !== 'live' || !manager.paused) return estimate
  return { ...estimate, warnings: [...estimate.warnings, pauseWarning(manager)] }
}

/** The primary of the serving server, else the only live primary, else the last known one. */
export function failingPrimary({
  members,
  replicationLinks,
  databases,
  servers,
  splitBrains,
  servingId,
}: FailoverInput): Member | null {
  const databaseId = servers.find((server) => server.id === servingId)?.databaseId ?? servingId
  const own = members.find((node) => node.id === databaseId && isWritable(node))
  if (own) return mainEntryOf(own, members)
  const live = members.filter((node) => isWritable(node) && !isMonitor(node))
  const [split] = splitBrains
  const shown = live.find(({ id }) => id === split?.shown) ?? live[0]
  if (shown) return mainEntryOf(shown, members)
  const roles = new Map(databases.map((view) => [view.id, view.role]))
  const dead = members.filter((node) => roles.get(node.id) === 'primary' && wasPrimary(node))
  const [last] = dead.sort((a, b) => seenAt(b) - seenAt(a))
  return last ? mainEntryOf(last, members) : unreadSource(members, replicationLinks)
}

/** A database that is down and was never read, but is the only possible upstream of standbys. */
function unreadSource(nodes: readonly Member[], edges: readonly ReplicationLink[]): Member | null {
  const unread = nodes.filter((node) => node.pulse === null && node.state === 'down')
  return (
    unread.find((node) => edges.some(({ upstream, downstream }) => upstream === node && downstream?.isFresh)) ?? null
  )
}

function seenAt(node: Member): number {
  return node.readAt ?? node.record.lastSeenAsPrimary?.at ?? 0
}

function whyNobody(primary: Member, edges: readonly ReplicationLink[]): string {
  const lost = edges.filter((edge) => edge.upstream === primary && edge.downstream && !edge.downstream.isFresh)
  const apart = edges.filter((edge) => edge.otherHistory?.primaryId === primary.id)
  if (apart.length > 0) {
    const each = apart.map(
      ({ downstream, otherHistory }) => `${downstream?.name} has another history: ${otherHistory?.why}`,
    )
    return each.join('; ')
  }
  const names = lost.map((edge) => edge.downstream?.name).join(', ')
  if (names !== '') return `pgdeck can read no standby of ${primary.name}: ${names}`
  const unwatched = edges.some((edge) => edge.upstream === primary && !edge.downstream && edge.kind !== 'archiver')
  return unwatched
    ? `the standbys of ${primary.name} are not watched: add them to the config`
    : `no standby is connected to ${primary.name}`
}

/** In the mirrored model nothing is promoted: the other server has its own writable database. */
function mirroredTwin(primary: Member, { members, mirroring }: FailoverInput): Partial<FailoverEstimate> | null {
  const twin = members.find((node) => node !== primary && isWritable(node) && !mayBeSameSystem(node, primary))
  if (!twin) return null
  const lossBytes = mirroring.find(({ from, to }) => from === primary.id && to === twin.id)?.behindBytes ?? null
  const warnings = lossBytes === null ? [`what ${twin.name} has not merged yet is unknown`] : []
  return { candidate: twin.id, lossBytes, writableInSeconds: 0, warnings }
}

/** Why no server could take over in the mirrored model; null in other models. */
function twinDown(primary: Member, { mirroring, databases }: FailoverInput): string | null {
  const twin = mirroring.find(({ from }) => from === primary.id)?.to
  const view = databases.find(({ id }) => id === twin)
  return view ? `${view.name}, which mirrors ${primary.name}, is ${view.status}` : null
}

/** The cost if `best` takes over from `primary`. */
export function estimateTakeover(primary: Member, best: FailoverCandidate, input: FailoverInput): FailoverEstimate {
  const { now } = input
  if (isAuroraWriterOf(primary, best.member)) return withinSharedStorage(primary, best, input)
  const candidates = failoverCandidates(primary, input.replicationLinks)
  const own = timelineOfMember(best.member)
  const alike = candidates.filter(
    ({ member }) =>
      member === best.member ||
      (areComparableTimelines(timelineOfMember(member), own) && !best.apart.some(({ id }) => id === member.id)),
  )
  const basis = lossBasisOf(primary, alike, now)
  const missing = best.apart.length > 0 ? null : missingBytes(basis, best)
  const byArchive = restoresFromArchive(best.member)
  // What its archive holds is applied by a promotion too: how much of what it lacked is lost, nobody can tell of a primary
  // that is gone. Where it lacked nothing, only what was written after that can be lost.
  const isLive = basis.kind === 'live'
  const lossBytes = byArchive && !isLive && missing !== 0 ? null : missing
  // A standby with the history of another server has nothing of what this primary wrote after that began.
  const isItsOwn = best.apart.length === 0
  const covered = isItsOwn && hasAllConfirmedCommits(primary, best.member, candidates)
  const bound = lossBoundFor(basis, lossBytes, { covered, readAt: primary.readAt }, input.snapshot, now)
  const lossBound = byArchive && isLive && bound !== null && bound !== 'none-confirmed' ? 'at-most' : bound
  return {
    ifFails: primary.id,
    candidate: best.member.id,
    lossBytes,
    lossSeconds: lossSeconds(primary, best, lossBytes, now - basis.ageMs),
    basis: basis.kind,
    basisAgeMs: basis.ageMs,
    lossBound,
    writableInSeconds: writableInSeconds(best),
    blockers: [...splitBrainBlockers(input), ...best.blockers],
    warnings: failoverWarnings(primary, best, basis, { lossBytes, lossBound, missing }, input.snapshot, now),
  }
}

/** Only the service makes a reader the writer. How soon, it alone can tell. */
function withinSharedStorage(primary: Member, best: FailoverCandidate, input: FailoverInput): FailoverEstimate {
  const { kind, ageMs } = lossBasisOf(primary, [], input.now)
  return {
    ...NOTHING,
    ifFails: primary.id,
    candidate: best.member.id,
    basis: kind,
    basisAgeMs: ageMs,
    lossBound: 'shared-storage',
    blockers: splitBrainBlockers(input),
    warnings: [SERVICE_FAILS_OVER],
  }
}

/** What the primary had and the candidate lacks; null if unknown, or if they are on two timelines. */
function missingBytes({ lsn, timeline }: LossBasis, { member, received }: FailoverCandidate): number | null {
  if (lsn === null || received === null || !areComparableTimelines(timeline, timelineOfMember(member))) return null
  return bytesBetween(lsn, received)
}

/** Age of the oldest commit that would be lost, at the primary's last reading. */
function lossSeconds(primary: Member, best: FailoverCandidate, lossBytes: number | null, asOf: number): number | null {
  if (lossBytes === null || lossBytes === 0) return lossBytes
  const passing = best.received === null ? null : crossedAt(primary.record.history, best.received)
  const seconds = passing ? tenths(Math.max(0, asOf - passing.at) / 1000) : 0
  // A single reading of the primary gives no time. That is not 0.
  if (passing && (passing.exact || seconds > 0)) return seconds
  const connected = best.link && best.link.upstream === primary && isFlowing(best.link.state)
  return connected ? (best.link?.sender?.flushLagSeconds ?? null) : null
}

function writableInSeconds({ member }: FailoverCandidate): number | null {
  // How many files the archive holds beyond what was restored, and how long each takes, only that archive tells.
  if (restoresFromArchive(member)) return null
  const stall = replayStallOf({ pulse: member.pulse, history: member.record.history })
  if (stall !== null && stall !== 'unknown' && stall.delaysPromotion) return null
  const backlog = replayBacklogBytes(member)
  if (backlog === null) return null
  if (backlog <= NEGLIGIBLE_BACKLOG_BYTES) return PROMOTION_SECONDS
  const capacity = replayCapacity(member.record.history)
  return capacity === null ? null : tenths(PROMOTION_SECONDS + backlog / capacity)
}

function splitBrainBlockers({ splitBrains }: FailoverInput): readonly string[] {
  return splitBrains.map(({ members }) => {
    const names = listText(members.map(({ name }) => name))
    return `split brain: ${names} are ${members.length > 2 ? 'all' : 'both'} writable`
  })
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10
}
