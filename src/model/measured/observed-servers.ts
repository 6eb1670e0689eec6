// The servers that answered behind one database, one after another: a restart explains another one, or nothing does.

import { type FoundServer, isSameServer, mayBeRestartOf, type ServerIdentity } from './server-identity.ts'

/** A server as it was read last. Times are milliseconds since the epoch. */
export interface ObservedServer {
  readonly identity: ServerIdentity
  /** By this host's clock. */
  readonly readAt: number
  /** By the server's own clock, which its start is told by too. */
  readonly clockAt: number
  /** Where the session led, as the dsn names it. */
  readonly host: string
  readonly port: number
}

export interface ObservedServers {
  readonly last: ObservedServer
  /** Another one that answered at the same place, though no restart made it the last one; null: there was none. */
  readonly other: ObservedServer | null
}

/** A clock that is set back a little between two readings makes no second server. */
const CLOCK_STEP_MS = 1_000

/** For so long after it was read last the other one may answer again. */
const REMEMBERED_MS = 10 * 60_000

/** What is known of the servers after one more reading. */
export function addObservedServer(before: ObservedServers | null, now: ObservedServer): ObservedServers {
  // A dsn of several hosts tells by the host which of them answered.
  if (!before || before.last.host !== now.host || before.last.port !== now.port) return { last: now, other: null }
  const { last, other } = before
  if (isSameServer(last.identity, now.identity) || isRestart(now, last)) return { last: now, other }
  return { last: now, other: last }
}

/** A server that was still read when the new one ran already was not restarted: the new one is another. */
function isRestart({ identity }: ObservedServer, last: ObservedServer): boolean {
  const startedAt = Number(BigInt(identity.postmasterStart) / 1000n)
  return mayBeRestartOf(identity, last.identity) && startedAt >= last.clockAt - CLOCK_STEP_MS
}

/** Whether another server answers than the last one: neither that one, nor that one after a restart. */
export function isAnotherServer(before: ObservedServers | null, now: ObservedServer): boolean {
  if (before === null || isSameServer(before.last.identity, now.identity)) return false
  const { last } = before
  return last.host !== now.host || last.port !== now.port || !isRestart(now, last)
}

/** The other one, while it may answer again; null where there is none. */
export function otherObservedServer(seen: ObservedServers | undefined, now: number): ObservedServer | null {
  const other = seen?.other ?? null
  return other && now - other.readAt <= REMEMBERED_MS ? other : null
}

/** A server that a session found at that place. */
export function toObservedServer({ identity, upMs, readAt }: FoundServer, host: string, port: number): ObservedServer {
  return { identity, readAt, clockAt: Number(BigInt(identity.postmasterStart) / 1000n) + upMs, host, port }
}
