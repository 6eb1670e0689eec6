// The servers that answered behind one database over time: a restart explains a new one, or another server answers.

import { type FoundServer, isSameServer, mayBeRestartOf, type ServerIdentity } from './server-identity.ts'

/** A server as last read. Times are milliseconds since the epoch. */
export interface ObservedServer {
  readonly identity: ServerIdentity
  /** By this host's clock. */
  readonly readAt: number
  /** By the server's own clock, which its start time uses too. */
  readonly clockAt: number
  /** The address of the session, as the DSN names it. */
  readonly host: string
  readonly port: number
}

export interface ObservedServers {
  readonly last: ObservedServer
  /** Another server that answered at the same place without a restart; null: none. */
  readonly other: ObservedServer | null
}

/** A clock that is set back this much between two readings does not count as another server. */
const CLOCK_STEP_MS = 1_000

/** How long after its last reading the other server may answer again. */
const REMEMBERED_MS = 10 * 60_000

/** Returns the known servers after one more reading. */
export function addObservedServer(before: ObservedServers | null, now: ObservedServer): ObservedServers {
  // With several hosts in a DSN, the host shows which of them answered.
  if (!before || before.last.host !== now.host || before.last.port !== now.port) return { last: now, other: null }
  const { last, other } = before
  if (isSameServer(last.identity, now.identity) || isRestart(now, last)) return { last: now, other }
  return { last: now, other: last }
}

/** A server that was read after the start of the new one was not restarted: the new one is another server. */
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

/** The other server, while it may answer again; null if there is none. */
export function otherObservedServer(seen: ObservedServers | undefined, now: number): ObservedServer | null {
  const other = seen?.other ?? null
  return other && now - other.readAt <= REMEMBERED_MS ? other : null
}

/** The server of a session at that address. */
export function toObservedServer({ identity, upMs, readAt }: FoundServer, host: string, port: number): ObservedServer {
  return { identity, readAt, clockAt: Number(BigInt(identity.postmasterStart) / 1000n) + upMs, host, port }
}
