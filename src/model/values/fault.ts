// A failure of one target, in words that a person can act on.

/** Codes of the status document. Each has its own cause and its own next step. */
export const FAULT_CODES = [
  'unreachable',
  'refused',
  'auth',
  'hba',
  'too-many-connections',
  'starting',
  'timeout',
  /** The target accepts sessions, but this reading took too long. */
  'slow',
  'tls',
  'dns',
  'protocol',
  'pooler',
  /** pgdeck could not ask: one of its own files, descriptors or passwords failed. This is no fact about the target. */
  'local',
] as const

export type FaultCode = (typeof FAULT_CODES)[number]

/**
 * What an answer of a server means beyond its code, by SQLSTATE and by the function that sent it. Its words are in
 * the language of the server, so they do not decide. Two causes of `starting` differ in words only: they are known
 * where the words are PostgreSQL's own.
 */
export type FaultReason =
  /** Of `starting`. */
  | 'starting-up'
  | 'shutting-down'
  | 'crash-recovery'
  | 'not-consistent'
  | 'no-hot-standby'
  /** One of the two causes above. */
  | 'in-recovery'
  /** Of `too-many-connections`: which limit was reached. */
  | 'role-limit'
  | 'database-limit'
  | 'reserved-slots'
  | 'all-slots'
  /** Of `auth`. `no-password`: the server asks for one, and pgdeck has none to send. */
  | 'no-password'
  | 'password'
  | 'no-database'
  /** Of `tls`: a file of pgdeck failed, so no server was asked. */
  | 'own-file'
  /** Of `tls`: what is wrong with the target's certificate. */
  | 'certificate-expired'
  | 'certificate-name'
  | 'certificate-untrusted'
  /** Of `timeout` and `slow`: pgdeck opened no session, because earlier ones got no answer. */
  | 'held-back'
  /** Of `refused`: the server is not of the kind that target_session_attrs asks for. */
  | 'other-kind'
  /** Of `timeout`: no connection was established. */
  | 'not-connected'
  /** Of `unreachable`: this host has no route there, so no packet was sent. */
  | 'no-route'
  /** Of `unreachable`: an established connection broke. */
  | 'connection-lost'
  /** Of `protocol`: PostgreSQL itself answered, with an error. */
  | 'sql-error'
  /** Of `protocol`: PostgreSQL took the session and ended it; the server goes on. */
  | 'session-ended'

/** The connection that no line of pg_hba.conf permits, as the server sees it. */
export interface RefusedConnection {
  readonly user: string
  readonly database: string
  /** null: a Unix socket. */
  readonly address: string | null
  readonly tls: boolean
}

/** A failure as the user reads it. `message` says what happened to what; `hint` says what to do next. */
export interface Fault {
  readonly code: FaultCode
  readonly message: string
  readonly hint: string | null
  /** Absent: only the code is known. */
  readonly reason?: FaultReason
  /** Of `hba`. Absent: it is unknown how the server sees the connection. */
  readonly refused?: RefusedConnection
}

/** Carries a Fault through `throw` from the edge (io, probes) to the poller, which stores it in a Reading. */
export class FaultError extends Error {
  readonly fault: Fault

  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault.message, options)
    this.name = 'FaultError'
    this.fault = fault
  }
}

type Coded = Pick<Fault, 'code' | 'reason'>

/** Nothing came back: the target, its host, the network between, or the network of this host may have failed. */
export function isSilent({ code }: Coded): boolean {
  return code === 'timeout' || code === 'unreachable' || code === 'dns'
}

/** The host answered, and nothing listens on that port. */
export function isRefusal({ code }: Coded): boolean {
  return code === 'refused'
}

const IN_RECOVERY: ReadonlySet<FaultReason | undefined> = new Set<FaultReason>([
  'starting-up',
  'crash-recovery',
  'not-consistent',
  'no-hot-standby',
  'in-recovery',
])

/** The server itself says that it is in recovery, so that it takes no writes now. */
export function saysInRecovery({ code, reason }: Coded): boolean {
  return code === 'starting' && IN_RECOVERY.has(reason)
}

/** The target itself answered nothing: silence, or a port without a listener. */
export function isUnreachable(fault: Coded): boolean {
  return isSilent(fault) || isRefusal(fault)
}

/** The target itself answered, with a refusal or with something unexpected. The answer of a pooler does not count. */
export function isFromTarget(fault: Coded): boolean {
  return !isUnreachable(fault) && fault.code !== 'pooler' && !isOwn(fault)
}

/** The cause lies with pgdeck. */
export function isOwn({ code, reason }: Coded): boolean {
  return code === 'local' || reason === 'own-file'
}

/** pgdeck did not get as far as the target: its own failure, no route from this host, or no address for the name. */
export function isUnasked(fault: Coded): boolean {
  return isOwn(fault) || fault.code === 'dns' || fault.reason === 'no-route'
}

/** Returns the message of an error, or the text of any other thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
