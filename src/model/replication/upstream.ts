// Where a standby's log comes from when no source shows a connection to it: by its receiver, by memory, by what is left.

import type { WalReceiver } from '../measured/pulse.ts'
import { restoresFromArchive } from '../picture/archive-source.ts'
import type { LinkState } from '../picture/picture.ts'
import { isWritable, standbyPositionOf } from '../picture/roles.ts'
import { formatEndpoint } from '../values/address.ts'
import { clean } from '../values/text.ts'
import { type Member, mayBeSameSystem, wasPrimary } from './member.ts'
import type { ReplicationLink } from './replication-link.ts'
import { receiverConnectsTo, sameSystemEvidence } from './sender-score.ts'

/** The link of a standby that no watched node sends to; null when it is no standby or nothing is known of a source. */
export function upstreamWithoutSender(downstream: Member, nodes: readonly Member[]): ReplicationLink | null {
  if (downstream.pulse && !standbyPositionOf(downstream)) return null
  const others = nodes.filter((node) => node !== downstream)
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

/** The source it had in the previous picture, as long as that is possible. */
function remembered(
  downstream: Member,
  others: readonly Member[],
  receiver: WalReceiver | null,
): ReplicationLink | null {
  const upstreamId = downstream.previousView?.upstreamId ?? null
  const upstream = others.find((node) => node.id === upstreamId)
  if (!upstream || !mayBeSameSystem(upstream, downstream)) return null
  // A receiver that runs and names an address we don't know may go through a proxy, but only while its old source
  // can't tell us otherwise.
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

/** A standby that never told its source belongs to the only primary of its system. */
function byElimination(downstream: Member, others: readonly Member[]): ReplicationLink | null {
  if (!standbyPositionOf(downstream)) return null
  const related = others.filter((node) => sameSystemEvidence(node, downstream).length > 0)
  const writable = related.filter(isWritable)
  const primaries = writable.length > 0 ? writable : related.filter(wasPrimary)
  const [upstream] = primaries
  if (primaries.length !== 1 || !upstream) return null
  return edge(upstream, downstream, ['the only primary with its system identifier'])
}

/** Where all others of a cluster are standbys, the one that could never be read is what they replicated from. */
function unreadSource(downstream: Member, others: readonly Member[]): ReplicationLink | null {
  if (!standbyPositionOf(downstream)) return null
  const unread = others.filter((node) => node.pulse === null && node.record.lastSeenAsPrimary === null)
  const [upstream] = unread
  if (!upstream || unread.length > 1 || upstream.problem === null) return null
  if (others.some((node) => node !== upstream && !standbyPositionOf(node))) return null
  return edge(upstream, downstream, ['the only database that may be a primary'])
}

function edge(upstream: Member, downstream: Member, evidence: readonly string[]): ReplicationLink {
  return {
    upstream,
    downstream,
    kind: 'standby',
    sender: null,
    ambiguousSenders: [],
    upstreamAddress: null,
    state: stateOf(upstream, downstream),
    evidence: restoresFromArchive(downstream) ? [FROM_ARCHIVE, ...evidence] : evidence,
  }
}

const FROM_ARCHIVE = 'it restores WAL files from an archive (restore_command)'

/** Whose files an archive holds only that archive tells. */
function unknownArchive(downstream: Member): ReplicationLink {
  return {
    upstream: null,
    downstream,
    kind: 'standby',
    sender: null,
    ambiguousSenders: [],
    upstreamAddress: null,
    state: 'archive',
    evidence: [FROM_ARCHIVE],
  }
}

function unwatchedSource(downstream: Member, receiver: WalReceiver, notes: readonly string[]): ReplicationLink {
  return {
    upstream: null,
    downstream,
    kind: 'standby',
    sender: null,
    ambiguousSenders: [],
    upstreamAddress: clean(formatEndpoint(receiver.senderHost ?? '', receiver.senderPort)),
    state: downstream.isFresh ? receiverLinkState(receiver) : 'unknown',
    evidence: ['seen in pg_stat_wal_receiver only', ...notes],
  }
}

/** A receiver that runs has a source, also where this role may not read which. */
function hiddenSource(downstream: Member, receiver: WalReceiver): ReplicationLink {
  const state = receiverLinkState(receiver)
  const evidence = ['its walreceiver runs; this role may not see what it connects to']
  return {
    upstream: null,
    downstream,
    kind: 'standby',
    sender: null,
    ambiguousSenders: [],
    upstreamAddress: null,
    state,
    evidence,
  }
}

function stateOf(upstream: Member, downstream: Member): LinkState {
  if (!downstream.isFresh) return upstream.isFresh ? 'disconnected' : 'unknown'
  const standby = standbyPositionOf(downstream)
  if (standby?.receiver) return receiverLinkState(standby.receiver)
  return restoresFromArchive(downstream) ? 'archive' : 'disconnected'
}

/** pg_stat_wal_receiver.status in the words of a link; without the right to read it, a running receiver is streaming. */
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
