// Tells poolers and ports of proxies from the databases behind them, for a configuration that is written.

import type { AddressConfig, ClusterConfig, DatabaseConfig, PoolerConfig } from '../../config/config.ts'
import { openPoolerConsole } from '../../io/entry-points/pooler-console.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import { isSameServer, serverIdentityOf } from '../../model/measured/server-identity.ts'
import { isReadAsPrimary } from '../../model/picture/roles.ts'
import { formatEndpoint, isLoopback } from '../../model/values/address.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { DiscoveryOptions, DiscoveryResult } from './discovery.ts'
import { pulseReceiver } from './node-matching.ts'
import { configForEndpoint, probeEndpoint } from './probe-endpoint.ts'

/** The cluster with its entry points apart, and a sentence about each of them. */
interface SortedCluster {
  readonly cluster: ClusterConfig
  readonly notes: readonly string[]
}

interface ReadNode {
  readonly config: DatabaseConfig
  readonly pulse: DatabasePulse
}

interface Found {
  readonly pooler?: PoolerConfig
  readonly address?: AddressConfig
  readonly note: string
}

/**
 * A DSN that leads through a pooler becomes one of `poolers`, if its console answers this user, else one of `addresses`. A port whose server answers at its
 * own port, too, becomes one of `addresses`. A forwarded port that is the only way to a server stays a database.
 */
export async function separateEntryPoints(
  { cluster, nodes }: DiscoveryResult,
  options: DiscoveryOptions,
): Promise<SortedCluster> {
  const read = nodes.flatMap(({ config, pulse }): readonly ReadNode[] => (pulse ? [{ config, pulse }] : []))
  const direct = read.filter(isOwnPort)
  const added: DatabaseConfig[] = []
  const found = new Map<DatabaseConfig, Found>()
  for (const node of read.filter((each) => !isOwnPort(each))) {
    const known = direct.some((each) => isSame(each, node))
    const behind = known ? null : await serverBehind(node, hostsBehind(node, read), options)
    if (!known && behind === null) continue
    if (behind) {
      direct.push(behind)
      added.push(behind.config)
    }
    found.set(node.config, await entryPointOf(node, options))
  }
  const databases = [...cluster.databases.filter((each) => !found.has(each)), ...added]
  const all = [...found.values()]
  const poolers = all.flatMap(({ pooler }) => (pooler ? [pooler] : []))
  const addresses = all.flatMap(({ address }) => (address ? [address] : []))
  return {
    cluster: {
      ...cluster,
      spec: { ...cluster.spec, databases: databases.map(({ spec }) => spec) },
      databases,
      ...(poolers.length > 0 ? { poolers } : {}),
      ...(addresses.length > 0 ? { addresses } : {}),
    },
    notes: all.map(({ note }) => clean(note)),
  }
}

function isOwnPort({ config: { spec }, pulse }: ReadNode): boolean {
  return pulse.pooler === undefined && (spec.host.startsWith('/') || spec.port === pulse.port)
}

function isSame(one: ReadNode, other: ReadNode): boolean {
  const [a, b] = [serverIdentityOf(one.pulse), serverIdentityOf(other.pulse)]
  return a !== null && b !== null && isSameServer(a, b)
}

/**
 * Hosts that the server may be on: behind a pooler as it sees its own address, else as its standbys name it. A loopback address
 * is that of the host that was given.
 */
function hostsBehind({ config, pulse }: ReadNode, read: readonly ReadNode[]): readonly string[] {
  const receivers = read.map((each) => pulseReceiver(each.pulse)).filter((each) => each?.senderPort === pulse.port)
  const named = pulse.pooler === undefined ? receivers.map((each) => each?.senderHost ?? null) : [pulse.serverAddress]
  return [...new Set(named.map((host) => (host === null || isLoopback(host) ? config.spec.host : host)))]
}

/** The server itself, at its own port on one of these hosts; null: not reached. */
async function serverBehind(
  node: ReadNode,
  hosts: readonly string[],
  { timeoutMs, signal }: DiscoveryOptions,
): Promise<ReadNode | null> {
  for (const host of hosts) {
    const config = configForEndpoint(node, host, node.pulse.port)
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
    const { pulse } = await probeEndpoint(config, timeoutMs, limit)
    const named = { ...config, spec: { ...config.spec, id: formatEndpoint(host, node.pulse.port), configured: true } }
    if (pulse && isOwnPort({ config: named, pulse }) && isSame({ config: named, pulse }, node))
      return { config: named, pulse }
  }
  return null
}

async function entryPointOf({ config, pulse }: ReadNode, options: DiscoveryOptions): Promise<Found> {
  const { spec, connection, passwordCommand, via } = config
  const { id, host, port } = spec
  const expects = isReadAsPrimary({ pulse }) ? 'primary' : 'standby'
  const access = { connection, passwordCommand, via }
  const address: AddressConfig = { spec: { id, host, port, expects }, ...access }
  const place = formatEndpoint(host, port)
  if (pulse.pooler === undefined)
    return {
      address,
      note: `${place} leads to a server that answers at port ${pulse.port} itself: written as an address`,
    }
  const console = { ...connection, database: 'pgbouncer', targetSessionAttrs: 'any' as const }
  const why = await whyNoConsole({ ...access, connection: console }, options)
  if (why !== null) {
    const note = `${place} is a connection pooler: written as an address, because its console does not answer (${why})`
    return { address, note }
  }
  const pooled = { id, host, port, database: connection.database, expects } as const
  const pooler: PoolerConfig = {
    spec: pooled,
    connection: console,
    passwordCommand,
    via,
    pauseMs: PAUSE_MS,
    repoint: null,
  }
  return { pooler, note: `${place} is PgBouncer: written as a pooler` }
}

/** The default of `pauseTimeout`. */
const PAUSE_MS = 30_000

/** null: PgBouncer answers. */
async function whyNoConsole(
  access: Pick<PoolerConfig, 'connection' | 'passwordCommand'>,
  { timeoutMs, signal }: DiscoveryOptions,
): Promise<string | null> {
  const admin = openPoolerConsole(access)
  try {
    await admin.run('SHOW VERSION', timeoutMs, signal ?? new AbortController().signal)
    return null
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    const { message, hint } = error.fault
    if (/not allowed/.test(message)) return 'put its user into "stats_users"'
    return hint === null ? message : `${message}; ${hint.replace(/\.$/, '')}`
  } finally {
    await admin.close()
  }
}
