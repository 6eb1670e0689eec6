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
] as const

export type FaultCode = (typeof FAULT_CODES)[number]

/** A failure as the user is told it. `message` says what happened to what; `hint` says what to do next. */
export interface Fault {
  readonly code: FaultCode
  readonly message: string
  readonly hint: string | null
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

type Coded = Pick<Fault, 'code'>

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
  return !isUnreachable(fault) && fault.code !== 'pooler'
}

/** What an error says: its message; the text of whatever else was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
