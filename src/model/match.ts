// Finds which watched standby is at the other end of a replication connection, and says why in words.

import { endpoint, normalAddress } from './address.ts'
import type { Sender } from './facts.ts'
import { mayBeOneSystem, type Node, standbyOf, systemOf } from './node.ts'
import { clean } from './text.ts'

/** How well two ends fit: 0 is not at all. */
export interface Match {
  readonly score: number
  readonly evidence: readonly string[]
}

const NO_MATCH: Match = { score: 0, evidence: [] }

/** Whether the standby's receiver says that it connects to this node. */
export function receiverPointsTo(downstream: Node, upstream: Node): boolean {
  const receiver = standbyOf(downstream)?.receiver
  if (!receiver?.senderHost || receiver.senderPort === null) return false
  return upstream.ports.includes(receiver.senderPort) && upstream.addresses.includes(normalAddress(receiver.senderHost))
}

/** Whether both ends are known to be copies of one system, and that in words. */
export function systemEvidence(one: Node, other: Node): readonly string[] {
  const system = systemOf(one)
  return system !== null && system === systemOf(other) ? ['same system identifier'] : []
}

/** How well a sender of `upstream` fits `downstream`, whatever their system identifiers. */
function fit(upstream: Node, sender: Sender, downstream: Node): Match {
  const receiver = downstream.live ? standbyOf(downstream)?.receiver : null
  const slot = receiver?.slot ?? null
  if (slot !== null && sender.slot !== null && slot !== sender.slot) return NO_MATCH
  const evidence: string[] = []
  let score = 0
  const count = (points: number, words: string) => {
    score += points
    evidence.push(words)
  }
  if (slot !== null && slot === sender.slot) count(16, `slot ${clean(slot)} at both ends`)
  else if (sender.slot !== null && sender.slot === downstream.record.spec.slot) {
    count(8, `slot ${clean(sender.slot)}, as configured`)
  }
  if (receiver && receiverPointsTo(downstream, upstream)) {
    count(6, `its receiver connects to ${clean(endpoint(receiver.senderHost ?? '', receiver.senderPort))}`)
  }
  if (sender.applicationName !== '' && isNameOf(downstream, sender.applicationName)) {
    count(4, `application name ${clean(sender.applicationName)}`)
  }
  if (sender.address !== null && downstream.addresses.includes(normalAddress(sender.address))) {
    count(2, `connects from ${clean(sender.address)}`)
  }
  return { score, evidence }
}

/** How well a sender of `upstream` fits `downstream`. Two different systems never fit. */
export function matchSender(upstream: Node, sender: Sender, downstream: Node): Match {
  if (!mayBeOneSystem(upstream, downstream)) return NO_MATCH
  const match = fit(upstream, sender, downstream)
  // An address alone proves little where several servers share a host: it must at least be one system.
  const system = systemEvidence(upstream, downstream)
  if (match.score <= 2 && system.length === 0) return NO_MATCH
  return match.score === 0 ? NO_MATCH : { score: match.score, evidence: [...match.evidence, ...system] }
}

/** Why a node that looks like the other end of this sender is not: it belongs to another system. */
export function impostors(upstream: Node, sender: Sender, nodes: readonly Node[]): readonly string[] {
  return nodes
    .filter((node) => node !== upstream && !mayBeOneSystem(upstream, node) && fit(upstream, sender, node).score > 2)
    .map((node) => `not ${node.name}: its system identifier is another`)
}

function isNameOf(node: Node, applicationName: string): boolean {
  return (
    applicationName === node.id ||
    applicationName === node.record.displayName ||
    applicationName === node.pulse?.clusterName
  )
}
