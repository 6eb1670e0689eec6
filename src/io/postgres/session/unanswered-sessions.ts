// Sessions that were abandoned while the server still owed an answer. The server keeps such a session and its
// connection slot until its work ends: it does not notice that the client is gone.

import type { Duplex } from 'node:stream'
import type { Fault } from '../../../model/values/fault.ts'
import { endpointName } from '../connection/postgres-fault.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'

/**
 * How many may wait at once before new ones become rare. The number is lower if one of them waits longer than networks
 * take.
 */
const MOST_WAITING = 10
const MOST_STUCK = 3
const STUCK_AFTER_MS = 5_000
/**
 * Then another one is tried after this pause, and each further one after as long as the first one has waited, up to the
 * limit.
 */
const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 300_000

/**
 * What the server owes: the start of a session (which may wait for a lock of the catalog), or the answer to a
 * statement of a session that has answered before. A pooler owes the start: it accepts sessions without its server.
 */
export type PendingAnswer = 'session' | 'answer'

interface WaitingConnection {
  readonly stream: Duplex & { unref?(): void }
  readonly owed: PendingAnswer
  /** By the clock of the set, in milliseconds. */
  readonly since: number
}

/** The sessions with one server that still wait, in one process. */
export class UnansweredSessions {
  readonly #endpoint: ConnectionEndpoint
  readonly #now: () => number
  readonly #waiting = new Set<WaitingConnection>()
  #answeredAt = Number.NEGATIVE_INFINITY

  /** `now` counts milliseconds and never goes back. */
  constructor(endpoint: ConnectionEndpoint, now: () => number = () => performance.now()) {
    this.#endpoint = endpoint
    this.#now = now
  }

  /**
   * Takes over the connection of an abandoned session. It stays open until the server sends something or closes it,
   * which shows that the server has released the session. It does not keep the program running.
   */
  leave(stream: Duplex & { unref?(): void }, owed: PendingAnswer): void {
    if (stream.destroyed) return
    const waiting = { stream, owed, since: this.#now() }
    this.#waiting.add(waiting)
    const end = () => {
      this.#waiting.delete(waiting)
      stream.destroy()
    }
    stream.prependOnceListener('data', end)
    stream.once('close', end)
    stream.on('error', end)
    stream.unref?.()
  }

  /**
   * The server answered a statement. A session that was abandoned before that is not counted any more: its connection was
   * probably lost on the way, which may never show. Very many of them are counted all the same.
   */
  answered(): void {
    this.#answeredAt = this.#now()
  }

  /** Why no further session is opened now, as the fault of this attempt; null: one may be opened. */
  fault(): Fault | null {
    const all = [...this.#waiting]
    const counted = all.length > MOST_WAITING ? all : all.filter(({ since }) => since >= this.#answeredAt)
    const count = counted.length
    const [first] = counted
    const [last] = counted.slice(-1)
    const now = this.#now()
    if (!first || !last) return null
    const most = now - first.since > STUCK_AFTER_MS ? MOST_STUCK : MOST_WAITING
    if (count < most) return null
    // By time and not by number: many are abandoned at once when a connection is cut for a moment.
    const pause = Math.min(Math.max(FIRST_PAUSE_MS, last.since - first.since), LONGEST_PAUSE_MS)
    const left = last.since + pause - now
    if (left <= 0) return null
    // A session that did not even start shows that the server opens none. Which one was abandoned last is chance.
    const opensNone = counted.some(({ owed }) => owed === 'session')
    return {
      code: opensNone ? 'timeout' : 'slow',
      reason: 'held-back',
      message: `${endpointName(this.#endpoint)} still has not answered ${count} sessions of pgdeck`,
      hint: `pgdeck opens no further session for ${Math.ceil(left / 1000)} s, or until one is answered. Find what blocks the server: its storage, or a lock on a system catalog (pg_locks, pg_blocking_pids).`,
    }
  }

  /** Closes them all. */
  close(): void {
    for (const { stream } of this.#waiting) stream.destroy()
  }
}
