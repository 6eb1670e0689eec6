// The fault that an error of a server stands for: by SQLSTATE and routine. Words decide only where they are PostgreSQL's own
// English ones in full; in any other language what they would tell apart stays open.

import type { Fault, FaultReason } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { grantHint } from './grant-hint.ts'
import { hbaFault } from './hba-fault.ts'
import { stateFault, tooManyFault } from './limit-fault.ts'
import { channelBindingFault, unbindableCertificateFault } from './login-fault.ts'
import { type FaultContext, isRaisedByCode, type ServerError, type SessionPath } from './server-error.ts'
import { plainOrQuoted, quoted } from './sql-names.ts'

/** These check the proof of SCRAM; with this SQLSTATE it is bound to another certificate. */
const OF_CHANNEL_BINDING: ReadonlySet<string> = new Set(['read_client_first_message', 'read_client_final_message'])

/** `path`: how the session came, of an error while it began; null: not known, or it had begun. */
export function serverFault(sent: ServerError, party: FaultContext, path: SessionPath | null): Fault {
  const target = clean(party.target)
  const role = quoted(party.user)
  if (isRaisedByCode(sent)) return codeError(sent, target, path)
  switch (sent.code) {
    case '28P01':
      return wrongPassword(target, role, party)
    case '28000':
      return refusedLogin(sent, target, role, party, path)
    case '3D000':
      return noDatabase(`${target} has no such database: ${sent.message}`)
    case '57P04':
      return noDatabase(`${target} has dropped the database: ${sent.message}`)
    case '55000':
      return isOfDatabase(sent) ? closedDatabase(sent, target, party) : otherError(sent, target)
    case '42501': {
      const hint =
        sent.routine === 'CheckMyDatabase'
          ? `GRANT CONNECT ON DATABASE ${plainOrQuoted(party.database)} TO ${role}`
          : grantHint(sent, role)
      return fault('auth', `${target} denies role ${role} this: ${sent.message}`, hint)
    }
    case '53300':
      return tooManyFault(sent, target, role, party)
    case '57P01':
      return fault('protocol', `${target} ended the session of pgdeck: ${sent.message}`, ENDED_HINT, 'session-ended')
    case '57P02':
    case '57P03':
      return stateFault(sent, target)
    case '57014':
      return fault('slow', `${target} did not finish the query in time: ${sent.message}`, SLOW_HINT)
    case '55P03':
      return fault('slow', `${target} waited for a lock too long: ${sent.message}`, LOCK_HINT)
    case '40001':
      return fault(
        'slow',
        `${target} canceled the query for its WAL replay (recovery conflict): ${sent.message}`,
        CONFLICT,
      )
    case 'XX000':
      // Texts of this kind are not translated.
      if (/could not (find digest for NID|determine server certificate signature)/.test(sent.message))
        return unbindableCertificateFault(target)
      return otherError(sent, target)
    default:
      return OF_LOGIN_CODE.has(sent.code) ? codeError(sent, target, path) : otherError(sent, target)
  }
}

/** The error of code in a database, which runs as a session begins or within a statement. */
function codeError(sent: ServerError, target: string, path: SessionPath | null): Fault {
  const other = otherError(sent, target)
  return path !== null && sent.hint === '' ? { ...other, hint: LOGIN_HINT } : other
}

/** What only code that runs at login fails with: a write in a read-only session, its own refusal, no file, no such name. */
const OF_LOGIN_CODE: ReadonlySet<string> = new Set(['25006', 'P0001', '58P01', '42P01', '42883'])
const LOGIN_HINT =
  'The session did not begin: check event triggers on login and session_preload_libraries. A trigger that writes has to skip read-only sessions, which those of pgdeck are: transaction_read_only is on.'
const SLOW_HINT = 'Check what the server is busy with; a longer `timeout` of the cluster gives it more time.'
const ENDED_HINT =
  'An administrator or a program on the server ends sessions (pg_terminate_backend), or it is being stopped or restarted: then it refuses the next one.'
const LOCK_HINT = 'Find the session that holds the lock (pg_blocking_pids, pg_locks).'
const CONFLICT = 'pgdeck repeats it with the next poll; max_standby_streaming_delay gives queries more time.'

function otherError(sent: ServerError, target: string): Fault {
  const message = `${target} answered with an error: ${sent.message} (SQLSTATE ${sent.code})`
  const other = fault('protocol', message, sent.hint || poolerHint(sent.message))
  // A server names the function that sent it: so it is one.
  return sent.routine === '' ? other : { ...other, reason: 'sql-error' }
}

/** What a pooler says where the trouble is its own, or of the server behind it; it has one SQLSTATE for all of it. */
function poolerHint(message: string): string | null {
  if (/max_client_conn|no more connections allowed/i.test(message))
    return 'A pooler without a free connection answered: raise its max_client_conn, or put the server’s own host and port into the dsn.'
  const isOutage =
    /query_wait_timeout|server[ _]login|server conn|connect to server|login failed: FATAL|bouncer|pooler|backend (node|connection)/i
  return isOutage.test(message)
    ? 'A pooler answered, the server behind it did not: check that server and the pooler’s log; put the server’s own host and port into the dsn.'
    : null
}

function fault(code: Fault['code'], message: string, hint: string | null, reason?: FaultReason): Fault {
  return { code, message, hint, ...(reason === undefined ? {} : { reason }) }
}

function wrongPassword(target: string, role: string, { passwordSource }: FaultContext): Fault {
  const where = passwordSource === null ? '' : ` in ${passwordSource}`
  const hint = `Correct the password${where}, or set it with ALTER ROLE ${role} PASSWORD. In the same words a server refuses one that has expired (VALID UNTIL), that the role lacks, or that is stored as md5 where scram-sha-256 is asked for.`
  return fault('auth', `${target} does not accept the password of role ${role}`, hint, 'password')
}

function refusedLogin(
  sent: ServerError,
  target: string,
  role: string,
  party: FaultContext,
  path: SessionPath | null,
): Fault {
  if (OF_CHANNEL_BINDING.has(sent.routine) || sent.message.includes('channel binding'))
    return channelBindingFault(sent.message, target)
  // The name of a file stays in every language.
  if (sent.message.includes('pg_hba.conf')) return hbaFault(sent, target, party, path)
  return fault('auth', `${target} refuses role ${role}: ${sent.message}`, loginHint(sent, role, path))
}

function loginHint({ routine, message, hint }: ServerError, role: string, path: SessionPath | null): string {
  const create = `Correct the user in the dsn, or create the role: CREATE ROLE ${role} LOGIN; GRANT pg_monitor TO ${role}.`
  if (/^role ".*" is not permitted to log in$/.test(message)) return `Run ALTER ROLE ${role} LOGIN.`
  if (/^role ".*" does not exist$/.test(message)) return create
  switch (routine) {
    case 'InitializeSessionUserId':
      return `The role does not exist, or it may not log in. If it exists, run ALTER ROLE ${role} LOGIN. Else: ${create}`
    case 'ClientAuthentication':
      return 'Give a client certificate the server trusts with sslcert and sslkey.'
    default:
      if (message.includes('certificate')) return 'Give a client certificate the server trusts with sslcert and sslkey.'
      if (path?.isLocal && hint === '')
        return 'Over a socket pg_hba.conf may ask for the user of the operating system (peer): run pgdeck as that user, or map it in pg_ident.conf.'
      return hint || 'Read the server log for the reason.'
  }
}

function noDatabase(message: string): Fault {
  return fault('auth', message, 'Correct the database name in the dsn.', 'no-database')
}

/** Said of the database that was asked for, not of a statement. */
function isOfDatabase({ routine }: ServerError): boolean {
  return routine === 'CheckMyDatabase' || routine === 'InitPostgres'
}

function closedDatabase(sent: ServerError, target: string, { database }: FaultContext): Fault {
  const hint = `The server is up; this database takes no sessions (ALLOW_CONNECTIONS), or its removal was cut off. Name another one than ${quoted(database)} in the dsn.`
  return fault('auth', `${target} lets nobody into this database: ${sent.message}`, hint, 'no-database')
}
