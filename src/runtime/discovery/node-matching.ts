// Matches lines of pg_stat_replication with the known databases.

import type { DatabaseConfig } from '../../config/config.ts'
import type { DatabasePulse, WalReceiver, WalSender } from '../../model/measured/pulse.ts'
import { mayBeStandby, senderKindOf } from '../../model/measured/sender-kind.ts'
import { standbyPositionOf } from '../../model/picture/roles.ts'
import { matchSenders } from '../../model/replication/match-senders.ts'
import { type Member, memberOfPulse } from '../../model/replication/member.ts'
import type { SenderOffer } from '../../model/replication/sender-score.ts'
import { isSameAddress } from '../../model/values/address.ts'

/** A known database; `pulse` is null while it does not answer. */
export interface KnownNode {
  readonly config: DatabaseConfig
  readonly pulse: DatabasePulse | null
}

/** A walsender with its server and the standby it serves; `downstream` is null for an unknown standby. */
export interface SenderPairing {
  readonly upstream: KnownNode
  readonly sender: WalSender
  readonly downstream: KnownNode | null
}

/** The walreceiver of a standby; null for a primary, and while no walreceiver runs. */
export function pulseReceiver(pulse: DatabasePulse | null): WalReceiver | null {
  return standbyPositionOf({ pulse })?.receiver ?? null
}

/**
 * Matches every walsender with a standby, by the rules of the topology; each standby once. If several can't be
 * distinguished, they are paired in any order, because all of them are known.
 */
export function pairSenders(nodes: readonly KnownNode[]): readonly SenderPairing[] {
  const members = nodes.map(({ config, pulse }) => memberOfPulse(config.spec, pulse))
  const nodeOf = new Map(members.map((member, index) => [member, nodes[index]]))
  const { matched, ambiguous, unmatched } = matchSenders(standbyOffers(members), members)
  const pairing = (upstream: Member, sender: WalSender, downstream: Member | undefined): readonly SenderPairing[] => {
    const [above, below] = [nodeOf.get(upstream), downstream ? nodeOf.get(downstream) : undefined]
    return above ? [{ upstream: above, sender, downstream: below ?? null }] : []
  }
  const silent = nodes.filter(({ pulse }) => pulse === null)
  const silentAt = ({ address }: WalSender) => silent.find((node) => address !== null && isKnownAt(node, address))
  const pairs = [
    ...[...matched.values()].flatMap(({ upstream, sender, downstream }) => pairing(upstream, sender, downstream)),
    ...ambiguous.flatMap(({ upstream, senders, downstreams }) =>
      senders.flatMap((sender, index) => pairing(upstream, sender, downstreams[index])),
    ),
    // This server does not answer, but it may stream: only its address is known.
    ...unmatched.flatMap(({ upstream, sender }) =>
      pairing(upstream, sender, undefined).map((pair) => ({ ...pair, downstream: silentAt(sender) ?? null })),
    ),
  ]
  const order = new Map(nodes.flatMap(({ pulse }) => pulse?.senders ?? []).map((sender, index) => [sender, index]))
  return pairs.toSorted((a, b) => (order.get(a.sender) ?? 0) - (order.get(b.sender) ?? 0))
}

/** A standby that just connected may still be any of them. */
function standbyOffers(members: readonly Member[]): readonly SenderOffer[] {
  return members.flatMap((upstream) =>
    (upstream.pulse?.senders ?? [])
      .filter((sender) => sender.state !== 'startup' && mayBeStandby(senderKindOf(sender, upstream.pulse)))
      .map((sender) => ({ upstream, sender })),
  )
}

/** Whether a server has this address, as pgdeck reaches it or as the server reports it. */
export function isKnownAt({ config, pulse }: KnownNode, address: string): boolean {
  if (isSameAddress(config.spec.host, address)) return true
  return pulse?.serverAddress != null && isSameAddress(pulse.serverAddress, address)
}
