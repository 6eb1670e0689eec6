// The keys of the advisory locks by which a run holds a cluster: how they are built, and what they contain.

// PostgreSQL has keys of two 32-bit numbers (pg_locks.objsubid = 2). The first is made of the system identifier, so
// that no application takes one by chance. The second identifies the run and its step.

/** The content of a key's second number. */
export interface LockToken {
  /** 0 to 65535, random for each run: no user can take every key beforehand. */
  readonly id: number
  /** The current step, from 1; 0 before the first. A number above 255 is shown as 255. */
  readonly step: number
  /** How many steps it has; 0 while it tries to get the cluster. */
  readonly steps: number
}

export const LOCK_ID_COUNT = 0x1_0000
const MOST_STEPS = 0xff

/** The first number of every key of a system, as in pg_locks.classid: 0 to 2^32 - 1. */
export function lockClass(systemIdentifier: string): number {
  const identifier = BigInt(systemIdentifier)
  return Number(BigInt.asUintN(32, identifier ^ (identifier >> 32n)))
}

/** The same as SQL: an expression of type bigint. */
export function lockClassSql(systemIdentifier: string): string {
  return `((${systemIdentifier} # (${systemIdentifier} >> 32)) & 4294967295)`
}

/** The second number, as in pg_locks.objid. */
export function packLockToken({ id, step, steps }: LockToken): number {
  return id * 0x1_0000 + Math.min(step, MOST_STEPS) * 0x100 + Math.min(steps, MOST_STEPS)
}

export function unpackLockToken(objid: number): LockToken {
  return { id: Math.floor(objid / 0x1_0000), step: Math.floor(objid / 0x100) & 0xff, steps: objid & 0xff }
}

/** A number of pg_locks as the functions take it: the same 32 bits, signed. */
export function toSignedInt32(number: number): number {
  return number | 0
}
