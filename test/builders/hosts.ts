// Hosts for tests: one that is well by default, with only what a test is about written down; and a screen full of them.

import { type FileSystem, type HostFacts, knownValue, unknownValue } from '../../src/model/measured/host.ts'
import type { HostFileFacts } from '../../src/model/measured/on-demand.ts'
import type { LocalHostPulse } from '../../src/model/measured/pulse.ts'
import type { DatabaseRecord, HostRecord, HostSample } from '../../src/model/measured/snapshot.ts'
import type { HostSpec } from '../../src/model/measured/spec.ts'
import { parseLsn } from '../../src/model/values/lsn.ts'
import { freshReading, PENDING, type Reading } from '../../src/model/values/reading.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { stateOf } from './screens.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, aStandby, NOW } from './snapshot.ts'

export const GB = 1024 ** 3
const DATA = '/var/lib/postgresql/18/main'

/** A file system of 100 GB mounted at its own path. */
export function aFileSystem(
  role: FileSystem['role'],
  availableBytes: number,
  over: { path?: string; mount?: string } = {},
): FileSystem {
  const path = over.path ?? (role === 'data' ? DATA : role === 'wal' ? `${DATA}/pg_wal` : '/var/log/postgresql')
  return {
    role,
    path,
    realPath: path,
    space: knownValue({
      device: '/dev/nvme0n1p2',
      mount: over.mount ?? path,
      totalBytes: 100 * GB,
      usedBytes: 100 * GB - availableBytes,
      availableBytes,
      inodes: { total: 6_553_600, free: 6_400_000 },
    }),
  }
}

export function aHostFacts(over: Partial<HostFacts> = {}): HostFacts {
  return {
    hostname: 'db-host-1',
    system: 'Linux 6.1.0-18-amd64',
    cpus: 8,
    load: [1.52, 1.2, 0.9],
    memory: { totalBytes: 32 * GB, availableBytes: 22.5 * GB },
    swap: { totalBytes: 4 * GB, usedBytes: 12 * 1024 ** 2 },
    uptimeSeconds: 12 * 86_400 + 3 * 3600,
    clock: { offsetMs: 1.4, uncertaintyMs: 5.5 },
    roundTripMs: 11,
    fileSystems: [
      aFileSystem('data', 62 * GB, { mount: '/var/lib/postgresql' }),
      aFileSystem('wal', 62 * GB, { mount: '/var/lib/postgresql' }),
    ],
    counters: { atSeconds: 1000, cpu: null, disks: [], networks: [] },
    rates: {
      cpu: { busy: 0.23, user: 0.17, system: 0.06, iowait: 0.02, steal: 0 },
      disk: {
        readBytesPerSecond: 1.2 * 1024 ** 2,
        writtenBytesPerSecond: 8.4 * 1024 ** 2,
        readsPerSecond: 41,
        writesPerSecond: 212,
        busy: 0.12,
      },
      network: { receivedBytesPerSecond: 410 * 1024, sentBytesPerSecond: 3.3 * 1024 ** 2 },
    },
    service: knownValue({ unit: 'postgresql@18-main', active: 'active', sub: 'running' }),
    postmaster: knownValue({ state: 'running', pid: 1234, port: 5432, startedAt: NOW - 86_400_000, status: 'ready' }),
    control: knownValue({
      state: 'in production',
      systemIdentifier: '7710875730091603779',
      checkpointLsn: parseLsn('0/59000060'),
      redoLsn: parseLsn('0/59000028'),
      timeline: 4,
      minRecoveryLsn: null,
      minRecoveryTimeline: null,
    }),
    ...over,
  }
}

export interface HostParts {
  readonly id?: string
  readonly access?: HostSpec['access']
  readonly facts?: HostFacts | Reading<HostFacts>
  readonly history?: readonly HostSample[]
}

/** A host reached by ssh and sampled a second ago. */
export function aHost(parts: HostParts = {}): HostRecord {
  const { id = 'h1', access = { kind: 'ssh', destination: `ops@${id}.example.net` } as const } = parts
  const { facts = aHostFacts(), history = [] } = parts
  return {
    spec: { id, address: '10.0.0.11', access },
    facts: 'state' in facts ? facts : freshReading(facts, NOW - 1_000),
    history,
  }
}

/** Samples every five seconds up to now, of a data directory that fills (or empties, below 0) at this rate. */
export function filling(bytesPerSecond: number, availableNow: number, forSeconds = 300, path = DATA): HostSample[] {
  const samples: HostSample[] = []
  for (let ago = forSeconds; ago >= 0; ago -= 5) {
    const availableBytes = { [path]: availableNow + bytesPerSecond * ago }
    samples.push({ at: NOW - 1_000 - ago * 1000, load: 0.8 + (ago % 40) / 40, availableBytes })
  }
  return samples
}

export function onHost(record: DatabaseRecord, hostId: string): DatabaseRecord {
  return { ...record, spec: { ...record.spec, hostId } }
}

const OWN: LocalHostPulse = {
  hostname: 'jump-1',
  cpus: 2,
  load: [0.08, 0.03, 0.01],
  memory: { totalBytes: 4 * GB, availableBytes: 2.9 * GB },
  swap: { totalBytes: 0, usedBytes: 0 },
  uptimeSeconds: 90 * 86_400,
  network: { receivedBytesPerSecond: 2_300, sentBytesPerSecond: 900 },
  interfaces: ['eth0'],
}

const NO_GRANTS: HostFileFacts = {
  database: 'postgres',
  cpus: null,
  load: null,
  memory: null,
  swap: null,
  uptimeSeconds: null,
  missing: [
    { what: 'load and memory of its host', grant: 'GRANT pg_read_server_files TO pgdeck' },
    { what: 'load and memory of its host', grant: 'GRANT EXECUTE ON FUNCTION pg_read_file(text) TO pgdeck' },
  ],
}

const BY_SQL: HostFileFacts = {
  database: 'postgres',
  cpus: 4,
  load: [3.1, 2.8, 2.2],
  memory: { totalBytes: 16 * GB, availableBytes: 1.1 * GB },
  swap: { totalBytes: 2 * GB, usedBytes: 1.4 * GB },
  uptimeSeconds: 200_000,
  missing: [],
}

const UNREACHED = {
  ...aFault('timeout', 'ssh to ops@h4.example.net: connect to host h4.example.net port 22: Connection timed out'),
  hint: 'Check the network path and firewalls; the host may be down.',
}

/** View 6 with a host in each condition: well, nearly full, out of reach, told through SQL, without a way in. */
export function hostScreen(over: Partial<State['navigation']> = {}): State {
  const denied = unknownValue('the account may not look into the folder above it', 'Let ops read it by the group.')
  const scarce = aHostFacts({
    hostname: 'db-host-2',
    load: [11.2, 10.4, 8.8],
    fileSystems: [
      aFileSystem('data', 4.2 * GB, { mount: '/var/lib/postgresql' }),
      aFileSystem('wal', 30 * GB, { mount: '/wal' }),
    ],
    postmaster: denied,
    control: denied,
    service: unknownValue('the config names no service', 'Add "start": ["systemctl", "start", "…"] to host h2.'),
    clock: { offsetMs: -2_410, uncertaintyMs: 6 },
  })
  const databases = [
    onHost(aPrimary(), 'h1'),
    onHost(aStandby(), 'h2'),
    {
      ...aPrimary({ systemIdentifier: '7' }, { id: 'db-x', host: '10.0.0.21', pulse: aPrimaryPulse() }),
      onDemand: { hostFiles: freshReading(BY_SQL, NOW - 3_000) },
    },
    {
      ...onHost(aStandby({}, { id: 'db-y', host: '10.0.0.22' }), 'h5'),
      onDemand: { hostFiles: freshReading(NO_GRANTS, NOW - 3_000) },
    },
  ]
  const hosts = [
    aHost(),
    aHost({ id: 'h2', facts: scarce, history: filling(150_000, 4.2 * GB) }),
    aHost({ id: 'h3', access: { kind: 'local' }, facts: PENDING }),
    aHost({ id: 'h4', facts: aStale(aHostFacts(), NOW - 240_000, UNREACHED) }),
    aHost({ id: 'h5', access: { kind: 'none' }, facts: PENDING }),
    aHost({ id: 'h6', access: { kind: 'none' }, facts: PENDING }),
  ]
  return stateOf([aCluster({ databases, hosts })], {
    host: freshReading(OWN, NOW - 500),
    navigation: { ...START_NAVIGATION, view: 'hosts', pane: 'hosts:hosts', ...over },
  })
}
