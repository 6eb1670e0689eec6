// Polls what applications connect to in place of a database: each by itself, and an address less often while it leads where it
// should.

import type { AddressConfig, ClusterConfig, PoolerConfig, ProxyConfig } from '../../config/config.ts'
import { openHaproxyStats } from '../../io/entry-points/haproxy-stats.ts'
import { createNewSessions } from '../../io/entry-points/new-session.ts'
import { openPoolerConsole } from '../../io/entry-points/pooler-console.ts'
import type {
  AddressReading,
  EntryPointReading,
  PoolerReading,
} from '../../model/measured/entry-points/entry-point-reading.ts'
import { isSameAddress } from '../../model/values/address.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import type { ProbeOutcome } from '../../model/values/reading.ts'
import { clean } from '../../model/values/text.ts'
import {
  ADDRESS_INTERVAL_MS,
  addressProbe,
  LOGGED_ADDRESS_INTERVAL_MS,
  poolerProbe,
  proxyProbe,
} from '../../probes/entry-points/index.ts'
import type { Store } from '../../state/store.ts'
import type { HostConnections } from '../hosts/host-connections.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

export interface EntryPointPoll extends PolledTarget {
  close(): Promise<void>
}

interface Place {
  readonly cluster: ClusterConfig
  readonly hostConnections: HostConnections
  /** By the name of the pooler: what it told last; null while it tells nothing. */
  readonly pools: Map<string, PoolerReading | null>
  readonly tell: (id: string, outcome: ProbeOutcome<EntryPointReading>) => void
}

/** One for each pooler, proxy and address of the cluster. */
export function createEntryPointPolls(
  store: Store,
  cluster: ClusterConfig,
  hostConnections: HostConnections,
): readonly EntryPointPoll[] {
  const tell: Place['tell'] = (id, outcome) =>
    store.dispatch({ type: 'entry-point-polled', cluster: cluster.spec.name, id, at: Date.now(), outcome })
  const place = { cluster, hostConnections, tell, pools: new Map() }
  return [
    ...(cluster.poolers ?? []).map((each) => poolerPoll(each, place)),
    ...(cluster.proxies ?? []).map((each) => proxyPoll(each, place)),
    ...(cluster.addresses ?? []).map((each) => addressPoll(each, place)),
  ]
}

function poolerPoll(pooler: PoolerConfig, { cluster, hostConnections, tell, pools }: Place): EntryPointPoll {
  const { spec, connection, passwordCommand, via } = pooler
  const admin = openPoolerConsole({ connection, passwordCommand, tunnel: hostConnections.tunnelVia(via) })
  const { timeoutMs: limitMs } = cluster.spec
  const target = createPolledTarget({
    among: 'entry-points',
    description: `the pooler ${spec.id} (${spec.host}:${spec.port})`,
    read: (signal) => poolerProbe.read({ admin, database: spec.database, limitMs }, signal),
    onResult(outcome) {
      pools.set(spec.id, outcome.ok ? outcome.value : null)
      tell(spec.id, outcome)
    },
  })
  return { poll: target.poll, close: admin.close }
}

function proxyPoll(
  { spec, stats: source, user, passwordCommand, trust }: ProxyConfig,
  { tell }: Place,
): EntryPointPoll {
  const { id, backend } = spec
  const stats = openHaproxyStats({ source, backend, user, passwordCommand, trust })
  const target = createPolledTarget({
    among: 'entry-points',
    description: `the proxy ${id} (${spec.stats})`,
    read: (signal) => proxyProbe.read({ stats, backend }, signal),
    onResult: (outcome) => tell(id, outcome),
  })
  return { poll: target.poll, close: async () => {} }
}

function addressPoll(address: AddressConfig, { cluster, hostConnections, tell, pools }: Place): EntryPointPoll {
  const { spec, connection, passwordCommand, via } = address
  const { timeoutMs } = cluster.spec
  const tunnel = hostConnections.tunnelVia(via)
  const sessions = createNewSessions({ connection, passwordCommand, timeoutMs, tunnel })
  let notBefore = Number.NEGATIVE_INFINITY
  const target = createPolledTarget<AddressReading>({
    among: 'entry-points',
    description: `the address ${spec.id} (${spec.host}:${spec.port})`,
    async read(signal) {
      const paused = pausedPoolOf(address, cluster, pools)
      // A session would only wait there, and be counted among the clients that do.
      if (paused !== null) throw new FaultError(pausedFault(paused))
      return addressProbe.read({ sessions }, signal)
    },
    onResult(outcome) {
      notBefore = isAsExpected(outcome, spec.expects) ? performance.now() + pauseMs(outcome.value) : 0
      tell(spec.id, outcome)
    },
  })
  return {
    // Somewhat before the whole time: the round that is nearest to it.
    poll: async (limits) => {
      const isDue = limits.force === true || performance.now() >= notBefore - limits.intervalMs / 2
      if (isDue) await target.poll(limits)
    },
    close: async () => sessions.close(),
  }
}

/** The paused pool to which the address leads by its own host, port and database, as `shop at pool-1`; null: none is known. */
function pausedPoolOf(
  { connection, via }: AddressConfig,
  { poolers = [] }: ClusterConfig,
  pools: Place['pools'],
): string | null {
  const { database, endpoints } = connection
  const [only, ...others] = endpoints
  if (only === undefined || others.length > 0) return null
  for (const { spec, via: ofPooler } of poolers) {
    const isThere = via === ofPooler && spec.port === only.port && isSameAddress(spec.host, only.host)
    const reading = isThere ? pools.get(spec.id) : null
    if (!reading) continue
    const pool = reading.databases.find(({ name }) => name === database)
    if (reading.isPaused || pool?.paused) return `${clean(database)} at ${spec.id}`
  }
  return null
}

function pausedFault(pool: string): Fault {
  return {
    code: 'timeout',
    message: `${pool} is paused: new sessions wait, so pgdeck opens none`,
    hint: 'Give RESUME on its console, unless a run of pgdeck that continues has paused it.',
  }
}

function isAsExpected(
  outcome: ProbeOutcome<AddressReading>,
  expects: AddressConfig['spec']['expects'],
): outcome is Extract<ProbeOutcome<AddressReading>, { readonly ok: true }> {
  return outcome.ok && outcome.value.isInRecovery === (expects === 'standby')
}

function pauseMs({ logsConnections }: AddressReading): number {
  return logsConnections ? LOGGED_ADDRESS_INTERVAL_MS : ADDRESS_INTERVAL_MS
}
