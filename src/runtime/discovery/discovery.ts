// Finds the rest of a cluster from some of its databases: upstreams by their walreceivers, standbys by their
// walsenders.

import type { ClusterConfig, DatabaseConfig } from '../../config/config.ts'
import { listeningPortsBehind } from '../../io/hosts/proc-sockets.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import { isSameServer, isSameSystem, serverIdentityOf } from '../../model/measured/server-identity.ts'
import type { Fault } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { type DiscoveryCandidate, discoveryCandidates } from './discovery-candidates.ts'
import { type KnownNode, pairSenders, pulseReceiver } from './node-matching.ts'
import { configForEndpoint, type EndpointReading, probeEndpoint, readPulseOnce } from './probe-endpoint.ts'
import { type DiscoveryAttempt, type UnreachableDatabase, unreachableOf } from './unreachable.ts'

export { type UnreachableDatabase, unreachableText } from './unreachable.ts'

export interface DiscoveryResult {
  /** The cluster with the discovered databases (`configured: false`) after the configured ones. */
  readonly cluster: ClusterConfig
  /** Servers that must exist but can't be reached. */
  readonly unreachable: readonly UnreachableDatabase[]
  /** Those of the cluster as they were read, in the same order. */
  readonly nodes: readonly KnownNode[]
}

export interface DiscoveryOptions {
  /** Limit of each try, in milliseconds. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly onFound?: (database: DatabaseConfig, pulse: DatabasePulse) => void
}

const WITHOUT_IDENTIFIER: Fault = {
  code: 'protocol',
  message: 'a server there refuses to tell its system identifier, so it may be of another cluster',
  hint: 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system TO the role of pgdeck, or add it to the configuration.',
}

/** A larger tree is not a cluster: some server's answers lead on and on. */
const MOST_NODES = 64
/** At most this many listening ports of this machine are tried. */
const MOST_LOCAL_PORTS = 32

/**
 * Follows upstreams and standbys from the cluster's own databases until no new one appears. Each must have the system
 * identifier of the server that reported it, and is reached with that server's user, database, TLS settings and
 * password. Does not throw for an unreachable server: the result lists it. Changes nothing.
 */
export async function discover(cluster: ClusterConfig, options: DiscoveryOptions): Promise<DiscoveryResult> {
  const search = new Search(cluster, options)
  await search.readGiven()
  while (await search.goOn());
  return search.result()
}

class Search {
  readonly #cluster: ClusterConfig
  readonly #options: DiscoveryOptions
  readonly #nodes: KnownNode[] = []
  readonly #given: (KnownNode & { readonly fault: Fault | null })[] = []
  /** By host and port, so that no place is tried twice. */
  readonly #attempts = new Map<string, DiscoveryAttempt>()
  /** Servers of the cluster that answered in this round. */
  readonly #answered: { readonly config: DatabaseConfig; readonly pulse: DatabasePulse }[] = []
  /** Ports that were tried for a candidate beside its own list. */
  readonly #localPorts = new Map<number, readonly number[]>()

  constructor(cluster: ClusterConfig, options: DiscoveryOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  async readGiven(): Promise<void> {
    const read = await Promise.all(
      this.#cluster.databases.map(async (config) => ({
        config,
        ...(await readPulseOnce(config, this.#options.timeoutMs, this.#limit())),
      })),
    )
    this.#given.push(...read)
    this.#nodes.push(...read.map(({ config, pulse }) => ({ config, pulse })))
  }

  /** Tries every candidate once. True if that found a server, which may report more. */
  async goOn(): Promise<boolean> {
    if (this.#options.signal?.aborted || this.#nodes.length >= MOST_NODES) return false
    const before = this.#nodes.length
    const candidates = discoveryCandidates(this.#nodes, this.#cluster.spec.profile)
    await Promise.all(candidates.map((candidate) => this.#tryAll(candidate)))
    // A proxy may have answered for a server before that did at its own port.
    const answered = this.#answered.splice(0).toSorted((a, b) => otherPorts(a) - otherPorts(b))
    for (const { config, pulse } of answered) this.#adoptNew(config, pulse)
    return this.#nodes.length > before
  }

  result(): DiscoveryResult {
    const discovered = this.#nodes.slice(this.#given.length).map(({ config }) => config)
    const databases = [...this.#cluster.databases, ...discovered]
    const spec = { ...this.#cluster.spec, databases: databases.map((database) => database.spec) }
    const missing = discoveryCandidates(this.#nodes, this.#cluster.spec.profile).filter(
      (candidate) => !this.#reached(candidate),
    )
    const silent = this.#given.flatMap(({ config, fault }): readonly UnreachableDatabase[] =>
      fault ? [{ address: config.spec.host, port: config.spec.port, why: fault.message, reportedBy: null }] : [],
    )
    const listed = missing.map((candidate) => unreachableOf(candidate, this.#attemptsAt(candidate)))
    return { cluster: { ...this.#cluster, spec, databases }, unreachable: [...silent, ...listed], nodes: this.#nodes }
  }

  async #tryAll(candidate: DiscoveryCandidate): Promise<void> {
    const ports = await this.#portsOf(candidate)
    const places = candidate.hosts.flatMap((host) => ports.map((port) => ({ host, port })))
    await Promise.all(places.map(({ host, port }) => this.#tryOne(candidate, host, port)))
  }

  /** For a standby on this machine, the system shows which ports it listens on. */
  async #portsOf({ ports, sender, knownNode }: DiscoveryCandidate): Promise<readonly number[]> {
    if (!sender?.port) return ports
    const serverPort = knownNode.pulse?.serverPort ?? knownNode.config.spec.port
    const local = (await listeningPortsBehind(sender.port, serverPort)).slice(0, MOST_LOCAL_PORTS)
    this.#localPorts.set(sender.pid, local)
    return [...new Set([...local, ...ports])]
  }

  async #tryOne({ knownNode }: DiscoveryCandidate, host: string, port: number): Promise<void> {
    const place = placeOf(host, port)
    const isKnown = this.#nodes.some(({ config }) => config.spec.host === host && config.spec.port === port)
    if (this.#attempts.has(place) || isKnown) return
    // Set before the first wait: two candidates may have the same place.
    this.#attempts.set(place, { outcome: 'node' })
    const config = configForEndpoint(knownNode, host, port)
    const read = await probeEndpoint(config, this.#options.timeoutMs, this.#limit())
    this.#attempts.set(place, this.#judge(knownNode, config, read))
  }

  #judge(from: KnownNode, config: DatabaseConfig, { pulse, fault }: EndpointReading): DiscoveryAttempt {
    if (!pulse) return { outcome: 'fault', fault }
    if (pulse.systemIdentifier === null || from.pulse?.systemIdentifier === null) {
      return { outcome: 'fault', fault: WITHOUT_IDENTIFIER }
    }
    if (from.pulse === null || !isSameSystem(pulse, from.pulse)) {
      return { outcome: 'stranger', systemIdentifier: pulse.systemIdentifier }
    }
    this.#answered.push({ config, pulse })
    return { outcome: 'node' }
  }

  #adoptNew(config: DatabaseConfig, pulse: DatabasePulse): void {
    if (this.#nodes.length < MOST_NODES && !this.#nodes.some((node) => isReadAs(node, pulse)))
      this.#adopt(config, pulse)
  }

  #adopt(config: DatabaseConfig, pulse: DatabasePulse): void {
    const taken = [...this.#cluster.servers, ...this.#nodes.map((node) => node.config)].map(({ spec }) => spec.id)
    const id = discoveredName({ config, pulse }, this.#nodes, taken)
    const named = { ...config, spec: { ...config.spec, id, slot: pulseReceiver(pulse)?.slot ?? null } }
    this.#nodes.push({ config: named, pulse })
    this.#options.onFound?.(named, pulse)
  }

  #reached(candidate: DiscoveryCandidate): boolean {
    // An upstream may be a known server under another name. A standby counts as reached only when its walsender is
    // matched.
    return candidate.relation === 'upstream' && this.#attemptsAt(candidate).some(({ outcome }) => outcome === 'node')
  }

  #attemptsAt({ hosts, ports, sender }: DiscoveryCandidate): readonly (DiscoveryAttempt & { readonly port: number })[] {
    const all = [...ports, ...(this.#localPorts.get(sender?.pid ?? -1) ?? [])]
    return hosts.flatMap((host) =>
      all.flatMap((port) => {
        const attempt = this.#attempts.get(placeOf(host, port))
        return attempt ? [{ ...attempt, port }] : []
      }),
    )
  }

  #limit(): AbortSignal {
    const limit = AbortSignal.timeout(this.#options.timeoutMs)
    return this.#options.signal ? AbortSignal.any([limit, this.#options.signal]) : limit
  }
}

/** 0 for a server that answered at its own port. */
function otherPorts({
  config: { spec },
  pulse,
}: {
  readonly config: DatabaseConfig
  readonly pulse: DatabasePulse
}): number {
  return spec.host.startsWith('/') || spec.port === pulse.port ? 0 : 1
}

function placeOf(host: string, port: number): string {
  return `${host} ${port}`
}

/** The application names of standbys without a name of their own. */
const NAMELESS = new Set(['', 'walreceiver', 'main'])

/**
 * Returns the first unused of cluster_name, application_name of its stream, and host:port. A cluster_name that another
 * server reports too is the name of the whole cluster (Patroni sets it so), not of the server.
 */
export function discoveredName(node: KnownNode, known: readonly KnownNode[], taken: readonly string[]): string {
  const { host, port } = node.config.spec
  const own = node.pulse?.clusterName ?? ''
  const shared = known.some(({ pulse }) => pulse?.clusterName === own)
  const stream = pairSenders([...known, node]).find(({ downstream }) => downstream === node)?.sender.applicationName
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const names = [shared ? '' : own, stream ?? '', place].map((name) => clean(name).trim())
  const free = names.find((name) => !NAMELESS.has(name) && !taken.includes(name))
  return free ?? numbered(place, taken)
}

function numbered(name: string, taken: readonly string[]): string {
  let number = 2
  while (taken.includes(`${name} (${number})`)) number++
  return `${name} (${number})`
}

/** Whether a node is the server of that reading. One that does not tell its start is known by its address. */
function isReadAs({ pulse }: KnownNode, other: DatabasePulse): boolean {
  if (pulse === null) return false
  const [one, two] = [serverIdentityOf(pulse), serverIdentityOf(other)]
  if (one && two) return isSameServer(one, two)
  return pulse.port === other.port && pulse.serverAddress === other.serverAddress
}
