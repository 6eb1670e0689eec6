// Why a database that is down does not start: its log and its files on its host, read once the host tells that it is down.

import type { DatabaseConfig } from '../../config/config.ts'
import { openHostConnection } from '../../io/hosts/host-connection.ts'
import { type DiagnosisOutcome, fail, isDiagnosisProblem } from '../../model/diagnosis/check-result.ts'
import type { DiagnosedHost } from '../../model/diagnosis/host.ts'
import { startFailure, stopRequestText } from '../../model/diagnosis/start/start-failure.ts'
import type { ServerFiles } from '../../model/diagnosis/start/start-files.ts'
import { confValue } from '../../model/settings/conf-file.ts'
import { readServerFiles } from '../../probes/host-files/stopped-server.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import { databaseLogTail } from './server-log.ts'

const FILES_MS = 8_000

/** The judgement of the service, with the reason where one is found. Never throws. */
export async function explainStop(
  readings: DiagnosisReadings,
  database: DatabaseConfig,
  judged: DiagnosisOutcome,
  told: DiagnosedHost,
): Promise<DiagnosisOutcome> {
  const isDown = isDiagnosisProblem(judged)
  if (!isDown && !isPortOfAnother(told)) return judged
  const files = await filesOf(readings, database)
  if (files === 'another') return judged
  const log = await databaseLogTail(readings, database)
  const failure = startFailure({ host: told.id ?? 'its host', files, log })
  if (failure && (isDown || failure.isPortTaken)) {
    const { evidence, certainty, next } = failure
    return fail('start-refused', `${judged.evidence}; ${evidence}`, { certainty, next, at: failure.at ?? judged.at })
  }
  const request = isDown ? stopRequestText(log) : null
  return request === null ? judged : { ...judged, evidence: `${judged.evidence}; its log has: ${request}` }
}

/** Something listens on its port, but no postmaster of its data directory runs. */
function isPortOfAnother({ reply, listening }: DiagnosedHost): boolean {
  if (!reply || !('value' in reply) || !listening || listening.length === 0) return false
  const { postmaster } = reply.value
  return postmaster.state === 'known' && postmaster.value.state !== 'running'
}

/** null: not known. `another`: the data directory of the host is that of another of its databases. */
async function filesOf(readings: DiagnosisReadings, { spec }: DatabaseConfig): Promise<ServerFiles | 'another' | null> {
  const { id, hostId, port } = spec
  const host = readings.access(hostId)
  const dataDirectory = readings.hostConfig(hostId)?.dataDirectory ?? null
  if (!host || dataDirectory === null) return null
  const told = await readings.readOnce(`why ${id} does not start`, FILES_MS, async (signal) => {
    const connection = openHostConnection(host.config, { ssh: host.ssh })
    try {
      return await readServerFiles(connection, dataDirectory, signal)
    } finally {
      await connection.close()
    }
  })
  const files = 'value' in told ? told.value : null
  const tenants = readings.input.config.databases.filter((one) => one.spec.hostId === hostId)
  const own = files?.conf ? (confValue(files.conf, 'port') ?? '5432') : null
  return own !== null && tenants.length > 1 && own !== String(port) ? 'another' : files
}
