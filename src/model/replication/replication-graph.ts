// The graph of replication: matches both ends of connections, remembers lost ones, and classifies all others.

import type { WalSender } from '../measured/pulse.ts'
import { type SenderKind, senderKindOf } from '../measured/sender-kind.ts'
import { LATE_REPLY_SECONDS } from '../measured/silence.ts'
import { restoresFromArchive } from '../picture/archive-source.ts'
import type { OtherHistory } from '../picture/other-history.ts'
import type { LinkState } from '../picture/picture.ts'
import { isWritable, standbyPositionOf } from '../picture/roles.ts'
import { isReceiverUnknown } from '../picture/unknown-receiver.ts'
import { clean } from '../values/text.ts'
import { type AmbiguousSenders, type MatchedSender, matchSenders } from './match-senders.ts'
import { distinctServers, type Member } from './member.ts'
import type { ReplicationLink, ReplicationSender } from './replication-link.ts'
import { foreignSystemCandidates, isNamed, type SenderOffer, sameSystemEvidence } from './sender-score.ts'
import { otherHistories } from './timelines.ts'
import { receiverLinkState, upstreamWithoutSender } from './upstream.ts'

/** The only derivation of which server sends WAL or changes to which receiver. */
export interface ReplicationGraph {
  readonly members: readonly Member[]
  /** Links of watched standbys in configured order, then connections of unwatched standbys and archivers. */
  readonly links: readonly ReplicationLink[]
  readonly senders: readonly ReplicationSender[]
  readonly otherHistories: ReadonlyMap<Member, OtherHistory>
}

/** These are shown but are no ends of links. */
const NOT_LINKED: ReadonlySet<SenderKind> = new Set(['backup', 'capture', 'logical', 'stale'])

/** Returns the graph of all databases of a cluster. */
export function replicationGraph(members: readonly Member[]): ReplicationGraph {
  const servers = distinctServers(members)
  const offers = sendersOf(servers)
  const linked = offers.filter(({ kind }) => !NOT_LINKED.has(kind))
  const { matched, ambiguous, unmatched } = matchSenders(linked, servers)
  const groupOf = new Map(ambiguous.flatMap((group) => group.downstreams.map((downstream) => [downstream, group])))
  const links: ReplicationLink[] = []
  for (const downstream of members) {
    if (isWritable(downstream)) continue
    const match = matched.get(downstream)
    const group = groupOf.get(downstream)
    const link = match
      ? joined(match)
      : group
        ? oneOfSeveral(group, downstream)
        : upstreamWithoutSender(downstream, servers)
    if (link) links.push(link)
  }
  for (const group of ambiguous) {
    for (let extra = group.downstreams.length; extra < group.senders.length; extra++) links.push(nobodyKnown(group))
  }
  const kindOf = new Map(offers.map(({ sender, kind }) => [sender, kind]))
  for (const left of leftBehind(unmatched, [...matched.values()])) kindOf.set(left, 'stale')
  for (const { upstream, sender } of unmatched) {
    if (kindOf.get(sender) === 'stale') continue
    links.push(unwatched(upstream, sender, kindOf.get(sender) ?? 'unknown', members))
  }
  const downstreamOf = new Map([...matched.values()].map(({ sender, downstream }) => [sender, downstream]))
  const senders = offers.map((offer): ReplicationSender => {
    const downstream = downstreamOf.get(offer.sender) ?? null
    return { ...offer, kind: downstream ? 'standby' : (kindOf.get(offer.sender) ?? offer.kind), downstream }
  })
  const histories = otherHistories(members, links)
  return { members, links: links.map((link) => withHistory(link, histories)), senders, otherHistories: histories }
}

/** A reply to what was just sent comes at once from whoever is there. */
const LATE_CONFIRMATION_SECONDS = 5

/** Older connections that go by the name of a standby which streams by a newer one, and are silent: a network took their ends. */
function leftBehind(unmatched: readonly SenderOffer[], matched: readonly MatchedSender[]): readonly WalSender[] {
  return unmatched.flatMap(({ upstream, sender }) => {
    const { startedAt, replyAgeSeconds: age, sentLsn, flushedLsn } = sender
    const isBehind = sentLsn !== null && flushedLsn !== null && sentLsn > flushedLsn
    const limit = isBehind ? LATE_CONFIRMATION_SECONDS : LATE_REPLY_SECONDS
    if (startedAt === null || age === null || age < limit) return []
    const isReplaced = matched.some(({ upstream: of, sender: { startedAt: since }, downstream }) => {
      return of === upstream && since !== null && since > startedAt && isNamed(sender, downstream)
    })
    return isReplaced ? [sender] : []
  })
}

function withHistory(link: ReplicationLink, histories: ReadonlyMap<Member, OtherHistory>): ReplicationLink {
  const otherHistory = link.downstream ? histories.get(link.downstream) : undefined
  return otherHistory ? { ...link, otherHistory } : link
}

function sendersOf(members: readonly Member[]): readonly (SenderOffer & { readonly kind: SenderKind })[] {
  return members.flatMap((upstream) =>
    upstream.isFresh && upstream.pulse
      ? upstream.pulse.senders.map((sender) => ({ upstream, sender, kind: senderKindOf(sender, upstream.pulse) }))
      : [],
  )
}

function joined({ upstream, sender, downstream, evidence }: MatchedSender): ReplicationLink {
  const state = stateOf(upstream, sender, downstream)
  return {
    upstream,
    downstream,
    kind: 'standby',
    sender,
    ambiguousSenders: [],
    upstreamAddress: null,
    state,
    evidence,
  }
}

/** The state by both ends: an upstream notices a lost standby late, the standby itself at once. */
function stateOf(upstream: Member, sender: WalSender, downstream: Member): LinkState {
  const standby = downstream.isFresh ? standbyPositionOf(downstream) : null
  if (standby && !standby.receiver && !isReceiverUnknown(downstream) && lingers(upstream, sender, downstream)) {
    return restoresFromArchive(downstream) ? 'archive' : 'disconnected'
  }
  if (sender.state !== null) return sender.state
  return standby?.receiver ? 'streaming' : 'unknown'
}

/** True if the walsender was read before the standby reported that it has no walreceiver. */
function lingers(upstream: Member, sender: WalSender, downstream: Member): boolean {
  if (downstream.readAt === null || upstream.readAt === null) return false
  if (downstream.readAt >= upstream.readAt) return true
  const started = sender.startedAt === null ? null : sender.startedAt - (upstream.pulse?.clockOffsetMs ?? 0)
  return started !== null && started < downstream.readAt - 1000
}

/** The link of a standby with one of several connections: which one is unknown, and so is what only its row shows. */
function oneOfSeveral({ upstream, senders, downstreams }: AmbiguousSenders, downstream: Member): ReplicationLink {
  const receiver = downstream.isFresh ? (standbyPositionOf(downstream)?.receiver ?? null) : null
  const states = new Set(senders.map(({ state }) => state ?? 'unknown'))
  const [common] = states
  const isEachFed = senders.length >= downstreams.length && states.size === 1
  const state = receiver ? receiverLinkState(receiver) : isEachFed ? (common ?? 'unknown') : 'unknown'
  const evidence = [`one of ${countOf(senders)}`, ...sameSystemEvidence(upstream, downstream)]
  return {
    upstream,
    downstream,
    kind: 'standby',
    sender: null,
    ambiguousSenders: senders,
    upstreamAddress: null,
    state,
    evidence,
  }
}

/** There are more such connections than watched standbys: one belongs to an unwatched standby. */
function nobodyKnown({ upstream, senders }: AmbiguousSenders): ReplicationLink {
  return {
    upstream,
    downstream: null,
    kind: 'unknown',
    sender: null,
    ambiguousSenders: senders,
    upstreamAddress: null,
    state: 'unknown',
    evidence: [`one of ${countOf(senders)}`],
  }
}

function countOf(senders: readonly WalSender[]): string {
  const names = [...new Set(senders.map(({ applicationName }) => clean(applicationName)))].join(', ')
  const count = senders.length === 1 ? '1 connection' : `${senders.length} connections`
  return `${count}${names === '' ? '' : ` of ${names}`} that pgdeck can’t tell apart`
}

function unwatched(upstream: Member, sender: WalSender, kind: SenderKind, members: readonly Member[]): ReplicationLink {
  return {
    upstream,
    downstream: null,
    kind,
    sender,
    ambiguousSenders: [],
    upstreamAddress: null,
    state: sender.state ?? 'unknown',
    evidence: ['seen in pg_stat_replication only', ...foreignSystemCandidates(upstream, sender, members)],
  }
}
