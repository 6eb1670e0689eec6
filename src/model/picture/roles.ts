// Whether a database is a primary or a standby, and takes writes now: the one place that tells it.

import type { ReplicationPosition } from '../measured/pulse.ts'
import { furthestLsn, type Lsn } from '../values/lsn.ts'
import type { DatabaseRole, DatabaseView } from './picture.ts'

export type StandbyPosition = Extract<ReplicationPosition, { kind: 'standby' }>

/** Whatever holds the last good reading of a database, however old: a member, a view, an answer of its own. */
interface WithReading {
  readonly pulse?: { readonly position: ReplicationPosition } | null | undefined
}

/** What was read of a database last, and what is wrong with that now. */
type LatestReading = Pick<DatabaseView, 'pulse' | 'problem'>

/** Where it stands as a standby by its last good reading; null when that says primary or nothing. */
export function standbyPositionOf({ pulse }: WithReading): StandbyPosition | null {
  return pulse?.position.kind === 'standby' ? pulse.position : null
}

/** Where it stands as a primary by its last good reading; null when that says standby or nothing. */
export function primaryPositionOf({ pulse }: WithReading): Extract<ReplicationPosition, { kind: 'primary' }> | null {
  return pulse?.position.kind === 'primary' ? pulse.position : null
}

/** True when its last good reading, however old, says that it takes writes. */
export function isReadAsPrimary(database: WithReading): boolean {
  return primaryPositionOf(database) !== null
}

/** True when its last good reading, however old, says that it is in recovery. */
export function isReadAsStandby(database: WithReading): boolean {
  return standbyPositionOf(database) !== null
}

/** What it is by its last good reading; null before the first. */
export function roleWord(database: WithReading): 'primary' | 'standby' | null {
  return database.pulse?.position.kind ?? null
}

/** True while its latest reading says that it takes writes. */
export function isWritable({ pulse, problem }: LatestReading): boolean {
  return problem === null && isReadAsPrimary({ pulse })
}

/** True while its latest reading says that it is a standby. */
export function isReadableStandby({ pulse, problem }: LatestReading): boolean {
  return problem === null && isReadAsStandby({ pulse })
}

/** A primary by its role in the picture: also one that is down, while nothing has taken its place. */
export function isPrimary({ role }: { readonly role: DatabaseRole }): boolean {
  return role === 'primary'
}

/** A standby by its role in the picture, whatever it replicates from. */
export function isReplica({ role }: { readonly role: DatabaseRole }): boolean {
  return role === 'replica' || role === 'cascading-replica'
}

/** A primary that is up. One failed reading does not change that yet: `isWritable` says what was just read. */
export function isActivePrimary({ role, status }: Pick<DatabaseView, 'role' | 'status'>): boolean {
  return isPrimary({ role }) && status === 'active'
}

/** The end of its log as last read: written on a primary, received (or replayed) on a standby. */
export function endOfWal(database: WithReading): Lsn | null {
  const standby = standbyPositionOf(database)
  if (standby) return furthestLsn(standby.receivedLsn, standby.receiver?.flushedLsn, standby.replayedLsn)
  return primaryPositionOf(database)?.lsn ?? null
}
