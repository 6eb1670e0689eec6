// The checks of an application server: its page and certificate, its database, whether both know each other.

import type { ServerConfig } from '../../config/config.ts'
import { judgeApplication, judgeSessions, judgeTls } from '../../model/diagnosis/app-server.ts'
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

/** Every check of a server. */
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
    answers: async (exam) => isAnswered(await exam.answer(config)),
  }
  const application = async (exam: DiagnosisReadings) => judgeApplication(await exam.answer(config), healthyStatus)
  return {
    ...targetChecks(target),
    tls: async (exam) => judgeTls(await exam.answer(config), parsed.protocol === 'https:'),
    application: async (exam) =>
      (await hasOpenPort(exam, target)) ? application(exam) : skipped('its port is closed'),
    database: async (exam) => checkDatabase(exam, databaseId, await application(exam)),
    sessions: async (exam) => checkSessions(exam, config, await application(exam)),
    replica: (exam) => checkReplica(exam, databaseId),
    'hba-database': (exam) => checkHba(exam, config),
  }
}

/** Why its database can't be used, in the words of the database's own diagnosis. */
async function checkDatabase(
  exam: DiagnosisReadings,
  databaseId: string | null,
  application: DiagnosisOutcome,
): Promise<DiagnosisOutcome> {
  const config = databaseId === null ? null : exam.database(databaseId)
  if (!config) return skipped('the config names no database for it')
  const { spec, via } = config
  const name = diagnosedName(exam, spec.id)
  const target = { host: spec.host, port: spec.port, hostId: spec.hostId, via }
  const [pulse, open] = await Promise.all([exam.pulse(config), hasOpenPort(exam, target)])
  const { at } = pulse
  if ('value' in pulse) return ok(`${name} answers (${roleWord({ pulse: pulse.value })})`, at)
  const parts = [judgeDatabaseState(pulse), judgeSession(pulse, open)].filter(isDiagnosisProblem)
  const evidence = `${name}: ${parts[0]?.evidence ?? pulse.fault.message}`
  const cause = parts[0]?.cause
  const next = `d on ${name}`
  // What only pgdeck is refused says nothing of the server.
  if (cause === 'hba-refuses-us' || cause === 'wrong-password' || cause === 'login-refused') {
    return unknownOutcome(`${evidence}; its pg_hba.conf may still allow the server`, next, at)
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
  exam: DiagnosisReadings,
  config: ServerConfig,
  application: DiagnosisOutcome,
): Promise<DiagnosisOutcome> {
  const { id, databaseId } = config.spec
  const database = databaseId === null ? null : exam.database(databaseId)
  const record = exam.input.snapshot.servers.find(({ spec }) => spec.id === id)
  if (!database || !record) return skipped('the config names no database for it')
  const pulse = await exam.pulse(database)
  if ('fault' in pulse) return judgeSessions(null, application, id)
  const { clients } = pulse.value
  const found = clients && sessionsOfServer(record, clients)
  const count = found === null ? null : found.reduce((sum, group) => sum + group.count, 0)
  return judgeSessions(
    { database: diagnosedName(exam, database.spec.id), count, at: pulse.at },
    application,
    diagnosedName(exam, id),
  )
}

/** A read-only server is worth as much as its replica is. */
async function checkReplica(exam: DiagnosisReadings, databaseId: string | null): Promise<DiagnosisOutcome> {
  const config = databaseId === null ? null : exam.database(databaseId)
  const link = config && (await readLinkOnce(exam, config))
  if (!config || !link) return skipped('its database is not a standby')
  const told = judgeReceiver(link)
  if (!isDiagnosisProblem(told)) return told
  const name = diagnosedName(exam, config.spec.id)
  const { evidence, certainty, at } = told
  return warn('replica-behind', `${name}: ${evidence}`, { certainty, next: `d on ${name}`, at })
}

async function checkHba(exam: DiagnosisReadings, config: ServerConfig): Promise<DiagnosisOutcome> {
  const { id, databaseId } = config.spec
  const to = databaseId === null ? null : exam.database(databaseId)
  const record = exam.input.snapshot.servers.find(({ spec }) => spec.id === id)
  if (!to || !record) return skipped('the config names no database for it')
  const pulse = await exam.pulse(to)
  if ('fault' in pulse) return skipped('pgdeck can’t read its database')
  const works = sessionsOfServer(record, pulse.value.clients ?? []).length > 0
  return judgeHbaEntry(exam, {
    fromId: id,
    user: null,
    to,
    cause: 'application-database-unreachable',
    loginCause: 'application-database-unreachable',
    isNeededNow: !works,
    works,
  })
}
