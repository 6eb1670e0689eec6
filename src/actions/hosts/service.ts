// How the PostgreSQL service of a database is started and stopped on its host: by configured commands, else by pg_ctl,
// else by hand.

import type { HostConfig } from '../../config/config.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { StepMethod } from '../../model/runs/plan.ts'
import { FaultError } from '../../model/values/fault.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { type MissingAccess, missingAccess } from './missing-access.ts'

export interface DatabaseService {
  /** Id of the host in the configuration; null if the database has none. */
  readonly host: string | null
  /** `manual`: pgdeck has no access to the host, or does not know how to stop the service there. */
  readonly control: Extract<StepMethod, 'local' | 'ssh' | 'manual'>
  readonly stop: readonly string[] | null
  readonly start: readonly string[] | null
  readonly dataDirectory: string | null
  readonly binDirectory: string | null
  /** The words before a command of PostgreSQL that switch from root to the owner of the data. */
  readonly asOwner: readonly string[]
  /** Why pgdeck can't use the configured data directory. Absent: it can, or none is configured. */
  readonly lacks?: MissingAccess
}

/** Returns whether the host can report how the server ended, from its control file. */
export function canSeeShutdown({ control, host, dataDirectory }: DatabaseService): boolean {
  return control !== 'manual' && host !== null && dataDirectory !== null
}

const LIMIT_MS = 8_000

/** Inspects the host if pgdeck has access. A host that does not answer is planned like one without access. */
export async function databaseServiceOf(database: string, tools: ActionToolbox): Promise<DatabaseService> {
  const host = hostConfigOf(database, tools)
  const connection = tools.host(host?.id ?? null)
  if (!host || !connection) return byHand(host)
  const limit = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const asOwner = await ownerPrefix(host, connection, limit)
  if ('why' in asOwner) return { ...byHand(host), host: null, lacks: asOwner }
  const lacks = await missingAccess(host, connection, limit)
  // If this account may not write to the data directory, it counts as unknown: no step that needs it is planned.
  const config = host.dataDirectory !== null && lacks === null ? host : { ...host, dataDirectory: null }
  const stop = config.stop ?? pgCtl(config, asOwner, ['stop', '-m', 'fast', '-w', '-t', '120'])
  const start =
    config.start ??
    pgCtl(config, asOwner, ['start', '-w', '-t', '120', '-l', startupLogIn(config.dataDirectory ?? '.')])
  const { dataDirectory, binDirectory, id } = config
  return {
    host: id,
    control: stop === null ? 'manual' : connection.accessKind,
    stop,
    start,
    dataDirectory,
    binDirectory,
    asOwner,
    ...(lacks === null ? {} : { lacks }),
  }
}

/** Returns the host of a database in the configuration; null if it has none. */
export function hostConfigOf(database: string, { config }: Pick<ActionToolbox, 'config'>): HostConfig | null {
  const id = config.databases.find(({ spec }) => spec.id === database)?.spec.hostId
  return config.hosts.find((host) => host.id === id) ?? null
}

function byHand(config: HostConfig | null): DatabaseService {
  const { id = null, dataDirectory = null, binDirectory = null, stop = null, start = null } = config ?? {}
  return { host: id, control: 'manual', stop, start, dataDirectory, binDirectory, asOwner: [] }
}

/** PostgreSQL refuses to run as root, so root switches to the owner of the data. Else the reason why no shell runs there. */
async function ownerPrefix(
  { dataDirectory, platform }: HostConfig,
  connection: HostConnection,
  limit: AbortSignal,
): Promise<readonly string[] | MissingAccess> {
  try {
    const me = await connection.run(['id', '-u'], { signal: limit })
    if (me.stdout.trim() !== '0' || dataDirectory === null) return []
    const file = await connection.readFile(`${dataDirectory}/PG_VERSION`, { signal: limit })
    if (!file || file.owner === 'root') return []
    return platform === 'linux' ? ['runuser', '-u', file.owner, '--'] : ['sudo', '-n', '-u', file.owner]
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    return { why: error.fault.message, hint: error.fault.hint }
  }
}

function pgCtl(
  { binDirectory, dataDirectory }: HostConfig,
  asOwner: readonly string[],
  words: readonly string[],
): readonly string[] | null {
  if (dataDirectory === null || binDirectory === null) return null
  const [verb = '', ...rest] = words
  return [...asOwner, `${binDirectory}/pg_ctl`, verb, '-D', dataDirectory, ...rest]
}

/**
 * Path of the file that pg_ctl writes the server's messages to: those before its own logging starts need a file that the
 * owner of the data may write to.
 */
export function startupLogIn(dataDirectory: string): string {
  return `${dataDirectory}/startup.log`
}

/** The command that a person types to stop it if pgdeck has no access. */
export function manualStopCommand({ stop, dataDirectory, binDirectory }: DatabaseService): string {
  if (stop !== null) return shellCommandLine(stop)
  if (dataDirectory === null) return 'sudo systemctl stop postgresql'
  return shellCommandLine([
    `${binDirectory === null ? '' : `${binDirectory}/`}pg_ctl`,
    'stop',
    '-D',
    dataDirectory,
    '-m',
    'fast',
  ])
}

/** The command that a person types to start it if pgdeck has no access. */
export function manualStartCommand({ start, dataDirectory, binDirectory }: DatabaseService): string {
  if (start !== null) return shellCommandLine(start)
  if (dataDirectory === null) return 'sudo systemctl start postgresql'
  return shellCommandLine([`${binDirectory === null ? '' : `${binDirectory}/`}pg_ctl`, 'start', '-D', dataDirectory])
}
