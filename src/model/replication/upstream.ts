// The upstream of a standby when no upstream shows a connection to it: by its walreceiver, by memory, by elimination.

import { auroraWriterOf, isAuroraReader, isAuroraWriterOf } from '../measured/managers/aurora.ts'
import type { WalReceiver } from '../measured/pulse.ts'
import { restoresFromArchive } from '../picture/archive-source.ts'
import type { LinkState } from '../picture/picture.ts'
import { isWritable, standbyPositionOf } from '../picture/roles.ts'
import { isReceiverUnknown } from '../picture/unknown-receiver.ts'
import { formatEndpoint } from '../values/address.ts'
import { clean } from '../values/text.ts'
import { type Member, mayBeSameSystem, wasPrimary } from './member.ts'
import type { ReplicationLink } from './replication-link.ts'
import { receiverConnectsTo, sameSystemEvidence } from './sender-score.ts'

/** Returns the link of a standby without a watched walsender; null if it is no standby or its upstream is unknown. */
export function upstreamWithoutSender(downstream: Member, nodes: readonly Member[]): ReplicationLink | null {
  if (downstream.pulse && !standbyPositionOf(downstream)) return null
  const others = nodes.filter((node) => node !== downstream)
  if (isAuroraReader(downstream)) return sharedStorage(downstream, others)
  const receiver = standbyPositionOf(downstream)?.receiver ?? null
  if (receiver?.senderHost) {
    const named = others.find((node) => receiverConnectsTo(downstream, node))
    if (!named) return remembered(downstream, others, receiver) ?? unwatchedSource(downstream, receiver, [])
    if (mayBeSameSystem(named, downstream)) {
      const where = clean(formatEndpoint(receiver.senderHost, receiver.senderPort))
      return edge(named, downstream, [`its receiver connects to ${where}`, ...sameSystemEvidence(named, downstream)])
    }
    return unwatchedSource(downstream, receiver, [`not ${named.name}: its system identifier is another`])
  }
  const known = remembered(downstream, others, null) ?? bySlot(downstream, others) ?? byElimination(downstream, others)
  if (known || !downstream.isFresh) return known
  if (receiver) return hiddenSource(downstream, receiver)
  return unreadSource(downstream, others) ?? (restoresFromArchive(downstream) ? unknownArchive(downstream) : null)
}

/** Its upstream in the previous picture, as long as that is possible. */
function remembered(
  downstream: Member,
  others: readonly Member[],
  receiver: WalReceiver | null,
): ReplicationLink | null {
  const upstreamId = downstream.previousView?.upstreamId ?? null
  const upstream = others.find((node) => node.id === upstreamId)
  if (!upstream || !mayBeSameSystem(upstream, downstream)) return null
  // A walreceiver with an unknown address may use a proxy, but only while its old upstream can't be read.
  if (receiver && upstream.isFresh) return null
  return edge(upstream, downstream, ['seen connected before', ...sameSystemEvidence(upstream, downstream)])
}

function bySlot(downstream: Member, others: readonly Member[]): ReplicationLink | null {
  const wanted = downstream.record.spec.slot
  if (wanted === null) return null
  const upstream = others.find(
    (node) => mayBeSameSystem(node, downstream) && node.pulse?.slots.some((slot) => slot.name === wanted),
  )
  if (!upstream) return null
  return edge(upstream, downstream, [
    `slot ${clean(wanted)}, as configured`,
    ...sameSystemEvidence(upstream, downstream),
  ])
}

/** A standby that never showed its upstream belongs to the only primary of its system. */
function byElimination(downstream: Member, others: readonly Member[]): ReplicationLink | null {
  if (!standbyPositionOf(downstream)) return null
  const related = others.filter((node) => sameSystemEvidence(node, downstream).length > 0)
  const writable = related.filter(isWritable)
  const primaries = writable.length > 0 ? writable : related.filter(wasPrimary)
  const [upstream] = primaries
  if (primaries.length !== 1 || !upstream) return null
  return edge(upstream, downstream, ['the only primary with its system identifier'])
}

/** If all other databases of a cluster are standbys, the one that was never read is their upstream. */
function unreadSource(downstream: Member, others: readonly Member[]): ReplicationLink | null {
  if (!standbyPositionOf(downstream)) return null
  const unread = others.filter((node) => node.pulse === null && node.record.lastSeenAsPrimary === null)
  const [upstream] = unread
  if (!upstream || unread.length > 1 || upstream.problem === null) return null
  if (others.some((node) => node !== upstream && !standbyPositionOf(node))) return null
  return edge(upstream, downstream, ['the only database that may be a primary'])
}

/** What a link without a watched walsender tells of itself. */
interface Unseen extends Pick<ReplicationLink, 'state' | 'evidence'> {
  readonly upstream?: Member
  readonly upstreamAddress?: string
}

function linkWithoutSender(downstream: Member, unseen: Unseen): ReplicationLink {
  return {
    upstream: null,
    downstream,
    kind: 'standby',
    sender: null,
    ambiguousSenders: [],
    upstreamAddress: null,
    ...unseen,
  }
}

function edge(upstream: Member, downstream: Member, evidence: readonly string[]): ReplicationLink {
  return linkWithoutSender(downstream, {
    upstream,
    state: stateOf(upstream, downstream),
    evidence: restoresFromArchive(downstream) ? [FROM_ARCHIVE, ...evidence] : evidence,
  })
}

const FROM_ARCHIVE = 'it restores WAL files from an archive (restore_command)'

/** Its service names the writer. A writer that is not watched is named all the same. */
function sharedStorage(downstream: Member, others: readonly Member[]): ReplicationLink {
  const upstream = others.find((node) => isAuroraWriterOf(node, downstream)) ?? null
  const name = auroraWriterOf(downstream)
  const state = downstream.isFresh ? 'shared-storage' : upstream?.isFresh ? 'disconnected' : 'unknown'
  const evidence = [
    name === null
      ? 'it is a reader of Aurora, and does not tell its writer'
      : `aurora_replica_status() names ${clean(name)} as the writer of its storage`,
  ]
  if (upstream) return linkWithoutSender(downstream, { upstream, state, evidence })
  return linkWithoutSender(downstream, { state, evidence, ...(name === null ? {} : { upstreamAddress: clean(name) }) })
}

/** An archive does not show whose files it holds. */
function unknownArchive(downstream: Member): ReplicationLink {
  return linkWithoutSender(downstream, { state: 'archive', evidence: [FROM_ARCHIVE] })
}

function unwatchedSource(downstream: Member, receiver: WalReceiver, notes: readonly string[]): ReplicationLink {
  return linkWithoutSender(downstream, {
    upstreamAddress: clean(formatEndpoint(receiver.senderHost ?? '', receiver.senderPort)),
    state: downstream.isFresh ? receiverLinkState(receiver) : 'unknown',
    evidence: ['seen in pg_stat_wal_receiver only', ...notes],
  })
}

/** A running walreceiver has an upstream, even if its address is hidden from this role. */
function hiddenSource(downstream: Member, receiver: WalReceiver): ReplicationLink {
  return linkWithoutSender(downstream, {
    state: receiverLinkState(receiver),
    evidence: ['its walreceiver runs; this role may not see what it connects to'],
  })
}

function stateOf(upstream: Member, downstream: Member): LinkState {
  if (!downstream.isFresh) return upstream.isFresh ? 'disconnected' : 'unknown'
  const standby = standbyPositionOf(downstream)
  if (standby?.receiver) return receiverLinkState(standby.receiver)
  if (isReceiverUnknown(downstream)) return 'unknown'
  return restoresFromArchive(downstream) ? 'archive' : 'disconnected'
}

/** pg_stat_wal_receiver.status as the state of a link. If it is hidden, a running walreceiver counts as streaming. */
export function receiverLinkState(receiver: WalReceiver): LinkState {
  switch (receiver.status) {
    case null:
    case 'streaming':
      return 'streaming'
    case 'starting':
    case 'restarting':
      return 'startup'
    default:
      return 'disconnected'
  }
}
