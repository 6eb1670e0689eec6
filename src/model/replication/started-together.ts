// Which WAL senders and WAL receivers began at the same moment: a sender starts when its receiver connects.

import type { WalSender } from '../measured/pulse.ts'
import { type Member, mayBeSameSystem, standbyPositionOf } from './member.ts'

/** A WAL sender with the database that it runs on. */
export interface SenderOffer {
  readonly upstream: Member
  readonly sender: WalSender
}

/** The standby whose receiver started when this sender did, and how many milliseconds lie between them. */
export interface StartedTogether {
  readonly downstream: Member
  readonly gapMs: number
}

interface Gap {
  readonly offer: SenderOffer
  readonly downstream: Member
  readonly ms: number
  /** By how much the two clocks may be compared wrongly. */
  readonly errorMs: number
}

/** On one host both ends begin within 5 ms; name resolution, TLS and the way between two hosts add to it. */
const MOST_GAP_MS = 250
/** Whoever comes second must be so much further away, or the nearest one proves nothing. */
const TIMES_FURTHER = 10
const LEAST_FURTHER_MS = 20

/**
 * The pairs that nothing else comes near to, by sender. Both instants are compared by this host's clock; those that this
 * role may not read take no part.
 */
export function startedTogether(
  offers: readonly SenderOffer[],
  standbys: readonly Member[],
): ReadonlyMap<WalSender, StartedTogether> {
  const receivers = standbys.filter((standby) => receiverStart(standby) !== null)
  const gaps = receivers.length === 0 ? [] : offers.flatMap((offer) => gapsOf(offer, receivers))
  const bySender = Map.groupBy(gaps, ({ offer }) => offer.sender)
  const byReceiver = Map.groupBy(gaps, ({ downstream }) => downstream)
  const found = new Map<WalSender, StartedTogether>()
  for (const [sender, its] of bySender) {
    const nearest = onlyNear(its)
    if (nearest && onlyNear(byReceiver.get(nearest.downstream) ?? []) === nearest) {
      found.set(sender, { downstream: nearest.downstream, gapMs: nearest.ms })
    }
  }
  return found
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
    // Offsets that differ by no more than they may be wrong are those of one clock: then the raw instants are exact.
    return [{ offer, downstream, ms: Math.abs(apart) <= errorMs ? Math.min(raw, corrected) : corrected, errorMs }]
  })
}

function onlyNear(gaps: readonly Gap[]): Gap | null {
  const [nearest, second] = gaps.toSorted((a, b) => a.ms - b.ms)
  if (!nearest || nearest.ms > MOST_GAP_MS) return null
  const needed = Math.max(LEAST_FURTHER_MS, TIMES_FURTHER * nearest.ms) + 2 * nearest.errorMs
  return second && second.ms < needed ? null : nearest
}
