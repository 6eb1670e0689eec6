// Which PostgreSQL server answered: what tells it from every other one, and from itself before a restart.

/**
 * A running server. Addresses and the data directory are no part of it: one server has several addresses, and not every
 * role may read where its data are.
 */
export interface ServerIdentity {
  readonly systemIdentifier: string
  /** pg_postmaster_start_time() in whole microseconds since the epoch, as decimal digits: exact, unlike a number. */
  readonly postmasterStart: string
  /** The setting `port`: what it listens on itself, whatever leads there. */
  readonly port: number
}

/** The identity that a reading holds. */
export function serverIdentityOf({ systemIdentifier, postmasterStart, port }: ServerIdentity): ServerIdentity {
  return { systemIdentifier, postmasterStart, port }
}

interface OfSystem {
  readonly systemIdentifier: string | null
}

/** Copies of one system: of both it must be known. */
export function isSameSystem(one: OfSystem, other: OfSystem): boolean {
  return one.systemIdentifier !== null && one.systemIdentifier === other.systemIdentifier
}

/** Known to be of different systems. Of one of which nothing is known neither this nor `isSameSystem` is true. */
export function isOtherSystem(one: OfSystem, other: OfSystem): boolean {
  return (
    one.systemIdentifier !== null && other.systemIdentifier !== null && one.systemIdentifier !== other.systemIdentifier
  )
}

/** Whether both are one running server: a restart makes another one. */
export function isSameServer(one: ServerIdentity, other: ServerIdentity): boolean {
  return (
    one.systemIdentifier === other.systemIdentifier &&
    one.postmasterStart === other.postmasterStart &&
    one.port === other.port
  )
}

/** Whether `later` can be the server `earlier` after a restart: same system and port, and it started later. */
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

/** A server as a session found it. */
export interface FoundServer {
  readonly identity: ServerIdentity
  /** For how long it runs, by its own clock. */
  readonly upMs: number
  /** When that was read, in milliseconds since the epoch by this host's clock. */
  readonly readAt: number
}
