// Alert conditions of new connections to databases whose open session goes on: none is accepted, pgdeck may not log in, or
// the certificate ends.

import { MISSES_TO_TELL } from '../../measured/connections/new-connections.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import type { Limits } from '../../measured/spec.ts'
import type { DatabaseView } from '../../picture/picture.ts'
import { subjectOf } from '../../picture/subject.ts'
import { isUnasked } from '../../values/fault.ts'
import { faultOf, lastGood } from '../../values/reading.ts'
import { clean } from '../../values/text.ts'
import { type AlertCondition, immediate, type RuleInput } from './condition.ts'

/** A database that is not read is reported as such. */
export function newConnectionConditions({ databases, snapshot }: RuleInput): readonly AlertCondition[] {
  return databases.flatMap((view) => {
    const { id, name, problem } = view
    const record = snapshot.databases.find(({ spec }) => spec.id === id)
    if (!record || problem !== null) return []
    const limits = snapshot.spec.thresholds.certificateDays
    return [...notAccepted(id, name, record), ...notLoggedIn(id, name, record), ...certificate(view, record, limits)]
  })
}

function notAccepted(id: string, name: string, { newConnections }: DatabaseRecord): readonly AlertCondition[] {
  const fault = newConnections ? faultOf(newConnections.reading) : null
  if (!newConnections || fault === null || newConnections.misses < MISSES_TO_TELL) return []
  const told = (severity: 'warning' | 'critical', text: string) => [
    immediate('no-new-connections', subjectOf(id), severity, `${text}: ${fault.message}`, fault.since),
  ]
  // Others may reach it.
  if (isUnasked(fault))
    return told('warning', `pgdeck can’t open new connections to ${name}; its open session continues`)
  return told('critical', `${name} takes no new connections; open sessions continue`)
}

function notLoggedIn(id: string, name: string, { login }: DatabaseRecord): readonly AlertCondition[] {
  const fault = login ? faultOf(login) : null
  if (fault === null) return []
  const message = `pgdeck could not log in to ${name} again; its open session continues: ${fault.message}`
  return [immediate('login-refused', subjectOf(id), 'warning', message, fault.since)]
}

/** A certificate whose authority is not known here is verified by nobody here: its end is no outage. */
function certificate(
  { id, name, tls }: DatabaseView,
  { newConnections }: DatabaseRecord,
  { warning, critical }: Limits,
): readonly AlertCondition[] {
  const told = (severity: 'warning' | 'critical', text: string) => [
    immediate('certificate', subjectOf(id), severity, `${name}: ${clean(text)}`),
  ]
  const broken = newConnections ? lastGood(newConnections.reading)?.tlsProblem : undefined
  // Where TLS never worked with pgdeck, other clients may know an older version of it.
  if (broken !== undefined) return told(tls ? 'critical' : 'warning', `no TLS on new connections: ${broken}`)
  if (!tls || tls.daysLeft > warning) return tls?.problem ? told('warning', tls.problem) : []
  if (tls.daysLeft < 0) {
    if (tls.problem !== null) return told('critical', tls.problem)
    return told('warning', 'its certificate has expired: clients that verify it can’t connect')
  }
  const severity = tls.trusted && tls.daysLeft <= critical ? 'critical' : 'warning'
  return told(severity, tls.problem ?? `its certificate expires in ${tls.daysLeft} d`)
}
