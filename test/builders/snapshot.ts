// Builds snapshots for tests: a healthy cluster by default, with only what a test is about written down.

import type { NewestBackup } from '../../src/model/measured/backup.ts'
import type { ManagerSigns } from '../../src/model/measured/managers/manager-signs.ts'
import type { OnDemandReadings } from '../../src/model/measured/on-demand.ts'
import type {
  ClientGroup,
  DatabasePulse,
  ReplicationPosition,
  ReplicationSlot,
  ServerPulse,
  WalReceiver,
  WalSender,
} from '../../src/model/measured/pulse.ts'
import type {
  ClusterSnapshot,
  DatabaseRecord,
  DatabaseSample,
  HostRecord,
  LastSeenPrimary,
  ServerRecord,
} from '../../src/model/measured/snapshot.ts'
import type { DatabaseSpec, ModelId, ServerSpec, Thresholds } from '../../src/model/measured/spec.ts'
import type { Fault, FaultCode } from '../../src/model/values/fault.ts'
import { parseLsn } from '../../src/model/values/lsn.ts'
import { freshReading, PENDING, type Reading } from '../../src/model/values/reading.ts'
import { someTransactions } from './transactions.ts'

/** The instant at which the built readings were taken, and the clock of most tests. */
export const NOW = Date.UTC(2026, 10, 22, 14, 32, 7, 123)
export const INTERVAL_MS = 2000
export const SYSTEM = '7710875730091603779'
export const PRIMARY_LSN = lsn('0/5A001F20')

export const THRESHOLDS: Thresholds = {
  replicationLagBytes: { warning: 8 * 1024 ** 2, critical: 64 * 1024 ** 2 },
  replicationLagSeconds: { warning: 10, critical: 60 },
  sessionsPercent: { warning: 80, critical: 95 },
  slotRetainedBytes: { warning: 1024 ** 3, critical: 10 * 1024 ** 3 },
  certificateDays: { warning: 30, critical: 7 },
  diskFreePercent: { warning: 15, critical: 5 },
  backupAgeSeconds: { warning: 26 * 3600, critical: 50 * 3600 },
  idleInTransactionSeconds: { warning: 300, critical: 1800 },
  lockWaitsSeconds: { warning: 10, critical: 120 },
  commitWaitSeconds: { warning: 2, critical: 10 },
  transactionAgeSeconds: { warning: 7200, critical: 43_200 },
  preparedTransactionAgeSeconds: { warning: 300, critical: 3600 },
  xminHorizonAge: { warning: 100_000_000, critical: 500_000_000 },
  transactionIdAge: { warning: 1_200_000_000, critical: 1_800_000_000 },
  multixactIdAge: { warning: 1_200_000_000, critical: 1_800_000_000 },
  archiverStalledSeconds: { warning: 300, critical: 1800 },
  replayStalledSeconds: { warning: 10, critical: 60 },
  poolerWaitSeconds: { warning: 5, critical: 30 },
}

/** `0/5A001F20` as a position; a mistake in a test's own text throws. */
export function lsn(text: string): bigint {
  const parsed = parseLsn(text)
  if (parsed === null) throw new Error(`no position: ${text}`)
  return parsed
}

export function aFault(code: FaultCode, message = `${code} (127.0.0.1:5432)`): Fault {
  return { code, message, hint: null }
}

/** A reading that was good and then failed. */
export function aStale<T>(value: T, at: number, fault: Fault, since = at + INTERVAL_MS): Reading<T> {
  return { state: 'stale', value, at, fault, since }
}

export function aSender(over: Partial<WalSender> = {}): WalSender {
  return {
    pid: 4711,
    applicationName: 'walreceiver',
    userName: 'replicator',
    address: '127.0.0.1',
    port: 50_000,
    state: 'streaming',
    sync: 'async',
    slot: null,
    sentLsn: PRIMARY_LSN,
    writtenLsn: PRIMARY_LSN,
    flushedLsn: PRIMARY_LSN,
    replayedLsn: PRIMARY_LSN,
    writeLagSeconds: null,
    flushLagSeconds: null,
    replayLagSeconds: null,
    startedAt: NOW - 3_600_000,
    replyAgeSeconds: 0.5,
    ...over,
  }
}

export function aReceiver(over: Partial<WalReceiver> = {}): WalReceiver {
  return {
    status: 'streaming',
    slot: null,
    senderHost: '127.0.0.1',
    senderPort: 5432,
    receivedTimeline: 1,
    flushedLsn: PRIMARY_LSN,
    latestEndLsn: PRIMARY_LSN,
    latestEndAt: NOW,
    lastMessageAgeSeconds: 0.5,
    ...over,
  }
}

export function aSlot(over: Partial<ReplicationSlot> = {}): ReplicationSlot {
  return {
    name: 'ro_slot',
    type: 'physical',
    active: true,
    activePid: 4711,
    temporary: false,
    restartLsn: PRIMARY_LSN,
    confirmedFlushLsn: null,
    retainedBytes: 0,
    walStatus: 'reserved',
    safeBytes: null,
    invalidationReason: null,
    inactiveSince: null,
    ...over,
  }
}

export function aClient(applicationName: string, address: string | null = '127.0.0.1', count = 1): ClientGroup {
  return { applicationName, address, count }
}

/** A server that shows nothing of a manager. */
export const NO_MANAGER: ManagerSigns = {
  sessions: [],
  libraries: '',
  roles: [],
  databases: [],
  tables: [],
}

/** A pulse is of one server: its exact start and its own port follow from those that a test names. */
function aPulse(position: ReplicationPosition, over: Partial<DatabasePulse>): DatabasePulse {
  const { startedAt = NOW - 86_400_000, serverPort = 5432 } = over
  return {
    version: '18.4',
    versionNumber: 180_004,
    systemIdentifier: SYSTEM,
    timeline: 1,
    position,
    startedAt,
    postmasterStart: startedAt === null ? null : String(Math.round(startedAt * 1000)),
    port: serverPort ?? 5432,
    clockOffsetMs: 0,
    roundTripMs: 2,
    serverAddress: '127.0.0.1',
    serverPort,
    clusterName: null,
    sessions: {
      total: 5,
      max: 100,
      reserved: 3,
      active: 1,
      idleInTransaction: 0,
      waiting: 0,
      longestIdleInTransactionSeconds: null,
    },
    lockWaits: { count: 0, longest: null },
    pendingRestart: { names: [], isComplete: true },
    transactionCounters: { committed: 1_204_000, rolledBack: 310, resetAt: null, databases: '4 40000' },
    longestStatement: null,
    clients: [],
    senders: [],
    slots: [],
    subscriptions: [],
    settings: {
      max_connections: 100,
      max_worker_processes: 8,
      max_wal_senders: 10,
      max_prepared_transactions: 0,
      max_locks_per_transaction: 64,
    },
    synchronousStandbyNames: '',
    applyDelayMs: null,
    maxSlotKeepBytes: null,
    archiver: null,
    transactions: someTransactions(),
    connectionLimits: [],
    oldestTransactionAge: 1_000_000,
    managerSigns: NO_MANAGER,
    missing: [],
    mayUseReserved: true,
    ...over,
  }
}

/** A primary at PRIMARY_LSN unless told otherwise. */
export function aPrimaryPulse(over: Partial<DatabasePulse> & { readonly lsn?: bigint } = {}): DatabasePulse {
  const { lsn: at = PRIMARY_LSN, ...rest } = over
  return aPulse({ kind: 'primary', lsn: at, flushedLsn: at }, { defaultReadOnly: false, ...rest })
}

type StandbyPosition = Extract<ReplicationPosition, { kind: 'standby' }>

/** A standby that has received and replayed everything and streams from 127.0.0.1:5432 unless told otherwise. */
export function aStandbyPulse(
  over: Partial<DatabasePulse> & { readonly standby?: Partial<StandbyPosition> } = {},
): DatabasePulse {
  const { standby = {}, ...rest } = over
  const position: StandbyPosition = {
    kind: 'standby',
    receivedLsn: PRIMARY_LSN,
    replayedLsn: PRIMARY_LSN,
    pause: 'not paused',
    lastReplayedCommitAt: NOW - 1000,
    applyLagSeconds: 0,
    receiver: aReceiver(),
    ...standby,
  }
  return aPulse(position, { serverPort: 5433, startedAt: NOW - 80_000_000, ...rest })
}

export function aServerPulse(over: Partial<ServerPulse> = {}): ServerPulse {
  return {
    connectMs: 1,
    latencyMs: 3.1,
    httpStatus: 200,
    location: null,
    tls: null,
    addresses: ['127.0.0.1'],
    ...over,
  }
}

export interface DatabaseParts {
  readonly id: string
  readonly port?: number
  readonly host?: string
  readonly slot?: string | null
  readonly configured?: boolean
  readonly displayName?: string
  /** A pulse is a fresh reading taken now. */
  readonly pulse?: DatabasePulse | Reading<DatabasePulse>
  readonly history?: readonly DatabaseSample[]
  readonly lastSeenAsPrimary?: LastSeenPrimary | null
  readonly looks?: OnDemandReadings
  /** Words of where backups are looked for. */
  readonly backupSource?: string
  readonly backup?: Reading<NewestBackup>
}

export function aDatabase(parts: DatabaseParts): DatabaseRecord {
  const spec: DatabaseSpec = {
    id: parts.id,
    host: parts.host ?? '127.0.0.1',
    port: parts.port ?? 5432,
    hostId: null,
    replicationUser: null,
    slot: parts.slot ?? null,
    configured: parts.configured ?? true,
    ...(parts.backupSource === undefined ? {} : { backup: parts.backupSource }),
  }
  return {
    spec,
    displayName: parts.displayName ?? parts.id,
    pulse: reading(parts.pulse),
    history: parts.history ?? [],
    lastSeenAsPrimary: parts.lastSeenAsPrimary ?? null,
    backup: parts.backup ?? PENDING,
    onDemand: parts.looks ?? {},
  }
}

export interface ServerParts {
  readonly id: string
  readonly type: ServerSpec['type']
  readonly databaseId?: string | null
  readonly port?: number
  readonly dnsName?: string
  readonly displayName?: string
  readonly pulse?: ServerPulse | Reading<ServerPulse>
  readonly sessions?: Reading<number>
  readonly clientAddress?: string | null
  readonly applicationName?: string | null
  readonly healthyStatus?: readonly number[]
}

export function aServer(parts: ServerParts): ServerRecord {
  const port = parts.port ?? 7272
  const dnsName = parts.dnsName ?? `${parts.id}.example.net`
  const spec: ServerSpec = {
    id: parts.id,
    type: parts.type,
    url: `https://${dnsName}:${port}/`,
    dnsName,
    port,
    databaseId: parts.databaseId ?? null,
    hostId: null,
    healthyStatus: parts.healthyStatus ?? [200, 302],
    clientAddress: parts.clientAddress ?? null,
    applicationName: parts.applicationName ?? null,
    countsSessions: parts.sessions !== undefined,
  }
  return {
    spec,
    displayName: parts.displayName ?? parts.id,
    pulse: reading(parts.pulse),
    sessions: parts.sessions ?? PENDING,
    latencies: [],
  }
}

function reading<T extends object>(value: T | Reading<T> | undefined): Reading<T> {
  if (value === undefined) return PENDING
  return isReading(value) ? value : freshReading(value, NOW)
}

function isReading<T extends object>(value: T | Reading<T>): value is Reading<T> {
  return 'state' in value && typeof value.state === 'string'
}

export interface ClusterParts {
  readonly name?: string
  readonly model?: ModelId
  readonly databases?: readonly DatabaseRecord[]
  readonly servers?: readonly ServerRecord[]
  readonly hosts?: readonly HostRecord[]
  readonly thresholds?: Partial<Thresholds>
  readonly intervalMs?: number
}

/** A cluster with the given records; model `databases` when there are no servers. */
export function aCluster(parts: ClusterParts = {}): ClusterSnapshot {
  const databases = parts.databases ?? []
  const servers = parts.servers ?? []
  const hosts = parts.hosts ?? []
  const intervalMs = parts.intervalMs ?? INTERVAL_MS
  return {
    spec: {
      name: parts.name ?? 'vault',
      model: parts.model ?? (servers.length === 0 ? 'databases' : 'shared-database-with-read-only'),
      profile: 'postgres',
      intervalMs,
      timeoutMs: 1500,
      databases: databases.map((record) => record.spec),
      servers: servers.map((record) => record.spec),
      hosts: hosts.map((record) => record.spec),
      thresholds: { ...THRESHOLDS, ...parts.thresholds },
    },
    databases,
    servers,
    hosts,
    host: PENDING,
    intervalMs,
  }
}

/** A primary `db-1` on 5432 with the given parts changed. */
export function aPrimary(
  pulse: Parameters<typeof aPrimaryPulse>[0] = {},
  parts: Partial<DatabaseParts> = {},
): DatabaseRecord {
  return aDatabase({
    id: 'db-1',
    port: 5432,
    pulse: aPrimaryPulse({ senders: [aSender({ applicationName: 'db-ro' })], ...pulse }),
    ...parts,
  })
}

/** A standby `db-ro` on 5433 that streams from `db-1`. */
export function aStandby(
  pulse: Parameters<typeof aStandbyPulse>[0] = {},
  parts: Partial<DatabaseParts> = {},
): DatabaseRecord {
  return aDatabase({ id: 'db-ro', port: 5433, pulse: aStandbyPulse(pulse), ...parts })
}

/** The recommended deployment, all well: three servers, a primary and the read-only server's replica. */
export function aVault(over: Partial<ClusterParts> = {}): ClusterSnapshot {
  return aCluster({
    databases: [aPrimary(), aStandby()],
    servers: [
      aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1', pulse: aServerPulse() }),
      aServer({ id: 'pmp-b', type: 'secondary', databaseId: 'db-1', pulse: aServerPulse() }),
      aServer({
        id: 'pmp-ro',
        type: 'read-only',
        databaseId: 'db-ro',
        pulse: aServerPulse({ httpStatus: 302, location: 'https://pmp-a.example.net:7272/' }),
      }),
    ],
    ...over,
  })
}

/** The same cluster with one record replaced by the result of a change. */
export function withDatabase(
  snapshot: ClusterSnapshot,
  id: string,
  change: (record: DatabaseRecord) => DatabaseRecord,
): ClusterSnapshot {
  return {
    ...snapshot,
    databases: snapshot.databases.map((record) => (record.spec.id === id ? change(record) : record)),
  }
}

export function withServer(
  snapshot: ClusterSnapshot,
  id: string,
  change: (record: ServerRecord) => ServerRecord,
): ClusterSnapshot {
  return { ...snapshot, servers: snapshot.servers.map((record) => (record.spec.id === id ? change(record) : record)) }
}
