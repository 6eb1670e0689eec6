// Which of the known databases a line of pg_stat_replication stands for, and whether two addresses are one server.

import type { DatabaseConfig } from '../../config/config.ts'
import type { DatabasePulse, WalReceiver, WalSender } from '../../model/measured/pulse.ts'

/** A database as far as it is known: `pulse` is null while it does not answer. */
export interface KnownNode {
  readonly config: DatabaseConfig
  readonly pulse: DatabasePulse | null
}

/** A standby's sender on its upstream, with the node it belongs to; `downstream` is null for one nobody knows yet. */
export interface SenderPairing {
  readonly upstream: KnownNode
  readonly sender: WalSender
  readonly downstream: KnownNode | null
}

/** Clients of the replication protocol that are no servers. */
const TOOLS = new Set([
  'pg_basebackup',
  'pg_rewind',
  'pg_receivewal',
  'pg_recvlogical',
  'pgbackrest',
  'barman_receive_wal',
])

/** Below this, what is alike may be chance. */
const ENOUGH = 3

/**
 * Whether two readings are of one server, reached by two addresses: the same cluster, role, start (to the millisecond)
 * and port of its own. Addresses are not compared, as a server sees each of its own as another.
 */
export function isOneServer(a: DatabasePulse, b: DatabasePulse): boolean {
  const ports = a.serverPort === null || b.serverPort === null || a.serverPort === b.serverPort
  return (
    ports &&
    a.systemIdentifier === b.systemIdentifier &&
    a.startedAt === b.startedAt &&
    a.position.kind === b.position.kind
  )
}

/** Whether two host names or addresses are surely one: equal, or both of them this very machine. */
export function isOneHost(a: string, b: string): boolean {
  return plain(a) === plain(b) || (isLoopbackHost(a) && isLoopbackHost(b))
}

export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/i.test(plain(host))
}

/** Without the mask that inet values may carry, and IPv4 as IPv4. */
function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/\/\d+$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '')
}

/** The receiver of a standby; null for a primary, and while no receiver runs. */
export function pulseReceiver(pulse: DatabasePulse | null): WalReceiver | null {
  return pulse?.position.kind === 'standby' ? pulse.position.receiver : null
}

/** Every sender that feeds a server, paired with the standby that most resembles its other end; each standby once. */
export function pairSenders(nodes: readonly KnownNode[]): readonly SenderPairing[] {
  const ends = nodes.flatMap((upstream) => serverSenders(upstream).map((sender) => ({ upstream, sender })))
  const scored = ends.flatMap((end) =>
    nodes.map((node) => ({ end, node, score: matchScore(end.upstream, end.sender, node) })),
  )
  const partners = new Map<WalSender, KnownNode>()
  const taken = new Set<KnownNode>()
  for (const { end, node, score } of scored.toSorted((a, b) => b.score - a.score)) {
    if (score < ENOUGH || partners.has(end.sender) || taken.has(node)) continue
    partners.set(end.sender, node)
    taken.add(node)
  }
  return ends.map((end) => ({ ...end, downstream: partners.get(end.sender) ?? null }))
}

/** Senders to standbys: no backups, no tools, no logical subscribers. */
function serverSenders({ pulse }: KnownNode): readonly WalSender[] {
  const logical = new Set(pulse?.slots.filter(({ type }) => type === 'logical').map(({ name }) => name))
  return (pulse?.senders ?? []).filter(({ state, slot, applicationName }) => {
    if (state === 'startup' || state === 'backup' || TOOLS.has(applicationName)) return false
    return slot === null || !logical.has(slot)
  })
}

/** How much speaks for `node` being the other end of a sender; 0 when something speaks against it. */
function matchScore(upstream: KnownNode, sender: WalSender, node: KnownNode): number {
  if (node === upstream) return 0
  const { spec } = node.config
  const named = sender.applicationName === spec.id || sender.applicationName === node.pulse?.clusterName ? 4 : 0
  const near = sender.address === null ? isNear(upstream, node) : isKnownAt(node, sender.address)
  if (!node.pulse) {
    // It does not answer us but may well stream: the config is all there is to go by.
    if (spec.slot !== null && spec.slot === sender.slot) return 8
    return near ? named + ENOUGH : named
  }
  const receiver = pulseReceiver(node.pulse)
  if (!receiver || node.pulse.systemIdentifier !== upstream.pulse?.systemIdentifier) return 0
  if (receiver.slot !== null && sender.slot !== null && receiver.slot !== sender.slot) return 0
  const slot = receiver.slot !== null && receiver.slot === sender.slot ? 8 : 0
  const points = isUpstreamOf(upstream, receiver) ? 2 : 0
  // Slots of two upstreams may have one name.
  if (points === 0 && receiver.senderPort !== null && !near) return named + slot >= 12 ? named + slot : 0
  return slot + named + points + (near ? 1 : 0)
}

/** Whether a receiver's source has the port of this node. Its address may be a name only the standby knows. */
function isUpstreamOf(upstream: KnownNode, receiver: WalReceiver): boolean {
  return receiver.senderPort === upstream.config.spec.port || receiver.senderPort === upstream.pulse?.serverPort
}

/** Whether a node is known by this address, as we reach it or as it sees itself. */
export function isKnownAt({ config, pulse }: KnownNode, address: string): boolean {
  if (isOneHost(config.spec.host, address)) return true
  return pulse?.serverAddress != null && isOneHost(pulse.serverAddress, address)
}

function isNear(a: KnownNode, b: KnownNode): boolean {
  return isKnownAt(b, a.config.spec.host) || (a.pulse?.serverAddress != null && isKnownAt(b, a.pulse.serverAddress))
}
