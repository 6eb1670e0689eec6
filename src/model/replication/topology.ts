// Who replicates from whom: connections seen at both ends are joined, lost ones are remembered.

import type { WalSender } from '../measured/pulse.ts'
import type { LinkState } from '../picture/picture.ts'
import { bytesBetween } from '../values/lsn.ts'
import { endOfWal, isWritable, type Member, standbyPositionOf } from './member.ts'
import type { ReplicationLink } from './replication-link.ts'
import {
  foreignSystemCandidates,
  matchSender,
  type SenderMatch,
  sameSystemEvidence,
  senderMatchScore,
} from './sender-matching.ts'
import { upstreamWithoutSender } from './upstream.ts'

/** Two ends that may belong together. */
interface Candidate {
  readonly upstream: Member
  readonly sender: WalSender
  readonly downstream: Member
  readonly score: number
}

interface Joined extends SenderMatch {
  readonly upstream: Member
  readonly sender: WalSender
  readonly downstream: Member
}

const NOT_STANDBYS = new Set(['pg_basebackup', 'pg_rewind'])

/** All links: those of watched standbys in configured order, then connections of standbys that are not watched. */
export function findReplicationLinks(nodes: readonly Member[]): readonly ReplicationLink[] {
  const sources = nodes.filter((node) => node.isFresh && node.pulse !== null)
  const offers = sources.flatMap((upstream) => standbySenders(upstream).map((sender) => ({ upstream, sender })))
  const taken = assign(offers, nodes)
  const edges: ReplicationLink[] = []
  for (const downstream of nodes) {
    if (isWritable(downstream)) continue
    const match = taken.get(downstream)
    const edge = match ? joined(match) : upstreamWithoutSender(downstream, nodes)
    if (edge) edges.push(edge)
  }
  const joinedSenders = new Set([...taken.values()].map((match) => match.sender))
  for (const { upstream, sender } of offers) {
    if (!joinedSenders.has(sender)) edges.push(unwatched(upstream, sender, nodes))
  }
  return edges
}

/** Senders that feed a standby: no base backups, no logical subscribers. */
function standbySenders(node: Member): readonly WalSender[] {
  const logical = new Set(node.pulse?.slots.filter((slot) => slot.type === 'logical').map((slot) => slot.name))
  return (node.pulse?.senders ?? []).filter(
    (sender) =>
      sender.state !== 'backup' &&
      !NOT_STANDBYS.has(sender.applicationName) &&
      (sender.slot === null || !logical.has(sender.slot)),
  )
}

/** Gives each standby the sender that fits best; the strongest matches are made first. */
function assign(
  offers: readonly { readonly upstream: Member; readonly sender: WalSender }[],
  nodes: readonly Member[],
): Map<Member, Joined> {
  const candidates: Candidate[] = []
  const standbys = nodes.filter((node) => !isWritable(node))
  for (const { upstream, sender } of offers) {
    for (const downstream of standbys) {
      if (downstream === upstream) continue
      const score = senderMatchScore(upstream, sender, downstream)
      if (score > 0) candidates.push({ upstream, sender, downstream, score })
    }
  }
  candidates.sort((a, b) => b.score - a.score || distance(a) - distance(b) || startOf(b) - startOf(a))
  const taken = new Map<Member, Joined>()
  const used = new Set<WalSender>()
  for (const { upstream, sender, downstream } of candidates) {
    if (taken.has(downstream) || used.has(sender)) continue
    taken.set(downstream, { upstream, sender, downstream, ...matchSender(upstream, sender, downstream) })
    used.add(sender)
  }
  takeTheOnlyOneLeft(offers, nodes, taken, used)
  return taken
}

/** Where nothing else tells two ends apart, their positions are nearest to each other. */
function distance({ sender, downstream }: Candidate): number {
  const received = endOfWal(downstream)
  const flushed = sender.flushedLsn
  if (received === null || flushed === null) return Number.MAX_SAFE_INTEGER
  return Math.max(bytesBetween(received, flushed), bytesBetween(flushed, received))
}

function startOf(candidate: Candidate): number {
  return candidate.sender.startedAt ?? 0
}

/** Through a proxy neither name nor address fits; but one sender and one receiving standby of a system belong together. */
function takeTheOnlyOneLeft(
  offers: readonly { readonly upstream: Member; readonly sender: WalSender }[],
  nodes: readonly Member[],
  taken: Map<Member, Joined>,
  used: Set<WalSender>,
): void {
  const senders = offers.filter(({ sender }) => !used.has(sender))
  const receivers = nodes.filter((node) => node.isFresh && !taken.has(node) && standbyPositionOf(node)?.receiver)
  const [offer] = senders
  const [downstream] = receivers
  if (senders.length !== 1 || receivers.length !== 1 || !offer || !downstream) return
  const system = sameSystemEvidence(offer.upstream, downstream)
  const slot = standbyPositionOf(downstream)?.receiver?.slot ?? null
  const slotsDiffer = slot !== null && offer.sender.slot !== null && slot !== offer.sender.slot
  if (offer.upstream === downstream || system.length === 0 || slotsDiffer) return
  const evidence = ['the only sender and the only standby left', ...system]
  taken.set(downstream, { ...offer, downstream, score: 1, evidence })
  used.add(offer.sender)
}

function joined({ upstream, sender, downstream, evidence }: Joined): ReplicationLink {
  return { upstream, downstream, sender, upstreamAddress: null, state: stateOf(upstream, sender, downstream), evidence }
}

/** What both ends say of the connection: a source notices a lost standby late, the standby itself at once. */
function stateOf(upstream: Member, sender: WalSender, downstream: Member): LinkState {
  const standby = downstream.isFresh ? standbyPositionOf(downstream) : null
  if (standby && !standby.receiver && lingers(upstream, sender, downstream)) return 'disconnected'
  if (sender.state !== null) return sender.state
  return standby?.receiver ? 'streaming' : 'unknown'
}

/** True when the sender was there before the standby said that it receives from nobody. */
function lingers(upstream: Member, sender: WalSender, downstream: Member): boolean {
  if (downstream.readAt === null || upstream.readAt === null) return false
  if (downstream.readAt >= upstream.readAt) return true
  const started = sender.startedAt === null ? null : sender.startedAt - (upstream.pulse?.clockOffsetMs ?? 0)
  return started !== null && started < downstream.readAt - 1000
}

function unwatched(upstream: Member, sender: WalSender, nodes: readonly Member[]): ReplicationLink {
  return {
    upstream,
    downstream: null,
    sender,
    upstreamAddress: null,
    state: sender.state ?? 'unknown',
    evidence: ['seen in pg_stat_replication only', ...foreignSystemCandidates(upstream, sender, nodes)],
  }
}
