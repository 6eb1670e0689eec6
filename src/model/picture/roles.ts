// Whether a database is a primary or a standby, and writable now: the only place that decides it.

import type { ReplicationPosition } from '../measured/pulse.ts'
import { furthestLsn, type Lsn } from '../values/lsn.ts'
import type { DatabaseRole, DatabaseView } from './picture.ts'

export type StandbyPosition = Extract<ReplicationPosition, { kind: 'standby' }>

/** Anything with the last good reading of a database, however old. */
interface WithReading {
  readonly pulse?: { readonly position: ReplicationPosition } | null | undefined
}

/** The last reading of a database, and its present problem. */
type LatestReading = Pick<DatabaseView, 'pulse' | 'problem'>

/** Returns its position as a standby by its last good reading; null if that shows a primary, or without one. */
export function standbyPositionOf({ pulse }: WithReading): StandbyPosition | null {
  return pulse?.position.kind === 'standby' ? pulse.position : null
}

/** Returns its position as a primary by its last good reading; null if that shows a standby, or without one. */
export function primaryPositionOf({ pulse }: WithReading): Extract<ReplicationPosition, { kind: 'primary' }> | null {
  return pulse?.position.kind === 'primary' ? pulse.position : null
}

/** True if its last good reading, however old, shows a writable server. */
export function isReadAsPrimary(database: WithReading): boolean {
  return primaryPositionOf(database) !== null
}

/** True if its last good reading, however old, shows a server in recovery. */
export function isReadAsStandby(database: WithReading): boolean {
  return standbyPositionOf(database) !== null
}

/** Returns its role by its last good reading; null before the first. */
export function roleWord(database: WithReading): 'primary' | 'standby' | null {
  return database.pulse?.position.kind ?? null
}

/** True while its latest reading shows a writable server. */
export function isWritable({ pulse, problem }: LatestReading): boolean {
  return problem === null && isReadAsPrimary({ pulse })
}

/** True while its latest reading shows a standby. */
export function isReadableStandby({ pulse, problem }: LatestReading): boolean {
  return problem === null && isReadAsStandby({ pulse })
}

/** A primary by its role in the picture: also one that is down, until another one has replaced it. */
export function isPrimary({ role }: { readonly role: DatabaseRole }): boolean {
  return role === 'primary'
}

/** A standby by its role in the picture, whatever its upstream is. */
export function isReplica({ role }: { readonly role: DatabaseRole }): boolean {
  return role === 'replica' || role === 'cascading-replica'
}

/** A primary that is up. One failed reading does not change that: `isWritable` uses the latest reading. */
export function isActivePrimary({ role, status }: Pick<DatabaseView, 'role' | 'status'>): boolean {
  return isPrimary({ role }) && status === 'active'
}

/** Returns its end of WAL as last read: written on a primary, received (or replayed) on a standby. */
export function endOfWal(database: WithReading): Lsn | null {
  const standby = standbyPositionOf(database)
  if (standby) return furthestLsn(standby.receivedLsn, standby.receiver?.flushedLsn, standby.replayedLsn)
  return primaryPositionOf(database)?.lsn ?? null
}
