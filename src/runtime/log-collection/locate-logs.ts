// Finds the log files of a server or database: on its host if pgdeck has access, else through the database itself.

import type { ClusterConfig, DatabaseConfig, HostConfig } from '../../config/config.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { OmittedLog } from '../../model/logs/collection.ts'
import { type LogSettings, UNKNOWN_LOG_SETTINGS } from '../../model/logs/entries/entry.ts'
import { type DatabaseLogging, type LogLocation, logLocations } from '../../model/logs/locations.ts'
import { FaultError } from '../../model/values/fault.ts'
import { listServerLogs, readLoggingSettings, readServerLog } from '../../probes/database/server-logs.ts'
import { loggingInConf, readConfOnHost } from '../../probes/host-files/conf-on-host.ts'
import { profileOf } from '../../profiles/facts.ts'
import { listHostLogs } from './host-logs.ts'
import type { LogFile } from './log-file.ts'

export interface LocatedLogs {
  readonly files: readonly LogFile[]
  /** Found, but not collected. */
  readonly left: readonly OmittedLog[]
  readonly missing: readonly OmittedLog[]
  /** How entries of these files are to be read. */
  readonly settings: LogSettings
}

/** Where logs are searched: through the host, SQL, or neither. */
export interface LogSources {
  readonly host: { readonly config: HostConfig; readonly connection: HostConnection } | null
  readonly database: { readonly config: DatabaseConfig; readonly link: DatabaseSession } | null
  readonly cluster: ClusterConfig
  readonly isDatabase: boolean
}

/** Returns all files. A place that can't be read is listed as missing. Throws only defects, and the signal's reason. */
export async function locateLogs(sources: LogSources, signal: AbortSignal): Promise<LocatedLogs> {
  const missing: OmittedLog[] = []
  const left: OmittedLog[] = []
  const logging = (await loggingOf(sources, missing, signal)) ?? (await loggingOfFiles(sources, signal))
  const files = sources.host ? await onHost(sources, sources.host, logging, { left, missing }, signal) : []
  const needsSql = sources.isDatabase && files.length === 0
  if (needsSql && sources.database && logging) files.push(...(await bySql(sources.database, logging, missing, signal)))
  if (!sources.host) {
    missing.push({
      what: 'files on its host',
      why: 'pgdeck has no access to its host: set "ssh" or "local" for the host in the config, and "host" for this node',
    })
  }
  return { files, left, missing, settings: logging?.settings ?? UNKNOWN_LOG_SETTINGS }
}

async function loggingOf({ database, isDatabase }: LogSources, missing: OmittedLog[], signal: AbortSignal) {
  if (!isDatabase || !database) return null
  try {
    const logging = await readLoggingSettings(database.link, signal)
    if (!logging.collector) {
      missing.push({
        what: 'a log file of the server',
        why: 'logging_collector is off: the server writes to its standard error; name that file in "logs" of the host',
      })
    }
    return logging
  } catch (error) {
    missing.push({ what: 'the log settings of the database', why: faultText(error, signal) })
    return null
  }
}

/** Of a server that does not answer: by the files on its host. null: they are not known, or may not be read. */
async function loggingOfFiles({ host, isDatabase }: LogSources, signal: AbortSignal): Promise<DatabaseLogging | null> {
  const dataDirectory = host?.config.dataDirectory ?? null
  if (!isDatabase || !host || dataDirectory === null) return null
  try {
    const conf = await readConfOnHost(host.connection, dataDirectory, signal)
    return conf && loggingInConf(conf, dataDirectory)
  } catch (error) {
    // The host says the same again where its logs are looked for.
    faultText(error, signal)
    return null
  }
}

async function onHost(
  { cluster, isDatabase }: LogSources,
  { config, connection }: { readonly config: HostConfig; readonly connection: HostConnection },
  database: DatabaseLogging | null,
  { left, missing }: { readonly left: OmittedLog[]; readonly missing: OmittedLog[] },
  signal: AbortSignal,
): Promise<LogFile[]> {
  const folders = profileOf(cluster.spec.profile).logFolders[isDatabase ? 'database' : 'server']
  const { logs, installDirectory, dataDirectory } = config
  const places = logLocations({ logs, installDirectory, dataDirectory, profileFolders: folders, database, isDatabase })
  if (places.length === 0) {
    missing.push({ what: `logs on host ${config.id}`, why: 'the config names neither "logs" nor a directory there' })
  }
  const files = new Map<string, LogFile>()
  for (const place of places) {
    try {
      const before = files.size + left.length
      const found = await listHostLogs(connection, place.path, signal)
      for (const file of found.files) files.set(file.path, file)
      left.push(...found.left)
      if (files.size + left.length === before && place.expected)
        missing.push({ what: placeName(place), why: 'no file was found' })
    } catch (error) {
      missing.push({ what: placeName(place), why: faultText(error, signal) })
    }
  }
  return [...files.values()]
}

function placeName({ path, source }: LogLocation): string {
  return `${path} (${source})`
}

async function bySql(
  { config, link: session }: { readonly config: DatabaseConfig; readonly link: DatabaseSession },
  logging: DatabaseLogging,
  missing: OmittedLog[],
  signal: AbortSignal,
): Promise<LogFile[]> {
  if (!logging.collector) return []
  try {
    const logs = await listServerLogs(session, signal)
    if (logs.files === null) {
      const { database } = config.connection
      const why = `this role may not read it; in database ${database} of its primary: ${logs.grants.join('; ')}`
      missing.push({ what: 'its log through SQL', why })
      return []
    }
    return logs.files.map(({ path, bytes, modifiedAt }) => ({
      path,
      where: `${config.spec.id} by SQL`,
      bytes,
      modifiedAt,
      open: (maxBytes, stop) =>
        readServerLog(session, path, { offset: Math.max(0, bytes - maxBytes), end: bytes }, stop),
    }))
  } catch (error) {
    missing.push({ what: 'its log through SQL', why: faultText(error, signal) })
    return []
  }
}

/** The text of a fault. Any other error is a defect. */
export function faultText(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted()
  if (!(error instanceof FaultError)) throw error
  const { message, hint } = error.fault
  return hint === null ? message : `${message}. ${hint}`
}
