// The checks of an application server: its page and certificate, its database, and whether each can reach the other.

import type { ServerConfig } from '../../config/config.ts'
import { judgeApplication, judgeSessions, judgeTls } from '../../model/diagnosis/app-server.ts'
import { CAUSES_OF_OUR_SESSION } from '../../model/diagnosis/causes.ts'
import {
  type DiagnosisOutcome,
  fail,
  isDiagnosisProblem,
  ok,
  skipped,
  unknownOutcome,
  warn,
} from '../../model/diagnosis/check-result.ts'
import { judgeReceiver } from '../../model/diagnosis/replication.ts'
import { judgeDatabaseState, judgeSession } from '../../model/diagnosis/session.ts'
import { roleWord } from '../../model/picture/roles.ts'
import { sessionsOfServer } from '../../model/sessions/connected-servers.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import { judgeHbaEntry } from './hba-check.ts'
import { diagnosedName, readLinkOnce } from './replication-link.ts'
import { type DiagnosisChecks, type DiagnosisTarget, hasOpenPort, isAnswered, targetChecks } from './target-checks.ts'

/** Returns all checks of an application server. */
export function serverChecks(config: ServerConfig): DiagnosisChecks {
  const { id, url, port, hostId, healthyStatus, databaseId } = config.spec
  const parsed = new URL(url)
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  const target: DiagnosisTarget = {
    id,
    host,
    port,
    hostId,
    kind: 'server',
    via: null,
    answers: async (readings) => isAnswered(await readings.answer(config)),
  }
  const application = async (readings: DiagnosisReadings) =>
    judgeApplication(await readings.answer(config), healthyStatus)
  return {
    ...targetChecks(target),
    tls: async (readings) => judgeTls(await readings.answer(config), parsed.protocol === 'https:'),
    application: async (readings) =>
      (await hasOpenPort(readings, target)) ? application(readings) : skipped('its port is closed'),
    database: async (readings) => checkDatabase(readings, databaseId, await application(readings)),
    sessions: async (readings) => checkSessions(readings, config, await application(readings)),
    replica: (readings) => checkReplica(readings, databaseId),
    'hba-database': (readings) => checkHba(readings, config),
  }
}

/** Why its database can't be used, in the words of the database's own diagnosis. */
async function checkDatabase(
  readings: DiagnosisReadings,
  databaseId: string | null,
  application: DiagnosisOutcome,
): Promise<DiagnosisOutcome> {
  const config = databaseId === null ? null : readings.database(databaseId)
  if (!config) return skipped('the config names no database for it')
  const { spec, via } = config
  const name = diagnosedName(readings, spec.id)
  const target = { host: spec.host, port: spec.port, hostId: spec.hostId, via }
  const [pulse, open] = await Promise.all([readings.pulse(config), hasOpenPort(readings, target)])
  const { at } = pulse
  if ('value' in pulse) return ok(`${name} answers (${roleWord({ pulse: pulse.value })})`, at)
  const parts = [judgeDatabaseState(pulse), judgeSession(pulse, open)].filter(isDiagnosisProblem)
  const evidence = `${name}: ${parts[0]?.evidence ?? pulse.fault.message}`
  const cause = parts[0]?.cause
  const next = `d on ${name}`
  if (cause !== undefined && CAUSES_OF_OUR_SESSION.has(cause)) {
    return unknownOutcome(`${evidence}; sessions of the server may work all the same`, next, at)
  }
  if (application.result === 'ok' || application.result === 'fail') {
    return fail('application-database-unreachable', evidence, {
      certainty: application.result === 'fail' ? 'certain' : 'likely',
      next,
      at,
    })
  }
  return warn('database-unreachable', evidence, { next, at })
}

async function checkSessions(
  readings: DiagnosisReadings,
  config: ServerConfig,
  application: DiagnosisOutcome,
): Promise<DiagnosisOutcome> {
  const { id, databaseId } = config.spec
  const database = databaseId === null ? null : readings.database(databaseId)
  const record = readings.input.snapshot.servers.find(({ spec }) => spec.id === id)
  if (!database || !record) return skipped('the config names no database for it')
  const pulse = await readings.pulse(database)
  if ('fault' in pulse) return judgeSessions(null, application, id)
  const { clients } = pulse.value
  const groups = clients && sessionsOfServer(record, clients)
  const count = groups === null ? null : groups.reduce((sum, group) => sum + group.count, 0)
  return judgeSessions(
    { database: diagnosedName(readings, database.spec.id), count, at: pulse.at },
    application,
    diagnosedName(readings, id),
  )
}

/** A read-only server depends on its replica. */
async function checkReplica(readings: DiagnosisReadings, databaseId: string | null): Promise<DiagnosisOutcome> {
  const config = databaseId === null ? null : readings.database(databaseId)
  const link = config && (await readLinkOnce(readings, config))
  if (!config || !link) return skipped('its database is not a standby')
  const outcome = judgeReceiver(link)
  if (!isDiagnosisProblem(outcome)) return outcome
  const name = diagnosedName(readings, config.spec.id)
  const { evidence, certainty, at } = outcome
  return warn('replica-behind', `${name}: ${evidence}`, { certainty, next: `d on ${name}`, at })
}

async function checkHba(readings: DiagnosisReadings, config: ServerConfig): Promise<DiagnosisOutcome> {
  const { id, databaseId } = config.spec
  const to = databaseId === null ? null : readings.database(databaseId)
  const record = readings.input.snapshot.servers.find(({ spec }) => spec.id === id)
  if (!to || !record) return skipped('the config names no database for it')
  const pulse = await readings.pulse(to)
  if ('fault' in pulse) return skipped('pgdeck can’t read its database')
  const works = sessionsOfServer(record, pulse.value.clients ?? []).length > 0
  return judgeHbaEntry(readings, {
    fromId: id,
    user: null,
    to,
    cause: 'application-database-unreachable',
    loginCause: 'application-database-unreachable',
    isNeededNow: !works,
    works,
    gateway: null,
  })
}
