// Where a standby's log comes from when no source shows a connection to it: by its receiver, by memory, by what is left.

import type { Receiver } from '../measured/pulse.ts'
import type { LinkState } from '../picture/picture.ts'
import { endpoint } from '../values/address.ts'
import { clean } from '../values/text.ts'
import { isWritable, mayBeOneSystem, type Node, standbyOf, wasPrimary } from './member.ts'
import type { Edge } from './replication-link.ts'
import { receiverPointsTo, systemEvidence } from './sender-matching.ts'

/** The link of a standby that no watched node sends to; null when it is no standby or nothing is known of a source. */
export function upstreamWithoutSender(downstream: Node, nodes: readonly Node[]): Edge | null {
  if (downstream.pulse && !standbyOf(downstream)) return null
  const others = nodes.filter((node) => node !== downstream)
  const receiver = standbyOf(downstream)?.receiver ?? null
  if (receiver?.senderHost) {
    const named = others.find((node) => receiverPointsTo(downstream, node))
    if (!named) return remembered(downstream, others, receiver) ?? unwatchedSource(downstream, receiver, [])
    if (mayBeOneSystem(named, downstream)) {
      const where = clean(endpoint(receiver.senderHost, receiver.senderPort))
      return edge(named, downstream, [`its receiver connects to ${where}`, ...systemEvidence(named, downstream)])
    }
    return unwatchedSource(downstream, receiver, [`not ${named.name}: its system identifier is another`])
  }
  const known = remembered(downstream, others, null) ?? bySlot(downstream, others) ?? byElimination(downstream, others)
  if (known || !downstream.live) return known
  return receiver ? hiddenSource(downstream, receiver) : unreadSource(downstream, others)
}

/** The source it had in the previous picture, as long as that is possible. */
function remembered(downstream: Node, others: readonly Node[], receiver: Receiver | null): Edge | null {
  const upstreamId = downstream.before?.upstreamId ?? null
  const upstream = others.find((node) => node.id === upstreamId)
  if (!upstream || !mayBeOneSystem(upstream, downstream)) return null
  // A receiver that runs and names an address we don't know may go through a proxy, but only while its old source
  // can't tell us otherwise.
  if (receiver && upstream.live) return null
  return edge(upstream, downstream, ['seen connected before', ...systemEvidence(upstream, downstream)])
}

function bySlot(downstream: Node, others: readonly Node[]): Edge | null {
  const wanted = downstream.record.spec.slot
  if (wanted === null) return null
  const upstream = others.find(
    (node) => mayBeOneSystem(node, downstream) && node.pulse?.slots.some((slot) => slot.name === wanted),
  )
  if (!upstream) return null
  return edge(upstream, downstream, [`slot ${clean(wanted)}, as configured`, ...systemEvidence(upstream, downstream)])
}

/** A standby that never told its source belongs to the only primary of its system. */
function byElimination(downstream: Node, others: readonly Node[]): Edge | null {
  if (!standbyOf(downstream)) return null
  const related = others.filter((node) => systemEvidence(node, downstream).length > 0)
  const writable = related.filter(isWritable)
  const primaries = writable.length > 0 ? writable : related.filter(wasPrimary)
  const [upstream] = primaries
  if (primaries.length !== 1 || !upstream) return null
  return edge(upstream, downstream, ['the only primary with its system identifier'])
}

/** Where all others of a cluster are standbys, the one that could never be read is what they replicated from. */
function unreadSource(downstream: Node, others: readonly Node[]): Edge | null {
  if (!standbyOf(downstream)) return null
  const unread = others.filter((node) => node.pulse === null && node.record.lastSeenAsPrimary === null)
  const [upstream] = unread
  if (!upstream || unread.length > 1 || upstream.problem === null) return null
  if (others.some((node) => node !== upstream && !standbyOf(node))) return null
  return edge(upstream, downstream, ['the only database that is not known to be a standby'])
}

function edge(upstream: Node, downstream: Node, evidence: readonly string[]): Edge {
  return { upstream, downstream, sender: null, upstreamAddress: null, state: stateOf(upstream, downstream), evidence }
}

function unwatchedSource(downstream: Node, receiver: Receiver, notes: readonly string[]): Edge {
  return {
    upstream: null,
    downstream,
    sender: null,
    upstreamAddress: clean(endpoint(receiver.senderHost ?? '', receiver.senderPort)),
    state: downstream.live ? receiverState(receiver) : 'unknown',
    evidence: ['seen in pg_stat_wal_receiver only', ...notes],
  }
}

/** A receiver that runs has a source, also where this role may not read which. */
function hiddenSource(downstream: Node, receiver: Receiver): Edge {
  const state = receiverState(receiver)
  const evidence = ['its receiver runs; what it connects to is hidden from this role']
  return { upstream: null, downstream, sender: null, upstreamAddress: null, state, evidence }
}

function stateOf(upstream: Node, downstream: Node): LinkState {
  if (!downstream.live) return upstream.live ? 'disconnected' : 'unknown'
  const standby = standbyOf(downstream)
  return standby?.receiver ? receiverState(standby.receiver) : 'disconnected'
}

/** pg_stat_wal_receiver.status in the words of a link; without the right to read it, a running receiver is streaming. */
function receiverState(receiver: Receiver): LinkState {
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
