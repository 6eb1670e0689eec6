// Logins that expose something: an md5 hash, or the password itself.

import type { DoctorFinding, InspectedDatabase } from './doctor.ts'

/** What our own session sent to log in. */
export function weakLogins(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  return nodes.flatMap(({ id, auth, facts }): readonly DoctorFinding[] => {
    const role = facts?.role ?? null
    const who = role === null ? 'our role' : `role ${identifier(role)}`
    const finding = (level: DoctorFinding['level'], text: string, next: readonly string[]): DoctorFinding => {
      return { area: 'login', level, subject: id, text, next }
    }
    switch (auth?.method) {
      case 'md5':
        return [
          finding('warning', `${who} logs in by md5: ${MD5}`, [...renewal(role), 'Then add !md5 to require_auth.']),
        ]
      case 'password':
        return auth.isExposed
          ? [
              finding(
                'warning',
                `${who} sends its password in clear text, as require_auth allows: ${CLEAR}`,
                renewal(role),
              ),
            ]
          : [
              finding(
                'info',
                `${who} sends its password in clear text, though only to a server whose certificate is verified`,
                [],
              ),
            ]
      default:
        return []
    }
  })
}

const MD5 = 'another server in its place can try passwords on what it receives, and the stored hash is enough to log in'
const CLEAR = 'another server in its place, or an eavesdropper, has it'

function renewal(role: string | null): readonly string[] {
  return [
    "SET password_encryption = 'scram-sha-256';",
    `ALTER ROLE ${role === null ? 'pgdeck' : identifier(role)} PASSWORD '…';`,
    'Write scram-sha-256 for it in pg_hba.conf, then reload.',
  ]
}

function identifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
