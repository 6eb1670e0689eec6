// The keys of the advisory locks by which a run holds a cluster: which are ours, and what they tell.

// PostgreSQL has a space of keys that are two 32-bit numbers (pg_locks.objsubid = 2). The first number is made of the
// system identifier, so that no application takes one by chance; the second one tells which run it is and how far it is.

/** What the second number of a key tells. */
export interface LockToken {
  /** 0 to 65535, drawn by each run: nobody can take every key beforehand. */
  readonly id: number
  /** The step it is in, from 1; 0 before the first. More than 255 are told as 255. */
  readonly step: number
  /** How many steps it has; 0 while it does not have the cluster yet, but tries to get it. */
  readonly steps: number
}

export const LOCK_ID_COUNT = 0x1_0000
const MOST_STEPS = 0xff

/** The first number of every key of a system, as pg_locks.classid shows it: 0 to 2^32 - 1. */
export function lockClass(systemIdentifier: string): number {
  const identifier = BigInt(systemIdentifier)
  return Number(BigInt.asUintN(32, identifier ^ (identifier >> 32n)))
}

/** The same in SQL, of an expression of type bigint. Answers with a bigint. */
export function lockClassSql(systemIdentifier: string): string {
  return `((${systemIdentifier} # (${systemIdentifier} >> 32)) & 4294967295)`
}

/** The second number, as pg_locks.objid shows it. */
export function packLockToken({ id, step, steps }: LockToken): number {
  return id * 0x1_0000 + Math.min(step, MOST_STEPS) * 0x100 + Math.min(steps, MOST_STEPS)
}

export function unpackLockToken(objid: number): LockToken {
  return { id: Math.floor(objid / 0x1_0000), step: Math.floor(objid / 0x100) & 0xff, steps: objid & 0xff }
}

/** A number of pg_locks as the functions take it: the same 32 bits with a sign. */
export function toSignedInt32(number: number): number {
  return number | 0
}
