// The demo's databases: a primary with its roles and tables, replicas (one of them cascading), or two that mirror each other.

import { removePath } from '../../io/files/sync-files.ts'
import { openTempDir, type TempDir } from '../../io/process/temp-dir.ts'
import { formatBytes } from '../../model/values/units.ts'
import { mirrorDatabases } from './mirroring.ts'
import {
  addStandby,
  addWritableCopy,
  type PostgresNode,
  type ServerBinaries,
  type StandbyOptions,
  startPrimary,
} from './start-postgres.ts'
import { waitFor } from './wait-for.ts'

/** A database of the demo. Its node is another one after it was rebuilt; name, port and folder stay. */
export interface DemoDatabase {
  readonly id: string
  node: PostgresNode
  /** The station it streams from; null for one that was made from nothing. */
  readonly upstream: DemoDatabase | null
  readonly slot: string | null
  readonly replicationUser: string | null
  /** What is to be done to its node each time that it was made anew. */
  equip?: () => Promise<void>
  /** What its healing does besides, once all databases run. */
  rejoin?: () => Promise<void>
}

export interface DemoDatabasesOptions {
  readonly binaries: ServerBinaries
  readonly mirrored: boolean
  readonly replicas: number
  /** The first database's port; the others follow. Null: free ones. */
  readonly firstPort: number | null
  readonly onProgress: (step: string) => void
  /** What uses the databases, and what they need for that. */
  readonly users?: DatabaseUsers
}

interface DatabaseUsers {
  /** Prepares the first database, before others are copies of it. */
  prepare(node: PostgresNode): Promise<void>
  /** Tables that databases which mirror each other exchange too. */
  readonly tables: readonly string[]
}

const TABLES = `
revoke create on schema public from public;
create table app_sessions (id uuid primary key, server text not null, since timestamptz not null default pg_catalog.now());
create index on app_sessions (server);
create table journal (id uuid primary key default pg_catalog.gen_random_uuid(),
  at timestamptz not null default pg_catalog.now(), note text);
create index on journal (at);
create table bulk (id int primary key, payload text);
grant select, insert, update, delete on app_sessions, journal to app;
grant select on app_sessions to pgdeck;
grant select on pg_catalog.pg_hba_file_rules to pgdeck;
grant execute on function pg_catalog.pg_hba_file_rules() to pgdeck;
grant execute on function pg_catalog.pg_promote(boolean, integer) to pgdeck;
grant execute on function pg_catalog.pg_reload_conf(), pg_catalog.pg_rotate_logfile() to pgdeck;
grant execute on function pg_catalog.pg_wal_replay_pause(), pg_catalog.pg_wal_replay_resume() to pgdeck;
`

const HBA = `# TYPE  DATABASE     USER         ADDRESS       METHOD
local   all          postgres                   trust
local   replication  postgres                   trust
host    all          app,pgdeck   127.0.0.1/32  scram-sha-256
host    replication  pgdeck       127.0.0.1/32  scram-sha-256
`

export interface DemoDatabases {
  /** Where they all are. */
  readonly folder: string
  /** In the order in which they were made, each after its upstream. */
  readonly stations: readonly DemoDatabase[]
}

/** Starts them all. Throws what kept one from starting; then nothing is left behind. */
export async function startDemoDatabases(options: DemoDatabasesOptions): Promise<DemoDatabases> {
  const scratch = openTempDir()
  try {
    return { folder: scratch.path, stations: await startIn(scratch, options) }
  } catch (error) {
    await scratch.close()
    throw error
  }
}

async function startIn(scratch: TempDir, options: DemoDatabasesOptions): Promise<readonly DemoDatabase[]> {
  const first = await primary('db-1', options, scratch, 0)
  await options.users?.prepare(first.node)
  if (!options.mirrored) return [first, ...(await replicas(first, options, 1))]
  const second = await copyOfFirst('db-2', first, options, 1)
  options.onProgress('joining db-1 and db-2 in both directions')
  await mirrorDatabases(first.node, second.node, [...MIRRORED_TABLES, ...(options.users?.tables ?? [])].join(', '))
  return [first, second, ...(await replicas(first, options, 2))]
}

async function replicas(
  first: DemoDatabase,
  options: DemoDatabasesOptions,
  offset: number,
): Promise<readonly DemoDatabase[]> {
  const stations: DemoDatabase[] = []
  for (let index = 0; index < options.replicas; index++) {
    const suffix = index === 0 ? '' : `-${index + 1}`
    const station = {
      id: `db-ro${suffix}`,
      // The second replica takes its stream from the first one: a cascade.
      upstream: index === 1 ? (stations[0] ?? first) : first,
      slot: `ro_slot${suffix.replace('-', '_')}`,
      replicationUser: `ro_user${suffix.replace('-', '_')}`,
    }
    await allowReplication(first, station.replicationUser)
    if (station.upstream !== first) {
      await caughtUp(first, station.upstream)
      await station.upstream.node.setHba(first.node.hba())
    }
    const node = await standby(station, portAt(options, offset + index), options.onProgress)
    stations.push({ ...station, node })
  }
  return stations
}

async function caughtUp(first: DemoDatabase, follower: DemoDatabase): Promise<void> {
  const [row] = await first.node.query<{ lsn: string }>(
    'select pg_catalog.pg_current_wal_lsn()::pg_catalog.text as lsn',
  )
  await waitFor(`${follower.id} has replayed ${row?.lsn}`, 120_000, async () => {
    const sql = 'select pg_catalog.pg_last_wal_replay_lsn() >= $1::pg_catalog.pg_lsn as done'
    return (await follower.node.query<{ done: boolean }>(sql, [row?.lsn]))[0]?.done === true
  })
}

async function allowReplication(first: DemoDatabase, user: string): Promise<void> {
  await first.node.createRole(user, 'LOGIN REPLICATION')
  const line = `host    replication  ${user.padEnd(12)} 127.0.0.1/32  scram-sha-256\n`
  await first.node.setHba(first.node.hba() + line)
}

/** Throws a replica's data away and takes a fresh base backup from its upstream. */
export async function rebuildDemoStandby(station: DemoDatabase): Promise<void> {
  const { port, dataDirectory } = station.node
  await station.node.stop('immediate')
  removePath(dataDirectory)
  station.node = await standby(station, port, () => {})
  await station.equip?.()
}

type Place = Pick<DemoDatabase, 'id' | 'slot' | 'replicationUser' | 'upstream'>

async function standby(place: Place, port: number | null, onProgress: (step: string) => void): Promise<PostgresNode> {
  const upstream = place.upstream
  if (!upstream || place.replicationUser === null) throw new Error(`${place.id} has no upstream to copy`)
  onProgress(`base backup of ${upstream.id} for ${place.id}`)
  const options: StandbyOptions = {
    name: place.id,
    slot: place.slot,
    replicationUser: place.replicationUser,
    settings: SETTINGS,
    onProgress: (bytes) => onProgress(`starting ${place.id} with ${formatBytes(bytes)} copied`),
    ...(port === null ? {} : { port }),
  }
  return await addStandby(upstream.node, options)
}

// A replica that hangs is noticed by its primary within seconds; a report on a replica may hold up replay for a minute.
const SETTINGS = {
  max_connections: '200',
  max_wal_senders: '20',
  max_replication_slots: '20',
  wal_sender_timeout: '10s',
  wal_receiver_timeout: '10s',
  max_standby_streaming_delay: '60s',
}

async function primary(
  id: string,
  options: DemoDatabasesOptions,
  scratch: TempDir,
  index: number,
): Promise<DemoDatabase> {
  options.onProgress(`initialising ${id} (PostgreSQL ${options.binaries.version})`)
  const port = portAt(options, index)
  const settings = { ...SETTINGS, ...(options.mirrored ? { wal_level: 'logical' } : {}) }
  const given = { name: id, binaries: options.binaries, scratch, hba: HBA, settings }
  const node = await startPrimary({ ...given, ...(port === null ? {} : { port }) })
  const { major } = options.binaries
  const roles = [
    'pg_monitor',
    'pg_signal_backend',
    ...(major >= 15 ? ['pg_checkpoint'] : []),
    ...(major >= 16 ? ['pg_use_reserved_connections'] : []),
  ]
  await node.createRole('app', 'LOGIN')
  // The demo is there to act on too, as a role with just the grants that README names.
  await node.createRole('pgdeck', `LOGIN REPLICATION IN ROLE ${roles.join(', ')}`)
  await node.query(TABLES)
  return { id, node, upstream: null, slot: null, replicationUser: null }
}

/** As the pack of a second server makes it, which holds the first one's data files: both are of one system. */
async function copyOfFirst(
  id: string,
  first: DemoDatabase,
  options: DemoDatabasesOptions,
  index: number,
): Promise<DemoDatabase> {
  options.onProgress(`copying the data files of ${first.id} for ${id}`)
  const port = portAt(options, index)
  const settings = { ...SETTINGS, wal_level: 'logical' }
  const node = await addWritableCopy(first.node, { name: id, settings, ...(port === null ? {} : { port }) })
  return { id, node, upstream: null, slot: null, replicationUser: null }
}

function portAt(options: DemoDatabasesOptions, index: number): number | null {
  return options.firstPort === null ? null : options.firstPort + index
}

const MIRRORED_TABLES = ['app_sessions', 'journal']
