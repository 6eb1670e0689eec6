// The identity of a PostgreSQL server: it distinguishes it from every other one, and from itself before a restart.

/**
 * A running server. Addresses and the data directory are not part of it: a server has several addresses, and not every
 * role may read its data directory.
 */
export interface ServerIdentity {
  readonly systemIdentifier: string
  /** pg_postmaster_start_time() in whole microseconds since the epoch, as decimal digits: exact, unlike a number. */
  readonly postmasterStart: string
  /** The setting `port`, which the server listens on, whatever address leads to it. */
  readonly port: number
}

/** What a reading knows of it. */
interface ReadIdentity {
  readonly systemIdentifier: string | null
  readonly postmasterStart: string | null
  readonly port: number
}

/** Returns the identity in a reading; null if the server refused to tell a part of it. */
export function serverIdentityOf(reading: ServerIdentity): ServerIdentity
export function serverIdentityOf(reading: ReadIdentity): ServerIdentity | null
export function serverIdentityOf({ systemIdentifier, postmasterStart, port }: ReadIdentity): ServerIdentity | null {
  return systemIdentifier === null || postmasterStart === null ? null : { systemIdentifier, postmasterStart, port }
}

interface OfSystem {
  readonly systemIdentifier: string | null
}

/** Whether both are known to have the same system identifier. */
export function isSameSystem(one: OfSystem, other: OfSystem): boolean {
  return one.systemIdentifier !== null && one.systemIdentifier === other.systemIdentifier
}

/** Whether both are known to have different ones. If one is unknown, both this and `isSameSystem` are false. */
export function isOtherSystem(one: OfSystem, other: OfSystem): boolean {
  return (
    one.systemIdentifier !== null && other.systemIdentifier !== null && one.systemIdentifier !== other.systemIdentifier
  )
}

/** Whether both are the same running server. After a restart it is another one. */
export function isSameServer(one: ServerIdentity, other: ServerIdentity): boolean {
  return (
    one.systemIdentifier === other.systemIdentifier &&
    one.postmasterStart === other.postmasterStart &&
    one.port === other.port
  )
}

/** Whether `later` can be `earlier` after a restart: same system identifier and port, and a later start. */
export function mayBeRestartOf(later: ServerIdentity, earlier: ServerIdentity): boolean {
  return (
    later.systemIdentifier === earlier.systemIdentifier &&
    later.port === earlier.port &&
    BigInt(later.postmasterStart) > BigInt(earlier.postmasterStart)
  )
}

/** `system 7710…, port 5432, started 2026-11-22 14:32:07.123456 UTC`. */
export function serverIdentityText({ systemIdentifier, postmasterStart, port }: ServerIdentity): string {
  return `system ${systemIdentifier}, port ${port}, started ${startText(postmasterStart)}`
}

function startText(microseconds: string): string {
  const start = BigInt(microseconds)
  const seconds = new Date(Number(start / 1_000_000n) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${seconds}.${String(start % 1_000_000n).padStart(6, '0')} UTC`
}

/** The server of a session. */
export interface FoundServer {
  readonly identity: ServerIdentity
  /** How long it has been running, by its own clock. */
  readonly upMs: number
  /** When that was read, in milliseconds since the epoch by this host's clock. */
  readonly readAt: number
}
