// What went wrong with one target, in words a person can act on.

/** Codes of the status document; each has its own cause and its own next step. */
export const FAULT_CODES = [
  'unreachable',
  'refused',
  'auth',
  'hba',
  'too-many-connections',
  'starting',
  'timeout',
  /** It is there and takes sessions, but this reading took it too long. */
  'slow',
  'tls',
  'dns',
  'protocol',
  'pooler',
  /** This program could not even ask: a file, a descriptor, a password of its own. It tells nothing of the target. */
  'local',
] as const

export type FaultCode = (typeof FAULT_CODES)[number]

/**
 * What the answer of a server means beyond its code, by SQLSTATE and by the function that sent it: never by words, which are
 * in the server's language. The two of `starting` that only words tell apart are known where the words are PostgreSQL's own.
 */
export type FaultReason =
  /** Of `starting`. */
  | 'starting-up'
  | 'shutting-down'
  | 'crash-recovery'
  | 'not-consistent'
  | 'no-hot-standby'
  /** One of the two before. */
  | 'in-recovery'
  /** Of `starting`: the session was ended; the server goes on. */
  | 'session-ended'
  /** Of `too-many-connections`: whose limit. */
  | 'role-limit'
  | 'database-limit'
  | 'reserved-slots'
  | 'all-slots'
  /** Of `auth`. */
  | 'password'
  | 'no-database'
  /** Of `tls`: a file of this program, so that no server was asked. */
  | 'own-file'
  /** Of `tls`: what is wrong with the certificate of the target. */
  | 'certificate-expired'
  | 'certificate-name'
  | 'certificate-untrusted'
  /** Of `timeout` and `slow`: this program opened no session, because earlier ones were not answered. */
  | 'held-back'
  /** Of `timeout`: no connection was established. */
  | 'not-connected'
  /** Of `unreachable`: there was a connection, and it broke. */
  | 'connection-lost'
  /** Of `protocol`: PostgreSQL itself answered, with an error. */
  | 'sql-error'

/** The connection that no line of pg_hba.conf allows, as the server sees it. */
export interface RefusedConnection {
  readonly user: string
  readonly database: string
  /** null: a Unix socket. */
  readonly address: string | null
  readonly tls: boolean
}

/** A failure as the user is told it. `message` says what happened to what; `hint` says what to do next. */
export interface Fault {
  readonly code: FaultCode
  readonly message: string
  readonly hint: string | null
  /** Absent: no more is known than the code. */
  readonly reason?: FaultReason
  /** Of `hba`; absent: how the server sees the connection is not known. */
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

/** Nothing came back: the target, its host or what lies between may be gone, or the network of this host. */
export function isSilent({ code }: Coded): boolean {
  return code === 'timeout' || code === 'unreachable' || code === 'dns'
}

/** Its host answered, and nothing listens on that port. */
export function isRefusal({ code }: Coded): boolean {
  return code === 'refused'
}

/** The target itself answered nothing: silence, or a port that nothing listens on. */
export function isUnreachable(fault: Coded): boolean {
  return isSilent(fault) || isRefusal(fault)
}

/** The target itself answered, and said no or something else than was hoped for. What a pooler says is not its word. */
export function isFromTarget(fault: Coded): boolean {
  return !isUnreachable(fault) && fault.code !== 'pooler' && !isOwn(fault)
}

/** What keeps this program from asking is its own. */
export function isOwn({ code, reason }: Coded): boolean {
  return code === 'local' || reason === 'own-file'
}

/** This program did not get as far as the target: for a trouble of its own, or because the name has no address here. */
export function isUnasked(fault: Coded): boolean {
  return isOwn(fault) || fault.code === 'dns'
}

/** What an error says: its message; the text of whatever else was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
