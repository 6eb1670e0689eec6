// Reads the last lines of a server log: on its host if pgdeck has access, else through SQL if the role may.

import type { DatabaseConfig } from '../../config/config.ts'
import { readLogTail } from '../../probes/database/server-logs.ts'
import { logTailOnHost } from '../../probes/diagnosis/on-host.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'

const LOG_MS = 5_000

/** Returns lines, the newest last; null if the log can't be read. Never throws. */
export async function databaseLogTail(
  readings: DiagnosisReadings,
  database: DatabaseConfig,
): Promise<readonly string[] | null> {
  const { id, hostId } = database.spec
  const host = readings.access(hostId)
  if (host) {
    const reply = await readings.readOnce(`log of ${id} on host ${hostId}`, LOG_MS, (signal) => {
      return logTailOnHost(host, foldersOf(readings, database), signal)
    })
    if ('value' in reply && reply.value.length > 0) return reply.value
  }
  const reply = await readings.readOnce(`log of ${id}`, LOG_MS, (signal) =>
    readLogTail(readings.session(database), signal),
  )
  return 'value' in reply && reply.value.lines !== null && reply.value.lines.length > 0 ? reply.value.lines : null
}

/** The usual folders. Configured folders only if no other database of this host may log there. */
function foldersOf(readings: DiagnosisReadings, { spec }: DatabaseConfig): readonly string[] {
  const config = readings.hostConfig(spec.hostId)
  if (!config) return []
  const own = config.dataDirectory === null ? [] : ['log', 'pg_log'].map((name) => `${config.dataDirectory}/${name}`)
  const tenants = readings.input.config.databases.filter((one) => one.spec.hostId === spec.hostId)
  return tenants.length === 1 ? [...own, ...config.logs] : own
}
