// How well a walsender and a standby match as the two ends of one connection, the evidence as text, and which of them
// started together.

import type { WalSender } from '../measured/pulse.ts'
import { standbyPositionOf } from '../picture/roles.ts'
import { connectsTo, formatEndpoint, normalizeAddress } from '../values/address.ts'
import { clean } from '../values/text.ts'
import { type Member, mayBeSameSystem, systemIdentifierOf } from './member.ts'

/** Whether the standby's walreceiver names this server. */
export function receiverConnectsTo(downstream: Member, upstream: Member): boolean {
  const receiver = standbyPositionOf(downstream)?.receiver
  return receiver != null && connectsTo({ host: receiver.senderHost, port: receiver.senderPort }, downstream, upstream)
}

/** Whether both ends are known to have the same system identifier, with the evidence as text. */
export function sameSystemEvidence(one: Member, other: Member): readonly string[] {
  const system = systemIdentifierOf(one)
  return system !== null && system === systemIdentifierOf(other) ? ['same system identifier'] : []
}

/** The evidence that two ends belong together, by weight. All of it together identifies a pair. */
const SLOT_AT_BOTH_ENDS = 16
const SLOT_AS_CONFIGURED = 8
const RECEIVER_POINTS = 6
const NAMED_SO = 4
export const SAME_ADDRESS = 2

/**
 * The sum of the weights, without system identifiers. Each walsender is compared with each standby at each reading:
 * with hundreds of databases there is no time for texts.
 */
function fit(upstream: Member, sender: WalSender, downstream: Member): number {
  const receiver = downstream.isFresh ? standbyPositionOf(downstream)?.receiver : null
  const slot = receiver?.slot ?? null
  if (hasOtherSlot(sender, downstream)) return 0
  let score = 0
  if (slot !== null && slot === sender.slot) score += SLOT_AT_BOTH_ENDS
  else if (sender.slot !== null && sender.slot === downstream.record.spec.slot) score += SLOT_AS_CONFIGURED
  if (receiver && receiverConnectsTo(downstream, upstream)) score += RECEIVER_POINTS
  if (sender.applicationName !== '' && isNameOf(downstream, sender.applicationName)) score += NAMED_SO
  if (sender.address !== null && downstream.addresses.includes(normalizeAddress(sender.address))) score += SAME_ADDRESS
  return score
}

/**
 * Returns how well a walsender of `upstream` matches `downstream`; 0: not at all. Different systems or slots never
 * match. `more` is further evidence for the pair.
 */
export function senderMatchScore(upstream: Member, sender: WalSender, downstream: Member, more = 0): number {
  if (!mayBeSameSystem(upstream, downstream) || hasOtherSlot(sender, downstream)) return 0
  const score = fit(upstream, sender, downstream) + more
  // An address alone proves little if several servers share a host: the system identifiers must at least be equal.
  return score <= SAME_ADDRESS && sameSystemEvidence(upstream, downstream).length === 0 ? 0 : score
}

/** Returns the evidence that the two belong together, strongest first; `more` comes after the slot. */
export function senderEvidence(
  upstream: Member,
  sender: WalSender,
  downstream: Member,
  more: readonly string[] = [],
): readonly string[] {
  const receiver = downstream.isFresh ? standbyPositionOf(downstream)?.receiver : null
  const slot = receiver?.slot ?? null
  const evidence: string[] = []
  if (slot !== null && slot === sender.slot) evidence.push(`slot ${clean(slot)} at both ends`)
  else if (sender.slot !== null && sender.slot === downstream.record.spec.slot) {
    evidence.push(`slot ${clean(sender.slot)}, as configured`)
  }
  evidence.push(...more)
  if (receiver && receiverConnectsTo(downstream, upstream)) {
    evidence.push(`its receiver connects to ${clean(formatEndpoint(receiver.senderHost ?? '', receiver.senderPort))}`)
  }
  if (sender.applicationName !== '' && isNameOf(downstream, sender.applicationName)) {
    evidence.push(`application name ${clean(sender.applicationName)}`)
  }
  if (sender.address !== null && downstream.addresses.includes(normalizeAddress(sender.address))) {
    evidence.push(`connects from ${clean(sender.address)}`)
  }
  return [...evidence, ...sameSystemEvidence(upstream, downstream)]
}

/** Why a server that looks like the other end is not: it has another system identifier. */
export function foreignSystemCandidates(
  upstream: Member,
  sender: WalSender,
  nodes: readonly Member[],
): readonly string[] {
  return nodes
    .filter(
      (node) => node !== upstream && !mayBeSameSystem(upstream, node) && fit(upstream, sender, node) > SAME_ADDRESS,
    )
    .map((node) => `not ${node.name}: its system identifier is another`)
}

/** Whether the standby has the walsender's application name, or is configured with its slot. */
export function isNamed(sender: WalSender, downstream: Member): boolean {
  const slot = standbyPositionOf(downstream)?.receiver?.slot ?? downstream.record.spec.slot
  return (
    (sender.applicationName !== '' && isNameOf(downstream, sender.applicationName)) ||
    (sender.slot !== null && sender.slot === slot)
  )
}

function hasOtherSlot(sender: WalSender, downstream: Member): boolean {
  const slot = (downstream.isFresh ? standbyPositionOf(downstream)?.receiver?.slot : null) ?? null
  return slot !== null && sender.slot !== null && slot !== sender.slot
}

function isNameOf(node: Member, applicationName: string): boolean {
  return (
    applicationName === node.id ||
    applicationName === node.record.displayName ||
    applicationName === node.pulse?.clusterName
  )
}

/** A walsender with its database. */
export interface SenderOffer {
  readonly upstream: Member
  readonly sender: WalSender
}

/** The standby whose walreceiver started when this walsender did, and the difference in milliseconds. */
export interface StartedTogether {
  readonly downstream: Member
  readonly gapMs: number
}

interface Gap {
  readonly offer: SenderOffer
  readonly downstream: Member
  readonly ms: number
  /** The error of comparing the two clocks. */
  readonly errorMs: number
}

/** On one host both ends start within 5 ms. Name resolution, TLS and the network add to it. */
const MOST_GAP_MS = 250
/** The second nearest must be this many times further away; otherwise the nearest proves nothing. */
const TIMES_FURTHER = 10
const LEAST_FURTHER_MS = 20

/**
 * Returns the pairs without any near competitor, by walsender. Both start times are compared by this host's clock;
 * hidden ones are left out.
 */
export function startedTogether(
  offers: readonly SenderOffer[],
  standbys: readonly Member[],
): ReadonlyMap<WalSender, StartedTogether> {
  const receivers = standbys.filter((standby) => receiverStart(standby) !== null)
  const gaps = receivers.length === 0 ? [] : offers.flatMap((offer) => gapsOf(offer, receivers))
  const bySender = Map.groupBy(gaps, ({ offer }) => offer.sender)
  const byReceiver = Map.groupBy(gaps, ({ downstream }) => downstream)
  const pairs = new Map<WalSender, StartedTogether>()
  for (const [sender, its] of bySender) {
    const nearest = onlyNear(its)
    if (nearest && onlyNear(byReceiver.get(nearest.downstream) ?? []) === nearest) {
      pairs.set(sender, { downstream: nearest.downstream, gapMs: nearest.ms })
    }
  }
  return pairs
}

function receiverStart(standby: Member): number | null {
  return (standby.isFresh ? standbyPositionOf(standby)?.receiver?.startedAt : null) ?? null
}

function gapsOf(offer: SenderOffer, receivers: readonly Member[]): readonly Gap[] {
  const { upstream, sender } = offer
  const { startedAt } = sender
  if (startedAt === null) return []
  return receivers.flatMap((downstream) => {
    const received = receiverStart(downstream)
    if (received === null || downstream === upstream || !mayBeSameSystem(upstream, downstream)) return []
    const [there, here] = [upstream.pulse, downstream.pulse]
    if (!there || !here) return []
    const errorMs = (there.roundTripMs + here.roundTripMs) / 2
    const apart = there.clockOffsetMs - here.clockOffsetMs
    const raw = Math.abs(startedAt - received)
    const corrected = Math.abs(startedAt - received - apart)
    // Offsets that differ by no more than their error are those of one clock: then the raw times are exact.
    return [{ offer, downstream, ms: Math.abs(apart) <= errorMs ? Math.min(raw, corrected) : corrected, errorMs }]
  })
}

function onlyNear(gaps: readonly Gap[]): Gap | null {
  const [nearest, second] = gaps.toSorted((a, b) => a.ms - b.ms)
  if (!nearest || nearest.ms > MOST_GAP_MS) return null
  const needed = Math.max(LEAST_FURTHER_MS, TIMES_FURTHER * nearest.ms) + 2 * nearest.errorMs
  return second && second.ms < needed ? null : nearest
}
