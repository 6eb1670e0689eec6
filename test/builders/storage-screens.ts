// States of the storage view: all well, everything wrong, work going on, a role that sees little.

import type {
  BackupProgress,
  DatabaseSize,
  DatabaseSizeSample,
  StorageFacts,
  VacuumProgress,
} from '../../src/model/measured/on-demand.ts'
import type { DatabaseRecord, DatabaseSample, HostRecord } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { aFileSystem, aHost, aHostFacts, filling, GB, onHost } from './hosts.ts'
import { stateOf } from './screens.ts'
import { aCluster, aPrimary, aReceiver, aSender, aSlot, aStandby, lsn, NOW } from './snapshot.ts'

const MB = 1024 ** 2

const DATABASES: readonly DatabaseSize[] = [
  { name: 'postgres', bytes: 7.6 * MB, transactionAge: 41_200_000 },
  { name: 'shop', bytes: 182 * GB, transactionAge: 182_400_000 },
  { name: 'template0', bytes: 7.4 * MB, transactionAge: 41_200_000 },
  { name: 'template1', bytes: 7.5 * MB, transactionAge: 41_200_000 },
  { name: 'vault', bytes: 11.3 * GB, transactionAge: 96_000_000 },
]

export function aStorage(over: Partial<StorageFacts> = {}): StorageFacts {
  return {
    walDirectoryBytes: 1.1 * GB,
    walFiles: 70,
    walSegmentBytes: 16 * MB,
    maxWalBytes: GB,
    archiveReady: 0,
    archiver: {
      mode: 'on',
      archivedCount: 81_204,
      failedCount: 0,
      lastArchivedWal: '000000040000000000000059',
      lastArchivedAt: NOW - 42_000,
      lastFailedWal: null,
      lastFailedAt: null,
    },
    checkpoints: {
      timed: 8_120,
      requested: 204,
      writeMs: 4_120_000,
      syncMs: 81_000,
      lastAt: NOW - 128_000,
      redoLsn: lsn('0/52000028'),
      bytesSince: 128 * MB,
      timeoutSeconds: 300,
    },
    databases: DATABASES,
    freezeMaxAge: 200_000_000,
    backups: [],
    vacuums: [],
    missing: [],
    ...over,
  }
}

/** Half a minute in which the log grew by so many bytes per second. */
export function writing(bytesPerSecond: number): readonly DatabaseSample[] {
  const end = lsn('0/5A001F20')
  return Array.from({ length: 16 }, (_, index) => ({
    at: NOW - (15 - index) * 2_000,
    lsn: end - BigInt(Math.round((15 - index) * 2 * bytesPerSecond)),
    replayedLsn: null,
    backlogBytes: null,
  }))
}

function sizes(growth: number): readonly DatabaseSizeSample[] {
  const at = (when: number, more: number): DatabaseSizeSample => ({
    at: when,
    bytes: new Map(DATABASES.map(({ name, bytes }) => [name, (bytes ?? 0) + (name === 'shop' ? more : 0)])),
  })
  return [at(NOW - 300_000, -growth), at(NOW - 10_000, 0)]
}

const WAL_PATH = '/srv/pg/pg_wal'

/** A host whose file system for the log has so much left and fills at this rate. */
function aDisk(availableBytes: number, bytesPerSecond: number): HostRecord {
  const facts = aHostFacts({ fileSystems: [aFileSystem('wal', availableBytes, { path: WAL_PATH })] })
  return aHost({ facts, history: filling(bytesPerSecond, availableBytes, 300, WAL_PATH) })
}

interface Parts {
  readonly primary?: DatabaseRecord
  readonly replica?: DatabaseRecord
  readonly hosts?: readonly HostRecord[]
}

function storageState({ primary = aQuietPrimary(), replica = aQuietReplica(), hosts = [] }: Parts = {}): State {
  const databases = hosts.length > 0 ? [onHost(primary, 'h1'), onHost(replica, 'h1')] : [primary, replica]
  const state = stateOf([aCluster({ databases, hosts })])
  return { ...state, navigation: { ...START_NAVIGATION, view: 'storage', pane: 'storage:WAL and slots' } }
}

const SENDER = aSender({ applicationName: 'db-ro', slot: 'ro_slot' })

function aQuietPrimary(storage = aStorage(), pulse: Parameters<typeof aPrimaryPulseOf>[0] = {}): DatabaseRecord {
  return aPrimaryPulseOf(pulse, storage, 4.2 * MB)
}

function aPrimaryPulseOf(pulse: Parameters<typeof aPrimary>[0], storage: StorageFacts, rate: number): DatabaseRecord {
  const looks = { storage: freshReading(storage, NOW - 4_000), sizes: sizes(96 * MB) }
  const slots = [aSlot({ retainedBytes: 12.4 * MB, safeBytes: 49.9 * GB })]
  return aPrimary(
    { senders: [SENDER], slots, maxSlotKeepBytes: 50 * GB, timeline: 4, ...pulse },
    { history: writing(rate), looks },
  )
}

function aQuietReplica(
  storage = aStorage({ walDirectoryBytes: 0.9 * GB, walFiles: 57, archiveReady: 0 }),
): DatabaseRecord {
  const archiver = storage.archiver && {
    ...storage.archiver,
    archivedCount: 0,
    lastArchivedWal: null,
    lastArchivedAt: null,
  }
  return aStandby(
    { timeline: 4, standby: { receiver: aReceiver({ slot: 'ro_slot', receivedTimeline: 4 }) }, maxSlotKeepBytes: null },
    {
      slot: 'ro_slot',
      history: writing(4.1 * MB),
      looks: { storage: freshReading({ ...storage, archiver }, NOW - 4_000) },
    },
  )
}

/** All well: one slot in use, the archive follows. */
export function storageCalm(): State {
  return storageState({ hosts: [aDisk(62 * GB, 0)] })
}

/** Slots in every condition, an archive that fails, a disk that fills, transaction IDs that run out. */
export function storageTrouble(): State {
  const slots = [
    aSlot({ retainedBytes: 12.4 * MB, safeBytes: 20 * GB, walStatus: 'reserved' }),
    aSlot({
      name: 'old_standby',
      active: false,
      activePid: null,
      retainedBytes: 31.2 * GB,
      walStatus: 'extended',
      safeBytes: 18.8 * GB,
      inactiveSince: NOW - 3 * 86_400_000,
    }),
    aSlot({
      name: 'debezium',
      type: 'logical',
      active: false,
      activePid: null,
      retainedBytes: 50.6 * GB,
      walStatus: 'unreserved',
      safeBytes: -600 * MB,
      inactiveSince: NOW - 6 * 86_400_000,
    }),
    aSlot({
      name: 'reporting',
      type: 'logical',
      active: false,
      activePid: null,
      retainedBytes: null,
      restartLsn: null,
      walStatus: 'lost',
      invalidationReason: 'wal_removed',
      inactiveSince: NOW - 9 * 86_400_000,
    }),
    aSlot({ name: 'spare', active: false, activePid: null, retainedBytes: null, restartLsn: null, walStatus: null }),
    aSlot({
      name: 'warehouse',
      type: 'logical',
      active: true,
      activePid: 30_412,
      retainedBytes: 220 * MB,
      walStatus: 'reserved',
      safeBytes: 19.8 * GB,
    }),
  ]
  const storage = aStorage({
    walDirectoryBytes: 51.4 * GB,
    walFiles: 3_290,
    archiveReady: 412,
    archiver: {
      mode: 'on',
      archivedCount: 81_204,
      failedCount: 1_903,
      lastArchivedWal: '000000040000000000000059',
      lastArchivedAt: NOW - 3 * 3_600_000,
      lastFailedWal: '00000004000000000000005A',
      lastFailedAt: NOW - 30_000,
    },
    checkpoints: {
      ...aStorage().checkpoints,
      timed: 812,
      requested: 2_904,
      lastAt: NOW - 21_000,
      bytesSince: 480 * MB,
    },
    databases: DATABASES.map((each) => (each.name === 'shop' ? { ...each, transactionAge: 1_912_000_000 } : each)),
  })
  const primary = aPrimaryPulseOf({ slots, oldestTransactionAge: 1_912_000_000 }, storage, 38 * MB)
  return storageState({ primary, hosts: [aDisk(36 * GB, 38 * MB)] })
}

const VACUUM: VacuumProgress = {
  pid: 8_812,
  database: 'shop',
  relation: 'order_line',
  phase: 'scanning heap',
  blocksTotal: 4_120_330,
  blocksScanned: 1_730_500,
  isAutovacuum: true,
  seconds: 5_412,
}

const BACKUP: BackupProgress = {
  pid: 9_120,
  application: 'pg_basebackup',
  client: '10.0.0.40',
  phase: 'streaming database files',
  totalBytes: 194 * GB,
  sentBytes: 61 * GB,
  seconds: 1_290,
}

/** A backup with an estimate, one without, and two vacuums. */
export function storageBusy(): State {
  const vacuums = [
    VACUUM,
    {
      ...VACUUM,
      pid: 8_990,
      relation: 'session',
      phase: 'vacuuming indexes',
      blocksTotal: 812,
      blocksScanned: 812,
      isAutovacuum: false,
      seconds: 3.1,
    },
  ]
  const backups = [
    BACKUP,
    {
      ...BACKUP,
      pid: 9_301,
      application: 'barman',
      client: null,
      totalBytes: null,
      sentBytes: 0,
      phase: 'waiting for checkpoint to finish',
      seconds: 12,
    },
  ]
  return storageState({ primary: aQuietPrimary(aStorage({ vacuums, backups })) })
}

/** This role has not been granted pg_monitor, and nothing has been measured twice. */
export function storageHidden(): State {
  const grant = 'GRANT pg_monitor TO pgdeck'
  const missing = [
    'the size of the WAL directory',
    'how many files wait to be archived',
    'how far base backups and vacuums of other users are',
  ].map((what) => ({ what, grant }))
  const storage = aStorage({
    walDirectoryBytes: null,
    walFiles: null,
    archiveReady: null,
    missing,
    databases: DATABASES.map((each) => (each.name === 'vault' ? { ...each, bytes: null } : each)),
    vacuums: [
      {
        ...VACUUM,
        relation: '16412',
        phase: null,
        blocksTotal: null,
        blocksScanned: null,
        isAutovacuum: null,
        seconds: null,
      },
    ],
  })
  const primary = aPrimary(
    {
      senders: [SENDER],
      timeline: 4,
      slots: [aSlot({ name: 'left_over', active: false, activePid: null, retainedBytes: 3 * GB, inactiveSince: null })],
    },
    { looks: { storage: freshReading(storage, NOW - 4_000) } },
  )
  return storageState({ primary, replica: { ...aQuietReplica(), onDemand: {} } })
}
