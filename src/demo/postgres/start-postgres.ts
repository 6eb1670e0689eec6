// Starts real PostgreSQL servers on loopback: a primary from nothing, standbys from a base backup of a running server.

import { join } from 'node:path'
import { copyDataDirectory } from '../../io/base-backup/demo-base-backup.ts'
import { copyFolder, makeFolder, targetExists, writePrivateText } from '../../io/files/sync-files.ts'
import { freePort, isPortFree } from '../../io/network/free-port.ts'
import { runProgramSync } from '../../io/process/process.ts'
import { openTempDir, type TempDir } from '../../io/process/temp-dir.ts'
import { findServerBinaries, type ServerBinaries } from './binaries.ts'
import { type InitDataDirectory, initDataDirectory } from './init-data-directory.ts'
import { createPostgresNode, type PostgresNode } from './postgres-node.ts'

export { findServerBinaries, type ServerBinaries } from './binaries.ts'
export type { PostgresNode } from './postgres-node.ts'

/** Superuser over the Unix socket, whose folder only we can enter; everybody else by password over TCP. */
export const DEFAULT_HBA = `# TYPE  DATABASE     USER      ADDRESS       METHOD
local   all          postgres                trust
local   replication  postgres                trust
host    all          all       127.0.0.1/32  scram-sha-256
host    replication  all       127.0.0.1/32  scram-sha-256
`

export interface PrimaryOptions {
  /** Default `primary`; also the folder's name. */
  readonly name?: string
  /** Default: the first that findServerBinaries() finds. */
  readonly binaries?: ServerBinaries
  readonly port?: number
  /** Text of pg_hba.conf; default DEFAULT_HBA. */
  readonly hba?: string
  /** Settings over the defaults. */
  readonly settings?: Readonly<Record<string, string>>
  /** A folder shared with other servers; default: one of its own, removed by `node.scratch.close()`. */
  readonly scratch?: TempDir
  /** How its data directory is made; default: initialise(). */
  readonly initialise?: InitDataDirectory
}

export interface StandbyOptions {
  readonly name?: string
  readonly port?: number
  /** Physical slot to make and use on the upstream; null: none. Default: the name with `_` for what slots don't allow. */
  readonly slot?: string | null
  /** Role for the stream, made before by the caller; default: the superuser. */
  readonly replicationUser?: string
  readonly applicationName?: string
  readonly settings?: Readonly<Record<string, string>>
  /** Default: the upstream's file as it came with the backup. */
  readonly hba?: string
  /** False: leave it stopped. */
  readonly start?: boolean
  readonly onProgress?: (bytes: number) => void
}

const DEFAULTS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  shared_buffers: '16MB',
  // Files of the data directory, removed with it; the default leaves objects in /dev/shm when a server is killed.
  dynamic_shared_memory_type: 'mmap',
  max_connections: '50',
  wal_level: 'replica',
  max_wal_senders: '10',
  max_replication_slots: '10',
  hot_standby: 'on',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '1s',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  lc_messages: 'C',
  timezone: 'UTC',
}

/** Makes a new cluster, starts it and fulfils when it accepts connections. */
export async function startPrimary(options: PrimaryOptions = {}): Promise<PostgresNode> {
  const scratch = options.scratch ?? openTempDir()
  try {
    return await primaryIn(scratch, options)
  } catch (error) {
    if (!options.scratch) await scratch.close()
    throw error
  }
}

async function primaryIn(scratch: TempDir, options: PrimaryOptions): Promise<PostgresNode> {
  const name = options.name ?? 'primary'
  const binaries = reachable(options.binaries ?? findServerBinaries(), scratch)
  const dataDirectory = join(scratch.path, name)
  const password = await (options.initialise ?? initDataDirectory)({ dataDirectory, binaries, scratch })
  const port = await chosenPort(options.port)
  const own = { port: String(port), unix_socket_directories: scratch.path, cluster_name: name }
  const settings = { ...DEFAULTS, ...own, ...options.settings }
  const node = createPostgresNode({ name, port, binaries, scratch, dataDirectory, password, settings })
  await node.setHba(options.hba ?? DEFAULT_HBA)
  await node.start()
  return node
}

/** Adds a streaming standby below a running primary or standby and fulfils when it accepts read-only connections. */
export async function addStandby(upstream: PostgresNode, options: StandbyOptions = {}): Promise<PostgresNode> {
  const { scratch, binaries, password } = upstream
  const name = options.name ?? 'standby'
  const slot = options.slot === undefined ? name.toLowerCase().replace(/[^a-z0-9_]/g, '_') : options.slot
  if (slot !== null) await createSlot(upstream, slot)
  const { dataDirectory, bytes } = await copyOf(upstream, name)
  options.onProgress?.(bytes)
  writePrivateText(join(dataDirectory, 'standby.signal'), '', scratch.owner)
  const port = await chosenPort(options.port)
  const user = options.replicationUser ?? 'postgres'
  const application = options.applicationName ?? name
  const primary = `host=${upstream.host} port=${upstream.port} user=${user} password=${password} application_name=${application}`
  const own = {
    port: String(port),
    unix_socket_directories: scratch.path,
    cluster_name: name,
    primary_conninfo: primary,
    ...(slot === null ? {} : { primary_slot_name: slot }),
  }
  const settings = { ...DEFAULTS, ...own, ...options.settings }
  const node = createPostgresNode({ name, port, binaries, scratch, dataDirectory, password, settings })
  if (options.hba !== undefined) await node.setHba(options.hba)
  if (options.start !== false) await node.start()
  return node
}

export interface WritableCopyOptions {
  readonly name: string
  readonly port?: number
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Starts a database that takes writes on a copy of another one's data files: of the same system, on the same timeline, with
 * the same roles and passwords.
 */
export async function addWritableCopy(
  source: PostgresNode,
  { name, port: wanted, settings }: WritableCopyOptions,
): Promise<PostgresNode> {
  const { scratch, binaries, password } = source
  const { dataDirectory } = await copyOf(source, name)
  const port = await chosenPort(wanted)
  const own = { port: String(port), unix_socket_directories: scratch.path, cluster_name: name }
  const node = createPostgresNode({
    ...{ name, port, binaries, scratch, dataDirectory, password },
    settings: { ...DEFAULTS, ...own, ...settings },
  })
  await node.start()
  return node
}

async function copyOf({ scratch, binaries, socketDirectory, port }: PostgresNode, name: string) {
  const dataDirectory = join(scratch.path, name)
  makeFolder(dataDirectory, scratch.owner)
  const source = { host: socketDirectory, port, user: 'postgres', major: binaries.major }
  const bytes = await copyDataDirectory(source, dataDirectory, { owner: scratch.owner, cwd: scratch.path })
  return { dataDirectory, bytes }
}

async function createSlot(upstream: PostgresNode, slot: string): Promise<void> {
  await upstream.query(
    `select pg_catalog.pg_create_physical_replication_slot($1, true)
     where not exists (select from pg_catalog.pg_replication_slots where slot_name = $1)`,
    [slot],
  )
}

/** Programs that the servers' user was seen to run: a start of one only to find that out costs a part of the server's own. */
const seenToRun = new Set<string>()

/** Servers run as another user when we are root; programs in a folder closed to that user are copied into the scratch. */
function reachable(binaries: ServerBinaries, scratch: TempDir): ServerBinaries {
  if (scratch.owner === null) return binaries
  const asOwner = { owner: scratch.owner, cwd: scratch.path }
  const program = join(binaries.bin, 'postgres')
  if (seenToRun.has(program) || runProgramSync(program, ['--version'], asOwner).ok) {
    seenToRun.add(program)
    return binaries
  }
  const copy = join(scratch.path, 'programs')
  if (!targetExists(copy)) copyFolder(join(binaries.bin, '..'), copy, (path) => !path.endsWith('.a'))
  const bin = join(copy, 'bin')
  const said = runProgramSync(join(bin, 'postgres'), ['--version'], asOwner)
  if (said.ok) return { ...binaries, bin }
  throw new Error(
    `The user ${scratch.owner.name} can't run ${binaries.bin}/postgres (PostgreSQL refuses to run as root): ` +
      `make the folder readable for that user, or start as another user. ${said.stderr.trim()}`,
  )
}

async function chosenPort(wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return await freePort()
  if (await isPortFree(wanted)) return wanted
  throw new Error(`port ${wanted} of 127.0.0.1 is taken: choose another one`)
}
