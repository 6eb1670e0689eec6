// Why a login fails or may fail although a line of pg_hba.conf admits it: TLS, the role, its password, its map.

import type { HbaRole } from '../../measured/hba-reading.ts'
import { clean } from '../../values/text.ts'
import { identMapProblem } from '../ident/ident-maps.ts'
import type { HbaRuleset } from '../match/ruleset.ts'
import type { RequiredConnection } from '../required/required-connection.ts'
import type { HbaRecord } from '../syntax/record.ts'

/** A connection that a line admits. */
export interface AdmittedConnection {
  readonly record: HbaRecord
  readonly ruleset: HbaRuleset
  readonly ssl: boolean
  readonly role: HbaRole | null
}

export interface LoginProblem {
  readonly result: 'fails' | 'unknown'
  readonly message: string
  /** Whether another line would help. */
  readonly mends: boolean
}

const BY_PASSWORD: readonly string[] = ['scram-sha-256', 'md5', 'password']

/** null: nothing prevents the login. */
export function loginProblem(connection: RequiredConnection, admitted: AdmittedConnection): LoginProblem | null {
  const { record, ruleset, ssl, role } = admitted
  const name = `"${clean(connection.user.value ?? '').replaceAll('"', '""')}"`
  const { server } = ruleset.reading
  if (ssl && !server.ssl) return fails(`it insists on TLS, which is off on ${connection.to}: set ssl = on there`)
  const byRole = role && roleProblem(connection, name, role)
  if (byRole) return byRole
  return (role && passwordProblem(record, name, role)) ?? mapProblem(connection, admitted)
}

function fails(message: string, mends = false): LoginProblem {
  return { result: 'fails', message, mends }
}

function roleProblem(connection: RequiredConnection, name: string, role: HbaRole): LoginProblem | null {
  if (!role.exists) return fails(`there is no role ${name} on ${connection.to}: CREATE ROLE ${name} LOGIN`)
  if (!role.canLogin) return fails(`role ${name} may not log in: ALTER ROLE ${name} LOGIN`)
  if (connection.replication && !role.replication && !role.superuser) {
    return fails(`role ${name} may not replicate: ALTER ROLE ${name} REPLICATION`)
  }
  return null
}

function passwordProblem({ method, line }: HbaRecord, name: string, role: HbaRole): LoginProblem | null {
  if (!BY_PASSWORD.includes(method)) return null
  if (role.password === 'none') return fails(`line ${line} asks for a password, and role ${name} has none: set one`)
  if (role.passwordExpired) {
    return fails(`the password of ${name} has expired (VALID UNTIL): ALTER ROLE ${name} VALID UNTIL 'infinity'`)
  }
  if (method !== 'scram-sha-256' || role.password !== 'md5') return null
  const why = `line ${line} asks for scram-sha-256, and the password of ${name} is stored as md5: set it anew`
  return fails(why, true)
}

function mapProblem(
  connection: RequiredConnection,
  { record, ruleset, role }: AdmittedConnection,
): LoginProblem | null {
  const { identMaps = null, server } = ruleset.reading
  const ignoresCase = record.options.some(({ name, value }) => name === 'krb_caseins_users' && value === '1')
  const user = { user: connection.user.value ?? '', memberOf: role?.memberOf ?? [], version: server.major, ignoresCase }
  const problem = identMapProblem(record, identMaps, user)
  if (problem === null) return null
  if ('fails' in problem) return fails(clean(`line ${record.line} allows it, but ${problem.fails}`))
  const message = clean(`line ${record.line} allows it, but it is unknown ${problem.unknown}`)
  return { result: 'unknown', message, mends: false }
}
