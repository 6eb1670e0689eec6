// Why a login can fail although a line of pg_hba.conf lets the connection in: TLS, the role, its password.

import type { HbaRole } from '../../measured/hba-reading.ts'
import { clean } from '../../values/text.ts'
import type { HbaRuleset } from '../match/ruleset.ts'
import type { RequiredConnection } from '../required/required-connection.ts'
import type { HbaRecord } from '../syntax/record.ts'

const BY_PASSWORD: readonly string[] = ['scram-sha-256', 'md5', 'password']

/** Why a login fails that a line lets in, and whether another line would help; null: nothing speaks against it. */
export function loginProblem(
  need: RequiredConnection,
  { method, line }: HbaRecord,
  { reading }: HbaRuleset,
  ssl: boolean,
  role: HbaRole | null,
): { readonly message: string; readonly mends: boolean } | null {
  const name = `"${clean(need.user.value ?? '').replaceAll('"', '""')}"`
  const because = (message: string, mends = false) => ({ message, mends })
  if (ssl && !reading.server.ssl) return because(`it insists on TLS, which is off on ${need.to}: set ssl = on there`)
  if (!role) return null
  if (!role.exists) return because(`there is no role ${name} on ${need.to}: CREATE ROLE ${name} LOGIN`)
  if (!role.canLogin) return because(`role ${name} may not log in: ALTER ROLE ${name} LOGIN`)
  if (need.replication && !role.replication && !role.superuser) {
    return because(`role ${name} may not replicate: ALTER ROLE ${name} REPLICATION`)
  }
  if (!BY_PASSWORD.includes(method)) return null
  if (role.password === 'none') return because(`line ${line} asks for a password, and role ${name} has none: set one`)
  if (method === 'scram-sha-256' && role.password === 'md5') {
    return because(
      `line ${line} asks for scram-sha-256, and the password of ${name} is stored as md5: set it anew`,
      true,
    )
  }
  return null
}
