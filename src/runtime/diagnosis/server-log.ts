// Reads the end of a server log: on its host if pgdeck has access, else through SQL if the role may.

import type { DatabaseConfig } from '../../config/config.ts'
import { openHostConnection } from '../../io/hosts/host-connection.ts'
import { UNKNOWN_LOG_SETTINGS } from '../../model/logs/entries/entry.ts'
import { type LogTail, logTailOf } from '../../model/logs/entries/log-tail.ts'
import { type DatabaseLogging, logLocations } from '../../model/logs/locations.ts'
import { readLogTails } from '../../probes/database/server-log-tails.ts'
import { readLoggingSettings } from '../../probes/database/server-logs.ts'
import { logTailsOnHost } from '../../probes/diagnosis/log-tails.ts'
import { loggingInConf, readConfOnHost } from '../../probes/host-files/conf-on-host.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'

const LOG_MS = 5_000

/** null: the log can't be read. Never throws. */
export async function databaseLogTail(readings: DiagnosisReadings, database: DatabaseConfig): Promise<LogTail | null> {
  const { id, hostId } = database.spec
  const logging = await loggingOf(readings, database)
  const settings = logging?.settings ?? UNKNOWN_LOG_SETTINGS
  const host = readings.access(hostId)
  if (host) {
    const folders = foldersOf(readings, database, logging)
    const reply = await readings.readOnce(`log of ${id} on host ${hostId}`, LOG_MS, (signal) => {
      return logTailsOnHost(host, folders, logging?.filename ?? null, signal)
    })
    if ('value' in reply && reply.value.some((text) => text.trim() !== '')) return logTailOf(reply.value, settings)
  }
  if (logging === null) return null
  const reply = await readings.readOnce(`log of ${id}`, LOG_MS, (signal) =>
    readLogTails(readings.session(database), logging, signal),
  )
  const texts = 'value' in reply ? reply.value.texts : null
  return texts?.some((text) => text.trim() !== '') ? logTailOf(texts, settings) : null
}

/** As the server says; of one that does not answer as its files on its host say. null: neither is known. */
async function loggingOf(readings: DiagnosisReadings, database: DatabaseConfig): Promise<DatabaseLogging | null> {
  const { id, hostId } = database.spec
  const reply = await readings.readOnce(`log settings of ${id}`, LOG_MS, (signal) =>
    readLoggingSettings(readings.session(database), signal),
  )
  if ('value' in reply) return reply.value
  const dataDirectory = readings.hostConfig(hostId)?.dataDirectory ?? null
  const host = readings.access(hostId)
  if (!host || dataDirectory === null) return null
  const inFiles = await readings.readOnce(`files of ${id} on host ${hostId}`, LOG_MS, async (signal) => {
    const connection = openHostConnection(host.config, { ssh: host.ssh })
    try {
      return await readConfOnHost(connection, dataDirectory, signal)
    } finally {
      await connection.close()
    }
  })
  return 'value' in inFiles && inFiles.value ? loggingInConf(inFiles.value, dataDirectory) : null
}

/** Configured folders only if no other database of this host may log there. */
function foldersOf(
  readings: DiagnosisReadings,
  { spec }: DatabaseConfig,
  database: DatabaseLogging | null,
): readonly string[] {
  const config = readings.hostConfig(spec.hostId)
  if (!config) return []
  const tenants = readings.input.config.databases.filter((one) => one.spec.hostId === spec.hostId)
  const { dataDirectory } = config
  const hints = { installDirectory: null, profileFolders: [], dataDirectory, isDatabase: true } as const
  const logs = tenants.length === 1 ? config.logs : []
  const [reply, usual] = [database, null].map((each) => logLocations({ ...hints, logs, database: each }))
  return [...new Set([...(reply ?? []), ...(usual ?? [])].map(({ path }) => path))]
}
