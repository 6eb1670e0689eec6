// Where the databases that nobody named may be: read from what the known ones say of their neighbours.

import type { WalReceiver, WalSender } from '../../model/measured/pulse.ts'
import type { ProfileId } from '../../model/measured/spec.ts'
import { isLoopback, isSameAddress } from '../../model/values/address.ts'
import { knownDatabasePorts } from '../../profiles/facts.ts'
import { isKnownAt, type KnownNode, pairSenders, pulseReceiver } from './node-matching.ts'

/** A neighbour of a known node that is not known itself. */
export interface DiscoveryCandidate {
  /** The node that spoke of it; its user, database, TLS and password serve to reach it. */
  readonly knownNode: KnownNode
  readonly relation: 'upstream' | 'downstream'
  /** As the node named it: an address, a name, a socket's folder; null for a Unix socket or one hidden from this role. */
  readonly address: string | null
  /** The port where that is known: an upstream's. Senders only have the port they call from. */
  readonly port: number | null
  /** Hosts to try, as they are called from here; empty when the address is hidden. */
  readonly hosts: readonly string[]
  /** Ports to try on each of them, most likely first. */
  readonly ports: readonly number[]
  readonly sender: WalSender | null
  readonly receiver: WalReceiver | null
}

/**
 * Ports tried besides those of the known nodes and of the products: a second and a third server on one machine get these
 * from Debian's tools.
 */
const USUAL_PORTS = [5432, 5433, 5434]

/** Neighbours of the known nodes that none of them is. Pure: the monitor may ask after every poll. */
export function discoveryCandidates(known: readonly KnownNode[], profile: ProfileId): readonly DiscoveryCandidate[] {
  const ports = portsToTry(known, profile)
  const above = known.flatMap((node) => upstreamCandidates(node, known))
  const below = pairSenders(known).flatMap(({ upstream, sender, downstream }): readonly DiscoveryCandidate[] => {
    if (downstream) return []
    const hidden = sender.address === null && sender.state === null
    const { address } = sender
    const hosts = hidden ? [] : hostsFromHere(upstream, address)
    return [{ knownNode: upstream, relation: 'downstream', address, port: null, hosts, ports, sender, receiver: null }]
  })
  return [...above, ...below]
}

function upstreamCandidates(node: KnownNode, known: readonly KnownNode[]): readonly DiscoveryCandidate[] {
  const receiver = pulseReceiver(node.pulse)
  if (!receiver || receiver.senderHost === null) return []
  const { senderHost: address } = receiver
  const port = receiver.senderPort ?? 5432
  const hosts = hostsFromHere(node, address)
  const isKnown = known.some((other) => {
    if (other === node) return false
    const samePort = other.config.spec.port === port || other.pulse?.serverPort === port
    return samePort && hosts.some((host) => isKnownAt(other, host))
  })
  if (isKnown) return []
  return [{ knownNode: node, relation: 'upstream', address, port, hosts, ports: [port], sender: null, receiver }]
}

/**
 * What a node calls itself or its own machine (loopback, Unix socket) is, from here, the host the node is reached by;
 * literally only where that is this machine.
 */
function hostsFromHere(node: KnownNode, address: string | null): readonly string[] {
  const { host } = node.config.spec
  if (address === null) return [host]
  const isHere = host.startsWith('/') || isLoopback(host)
  if (address.startsWith('/')) return isHere ? [...new Set([host, address])] : [host]
  // A machine has many loopback addresses: seen from itself, each leads where it says.
  if (isLoopback(address)) return isHere && !isSameAddress(host, address) ? [host, address] : [host]
  return [address.replace(/\/\d+$/, '')]
}

function portsToTry(known: readonly KnownNode[], profile: ProfileId): readonly number[] {
  const theirs = known.flatMap(({ config, pulse }) => [config.spec.port, pulse?.serverPort ?? config.spec.port])
  return [...new Set([...theirs, ...knownDatabasePorts(profile), ...USUAL_PORTS])]
}
