// Addresses of databases that are not configured, as the known servers report their upstreams and standbys.

import type { WalReceiver, WalSender } from '../../model/measured/pulse.ts'
import type { ProfileId } from '../../model/measured/spec.ts'
import { isLoopback, isSameAddress } from '../../model/values/address.ts'
import { knownDatabasePorts } from '../../profiles/facts.ts'
import { isKnownAt, type KnownNode, pairSenders, pulseReceiver } from './node-matching.ts'

/** An upstream or standby of a known server that is not known itself. */
export interface DiscoveryCandidate {
  /** The server that reported it. pgdeck uses its user, database, TLS settings and password for the candidate. */
  readonly knownNode: KnownNode
  readonly relation: 'upstream' | 'downstream'
  /**
   * As the known server reports it: an address, a name, or a socket's folder; null for a Unix socket or if it is
   * hidden.
   */
  readonly address: string | null
  /** The port of an upstream. A walsender shows only the client port of its standby, so it is null there. */
  readonly port: number | null
  /** Hosts to try, as this host reaches them; empty if the address is hidden. */
  readonly hosts: readonly string[]
  /** Ports to try on each of them, most likely first. */
  readonly ports: readonly number[]
  readonly sender: WalSender | null
  readonly receiver: WalReceiver | null
}

/**
 * Ports to try besides those of the known servers and of the products. Debian's tools give them to a second and third
 * server of a machine.
 */
const USUAL_PORTS = [5432, 5433, 5434]

/**
 * Returns the upstreams and standbys of known servers that are not known themselves. Pure: it may run after every poll.
 */
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
 * A loopback address or Unix socket in a report is the reporting server's own host. It is taken literally only if that
 * is this machine.
 */
function hostsFromHere(node: KnownNode, address: string | null): readonly string[] {
  const { host } = node.config.spec
  if (address === null) return [host]
  const isHere = host.startsWith('/') || isLoopback(host)
  if (address.startsWith('/')) return isHere ? [...new Set([host, address])] : [host]
  // A machine has many loopback addresses. Seen from the machine itself, each is a different place.
  if (isLoopback(address)) return isHere && !isSameAddress(host, address) ? [host, address] : [host]
  return [address.replace(/\/\d+$/, '')]
}

function portsToTry(known: readonly KnownNode[], profile: ProfileId): readonly number[] {
  const theirs = known.flatMap(({ config, pulse }) => [config.spec.port, pulse?.serverPort ?? config.spec.port])
  return [...new Set([...theirs, ...knownDatabasePorts(profile), ...USUAL_PORTS])]
}
