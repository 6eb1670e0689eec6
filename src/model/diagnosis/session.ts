// Judges how a database answers a new session of pgdeck: accepted, refused and why, starting, stopping, full.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { ReplayPause } from '../picture/picture.ts'
import { connectionsForUsers } from '../sessions/user-connections.ts'
import { type Fault, isOwn } from '../values/fault.ts'
import { formatLsn } from '../values/lsn.ts'
import type { CauseId } from './causes.ts'
import { type DiagnosisOutcome, fail, ok, skipped, warn } from './check-result.ts'
import type { ShutdownWait } from './shutdown-wait.ts'

/** The result of a request, and its time. */
export type Reply<T> = { readonly at: number } & ({ readonly value: T } | { readonly fault: Fault })

/** The server itself reports it: it is up but accepts no sessions now. */
function causeOfServerState({ code, reason }: Fault): CauseId | null {
  if (code === 'too-many-connections')
    return reason === 'role-limit' || reason === 'database-limit' ? reason : 'too-many-connections'
  if (code !== 'starting') return null
  switch (reason) {
    case 'no-hot-standby':
      return 'no-hot-standby'
    case 'shutting-down':
      return 'database-shutting-down'
    case 'starting-up':
    case 'crash-recovery':
    case 'not-consistent':
      return 'database-starting'
    default:
      // Only the message distinguishes these, and its language is unknown here.
      return 'not-accepting'
  }
}

/** Why no session opened although the port was open; null if another check reports it. */
function causeOfSessionFault(fault: Fault): CauseId | null {
  const { code, reason } = fault
  if (isOwn(fault)) return 'not-asked'
  switch (code) {
    case 'hba':
      return 'hba-refuses-us'
    case 'auth':
      return reason === 'no-password' ? reason : reason === 'password' ? 'wrong-password' : 'login-refused'
    case 'tls':
      return tlsCauseOf(reason)
    case 'protocol':
      return reason === 'sql-error' || reason === 'session-ended' ? 'server-error' : 'other-service'
    case 'pooler':
      return 'connection-pooler'
    case 'timeout':
      return reason === 'not-connected' ? null : 'not-answering'
    case 'unreachable':
      return reason === 'connection-lost' ? 'not-answering' : null
    default:
      return null
  }
}

function tlsCauseOf(reason: Fault['reason']): CauseId {
  switch (reason) {
    case 'certificate-expired':
      return 'tls-expired'
    case 'certificate-name':
      return 'tls-wrong-name'
    case 'certificate-untrusted':
      return 'tls-untrusted'
    default:
      return 'tls-broken'
  }
}

/** `portOpen`: the result of the port check; false: no session can open. */
export function judgeSession(reply: Reply<DatabasePulse>, portOpen: boolean): DiagnosisOutcome {
  const { at } = reply
  if ('value' in reply) {
    const { version, roundTripMs, pooler } = reply.value
    const answers = `PostgreSQL ${version} answers in ${roundTripMs.toFixed(1)} ms`
    if (pooler === undefined) return ok(answers, at)
    const next = 'Put the server’s own host and port into the dsn: actions never go through a pooler.'
    return warn('connection-pooler', `${answers} through a connection pooler: ${pooler}`, { next, at })
  }
  const { fault } = reply
  if (causeOfServerState(fault)) return ok('the server answers, but accepts no session', at)
  if (fault.code === 'slow') return warn('slow', fault.message, { at, next: fault.hint })
  const cause = causeOfSessionFault(fault)
  if (!portOpen && (cause === null || cause === 'not-answering')) return skipped('its port is closed')
  if (cause === null) return fail('not-answering', fault.message, { certainty: 'possible', next: fault.hint, at })
  const certainty = cause === 'not-answering' ? 'likely' : 'certain'
  return fail(cause, fault.message, { certainty, next: fault.hint, at })
}

/**
 * `pausedWhy`: why replay is paused; null where it is not, or that is not known. `shutdown`: which standbys its shutdown waits for;
 * null where it does not shut down, or none is connected.
 */
export function judgeDatabaseState(
  reply: Reply<DatabasePulse>,
  pausedWhy: ReplayPause | null = null,
  shutdown: ShutdownWait | null = null,
): DiagnosisOutcome {
  const { at } = reply
  if ('fault' in reply) return judgeRefusal(reply.fault, at, shutdown)
  const { position, sessions } = reply.value
  if (position.kind === 'primary') {
    return ok(
      `writable, at ${formatLsn(position.lsn)}; ${sessions.total ?? '?'} of ${connectionsForUsers(sessions)} connections for users in use`,
      at,
    )
  }
  const { pause, replayedLsn, receivedLsn } = position
  const where = `in recovery, replayed to ${replayedLsn === null ? '?' : formatLsn(replayedLsn)}`
  const behind = receivedLsn !== null && replayedLsn !== null && receivedLsn > replayedLsn
  if (pause === 'paused' && (behind || (pausedWhy !== null && pausedWhy.reason !== 'asked'))) {
    const why = pausedWhy === null ? '' : `: ${pausedWhy.text}`
    return warn('replay-paused', `${where}, replay is paused${why}`, { next: wayOut(pausedWhy), at })
  }
  return ok(`${where}${pause === null || pause === 'not paused' ? '' : `, replay: ${pause}`}`, at)
}

/** The server takes no sessions, and says why, or that in words of another language. */
function judgeRefusal(fault: Fault, at: number, shutdown: ShutdownWait | null): DiagnosisOutcome {
  const { message, hint } = fault
  const told = causeOfServerState(fault)
  if (told === null) return skipped('no session opened')
  if (shutdown && (told === 'database-shutting-down' || told === 'not-accepting')) {
    const ofStandby = `${shutdown.names}: mend its network or stop it; wal_sender_timeout ends the connection otherwise`
    const next = shutdown.isBehind ? ofStandby : `${END_CLIENTS}; if no client is left, ${ofStandby}`
    const clients = shutdown.isBehind ? '' : 'its clients have disconnected (a smart shutdown), or '
    const evidence = `${message}; it waits until ${clients}${shutdown.text}`
    return fail('database-shutting-down', evidence, { certainty: 'likely', next, at })
  }
  return fail(told, message, { certainty: told === 'not-accepting' ? 'likely' : 'certain', next: hint, at })
}

const END_CLIENTS = 'pg_ctl stop -m fast ends the clients that a smart shutdown waits for, pgdeck among them'

/** Resuming repairs only a pause that a user requested. */
function wayOut(pause: ReplayPause | null): string {
  switch (pause?.reason) {
    case 'asked':
      return 'pgdeck do resume-replay, which checks the required settings first'
    case 'target':
      return 'remove the recovery_target settings (ALTER SYSTEM RESET, postgresql.conf) and restart it: then it continues as a standby. Do not resume replay: that ends recovery'
    case 'settings':
      return 'raise these settings there and restart it. Do not resume replay: the server would shut down'
    default:
      return 'check its log for "insufficient parameter settings" first: then raise them and restart it. On resume the server would shut down'
  }
}
