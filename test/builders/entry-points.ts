// Poolers, proxies and addresses for tests: all well by default, with only what a test is about written down.

import type {
  AddressReading,
  EntryPointRecord,
  PooledDatabase,
  PoolerReading,
  ProxiedServer,
} from '../../src/model/measured/entry-points/entry-point-reading.ts'
import type { EntryPointRole } from '../../src/model/measured/entry-points/entry-point-spec.ts'
import type { ClusterSnapshot } from '../../src/model/measured/snapshot.ts'
import type { Fault } from '../../src/model/values/fault.ts'
import { freshReading, type Reading } from '../../src/model/values/reading.ts'
import { aCluster, aPrimary, aStandby, NOW, SYSTEM } from './snapshot.ts'

interface Parts {
  readonly expects?: EntryPointRole
  /** It does not answer. */
  readonly fault?: Fault
}

function readingOf<Value>(value: Value, { fault }: Parts): Reading<Value> {
  if (!fault) return freshReading(value, NOW)
  return { state: 'stale', value, at: NOW - 20_000, fault, since: NOW - 18_000 }
}

export function aPool(over: Partial<PooledDatabase> = {}): PooledDatabase {
  return {
    name: 'shop',
    host: '127.0.0.1',
    port: 5432,
    paused: false,
    disabled: false,
    clientsActive: 212,
    clientsWaiting: 0,
    longestWaitSeconds: 0,
    serversActive: 18,
    serversIdle: 2,
    connectedTo: [],
    ...over,
  }
}

type PoolerParts = Parts & Partial<Omit<PoolerReading, 'kind'>> & { readonly id?: string; readonly host?: string }

export function aPooler(parts: PoolerParts = {}): EntryPointRecord {
  const { id = 'pool-1', host = '10.0.0.21', expects = 'primary', databases = [aPool()], isPaused = false } = parts
  const spec = { id, host, port: 6432, database: null, expects }
  return { kind: 'pooler', spec, reading: readingOf({ kind: 'pooler', version: '1.22.0', isPaused, databases }, parts) }
}

export function aProxied(name: string, port: number, over: Partial<ProxiedServer> = {}): ProxiedServer {
  return {
    name,
    state: 'up',
    status: over.state === 'down' ? 'DOWN' : 'UP',
    isBackup: false,
    sessions: 12,
    sinceSeconds: 340,
    check: 'L7OK HTTP status check returned code 200',
    address: { host: '127.0.0.1', port },
    ...over,
  }
}

export function aProxy(
  servers: readonly ProxiedServer[],
  parts: Parts & { readonly id?: string } = {},
): EntryPointRecord {
  const { id = 'proxy-write', expects = 'primary' } = parts
  const spec = { id, stats: 'http://10.0.0.22:8404/stats', backend: 'primary', expects }
  return { kind: 'proxy', spec, reading: readingOf({ kind: 'proxy', queued: 0, servers }, parts) }
}

type AddressParts = Parts &
  Partial<AddressReading> & {
    readonly id?: string
    readonly at?: number
    readonly database?: string
    readonly via?: string
  }

/** It reached the primary `db-1` of the other builders. */
export function anAddress(parts: AddressParts = {}): EntryPointRecord {
  const { id = 'vip', at = 5000, expects = 'primary', fault, database, via, ...over } = parts
  const where = { ...(database === undefined ? {} : { database }), ...(via === undefined ? {} : { via }) }
  const spec = { id, host: '10.0.0.99', port: at, expects, ...where }
  const reading: AddressReading = {
    kind: 'address',
    identity: { systemIdentifier: SYSTEM, postmasterStart: String((NOW - 86_400_000) * 1000), port: 5432 },
    systemIdentifier: SYSTEM,
    serverAddress: '127.0.0.1',
    port: 5432,
    isInRecovery: false,
    pooler: null,
    latencyMs: 4.2,
    logsConnections: false,
    ...over,
  }
  return { kind: 'address', spec, reading: readingOf(reading, fault ? { fault } : {}) }
}

/** What `anAddress` reads where it reached the standby `db-ro`. */
export const REACHED_STANDBY: Partial<AddressReading> = {
  identity: { systemIdentifier: SYSTEM, postmasterStart: String((NOW - 80_000_000) * 1000), port: 5433 },
  port: 5433,
  isInRecovery: true,
}

/** A primary and its standby behind these. */
export function aShopBehind(...entryPoints: readonly EntryPointRecord[]): ClusterSnapshot {
  return behind(aCluster({ databases: [aPrimary(), aStandby()] }), entryPoints)
}

/** The cluster with these in its configuration, and their readings. */
export function behind(snapshot: ClusterSnapshot, entryPoints: readonly EntryPointRecord[]): ClusterSnapshot {
  const specsOf = <Kind extends EntryPointRecord['kind']>(kind: Kind) =>
    entryPoints.flatMap((record) => (record.kind === kind ? [record.spec] : []))
  const spec = {
    ...snapshot.spec,
    poolers: specsOf('pooler') as Extract<EntryPointRecord, { kind: 'pooler' }>['spec'][],
    proxies: specsOf('proxy') as Extract<EntryPointRecord, { kind: 'proxy' }>['spec'][],
    addresses: specsOf('address') as Extract<EntryPointRecord, { kind: 'address' }>['spec'][],
  }
  return { ...snapshot, spec, entryPoints }
}
