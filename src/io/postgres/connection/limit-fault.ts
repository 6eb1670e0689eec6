// A server that has no session left, and one that takes none now: whose limit is reached, and which state it is in.

import type { Fault, FaultReason } from '../../../model/values/fault.ts'
import type { FaultContext, ServerError } from './server-error.ts'
import { plainOrQuoted } from './sql-names.ts'

/** Which limit is used up, by the function that looks at it. */
const LIMITS: Readonly<Record<string, FaultReason>> = {
  InitializeSessionUserId: 'role-limit',
  CheckMyDatabase: 'database-limit',
  InitPostgres: 'reserved-slots',
  InitProcess: 'all-slots',
  ProcessStartupPacket: 'all-slots',
  BackendInitialize: 'all-slots',
}

/** The fault of SQLSTATE 53300; `role` quoted. */
export function tooManyFault(sent: ServerError, target: string, role: string, party: FaultContext): Fault {
  const reason = LIMITS[sent.routine]
  const hint = limitHint(sent, reason, role, party)
  const message = `${target} has no free connection for role ${role}: ${sent.message}`
  return { code: 'too-many-connections', message, hint, ...because(reason) }
}

function limitHint(
  { message }: ServerError,
  reason: FaultReason | undefined,
  role: string,
  { database, versionNumber }: FaultContext,
): string {
  if (reason === 'role-limit')
    return `This is the limit of the role alone; others still get connections. Raise its CONNECTION LIMIT (ALTER ROLE ${role} CONNECTION LIMIT …), or end other sessions of this role.`
  if (reason === 'database-limit')
    return `This is the limit of the database alone. Raise its CONNECTION LIMIT (ALTER DATABASE ${plainOrQuoted(database)} CONNECTION LIMIT …), close sessions there, or name another database in the dsn.`
  const grant = `GRANT pg_use_reserved_connections TO ${role}`
  // 16 and newer speak of "roles with" an attribute or privileges.
  if (/reserved for roles with/.test(message) || (versionNumber ?? 0) >= 160_000)
    return `Close sessions. ${grant}, with reserved_connections above 0, reserves a connection for pgdeck.`
  return versionNumber === null && !message.includes('non-replication')
    ? `Close sessions. On PostgreSQL 16 and newer ${grant}, with reserved_connections above 0, reserves a connection.`
    : 'Close sessions, raise max_connections, or use a pooler.'
}

/** One routine and one SQLSTATE for all of them: only PostgreSQL's own English words tell them apart. */
const STATES: Readonly<Record<string, FaultReason>> = {
  'the database system is starting up': 'starting-up',
  'the database system is shutting down': 'shutting-down',
  'the database system is in recovery mode': 'crash-recovery',
  'the database system is not yet accepting connections': 'not-consistent',
  'the database system is not accepting connections': 'no-hot-standby',
}

function stateOf({ code, message, detail }: ServerError): FaultReason | undefined {
  if (code === '57P02') return 'crash-recovery'
  // Only a server in recovery adds a detail.
  return STATES[message] ?? (detail === '' ? undefined : 'in-recovery')
}

/** The fault of 57P02 and 57P03. */
export function stateFault(sent: ServerError, target: string): Fault {
  const what = `${sent.message}${sent.detail === '' ? '' : ` (${sent.detail})`}`
  const reason = stateOf(sent)
  return { code: 'starting', message: `${target}: ${what}`, hint: stateHint(reason), ...because(reason) }
}

function stateHint(reason: FaultReason | undefined): string {
  switch (reason) {
    case 'no-hot-standby':
      return 'It is up and replays, but hot_standby is off: turn it on to see its figures.'
    case 'shutting-down':
      return 'It is being stopped or restarted: wait, or start it when it has stopped. A stop waits until the connected standbys have confirmed the last WAL, a smart one first until all clients have disconnected, pgdeck among them (pg_ctl stop -m fast ends them).'
    case 'starting-up':
    case 'crash-recovery':
    case 'not-consistent':
      return 'It is up and replays its WAL: wait; the server log shows its progress.'
    case 'in-recovery':
      return 'It is up and in recovery: it has not replayed enough yet, or hot_standby is off. Its message and its log say which.'
    default:
      return 'It is up and is starting, stopping or recovering from a crash. Its message and its log say which.'
  }
}

function because(reason: FaultReason | undefined): Pick<Fault, 'reason'> {
  return reason === undefined ? {} : { reason }
}
