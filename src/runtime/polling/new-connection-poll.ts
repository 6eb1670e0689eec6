// Tests new connections to one database beside the polls, which use the session that is open.

import type { DatabaseConfig } from '../../config/config.ts'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import {
  afterLogin,
  CERTIFICATE_INTERVAL_MS,
  COMMANDED_LOGIN_INTERVAL_MS,
  LOGGED_CONNECTION_INTERVAL_MS,
  LOGIN_INTERVAL_MS,
  NEW_CONNECTION_INTERVAL_MS,
  type NewConnectionFacts,
  RETEST_MS,
} from '../../model/measured/connections/new-connections.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import type { ProbeOutcome } from '../../model/values/reading.ts'
import { loginProbe, newConnectionProbe } from '../../probes/database/index.ts'
import type { Store } from '../../state/store.ts'
import { createPolledTarget, type PolledTarget, type TargetPollOptions } from './polled-target.ts'

export interface NewConnectionPoll {
  /** Starts what is due. Resolves when that has ended. */
  poll(limits: TargetPollOptions): Promise<void>
  /** Called with the result of each poll of the database. */
  saw(outcome: ProbeOutcome<DatabasePulse>): void
  /** No test starts before the next poll. */
  pause(): void
  /** No test starts after it. */
  stop(): void
}

/** By how much of an interval a login may come sooner, so that those of many databases do not come together. */
const JITTER = 0.2

/** Nothing is tested before the database has answered, and while it does not: then its polls make the new connections. */
export function createNewConnectionPoll(
  store: Store,
  cluster: string,
  config: DatabaseConfig,
  session: DatabaseSession,
): NewConnectionPoll {
  return new NewConnectionTests(store, cluster, config, session)
}

/** Times are of performance.now(). */
class NewConnectionTests implements NewConnectionPoll {
  readonly #tested: PolledTarget
  readonly #login: PolledTarget
  readonly #loginMs: number
  #isRead = false
  #isStopped = false
  #isPaused = false
  #everyMs = NEW_CONNECTION_INTERVAL_MS
  #testAt = Number.NEGATIVE_INFINITY
  #certificateAt = Number.NEGATIVE_INFINITY
  #loginAt = Number.NEGATIVE_INFINITY
  /** Failed logins in a row. */
  #loginMisses = 0
  #limits: TargetPollOptions | null = null
  #again: NodeJS.Timeout | undefined

  constructor(
    store: Store,
    cluster: string,
    { spec: { id }, passwordCommand }: DatabaseConfig,
    session: DatabaseSession,
  ) {
    this.#loginMs = passwordCommand === null ? LOGIN_INTERVAL_MS : COMMANDED_LOGIN_INTERVAL_MS
    const tell = (outcome: ProbeOutcome<NewConnectionFacts>) =>
      store.dispatch({ type: 'new-connection-tested', cluster, id, at: Date.now(), outcome })
    this.#tested = createPolledTarget({
      description: `new connections to ${id}`,
      read: (signal) => {
        const wantsCertificate = performance.now() >= this.#certificateAt
        return newConnectionProbe.read({ session, wantsCertificate }, signal)
      },
      onResult: (outcome) => this.#planNext(outcome, tell),
    })
    this.#login = createPolledTarget({
      description: `a login at ${id}`,
      read: (signal) => loginProbe.read({ session }, signal),
      onResult: (outcome) => {
        if (this.#planLogin(outcome)) store.dispatch({ type: 'logged-in-anew', cluster, id, at: Date.now(), outcome })
      },
    })
  }

  async poll(limits: TargetPollOptions): Promise<void> {
    this.#limits = limits
    this.#isPaused = false
    if (this.#isStopped || !this.#isRead) return
    const now = performance.now()
    await Promise.all([now >= this.#testAt ? this.#test() : null, now >= this.#loginAt ? this.#logIn(limits) : null])
  }

  saw(outcome: ProbeOutcome<DatabasePulse>): void {
    if (outcome.ok && !this.#isRead) {
      // The session has just logged in. What is told of a failed login waits for its own test.
      if (this.#loginMisses === 0) this.#loginAt = performance.now() + jittered(this.#loginMs)
      this.#testAt = performance.now() + NEW_CONNECTION_INTERVAL_MS * Math.random()
    }
    this.#isRead = outcome.ok
    if (!outcome.ok) return
    this.#everyMs = outcome.value.logsConnections ? LOGGED_CONNECTION_INTERVAL_MS : NEW_CONNECTION_INTERVAL_MS
  }

  pause(): void {
    this.#isPaused = true
    clearTimeout(this.#again)
  }

  stop(): void {
    this.#isStopped = true
    this.pause()
  }

  async #test(): Promise<void> {
    if (this.#isPaused || !this.#isRead || this.#limits === null) return
    clearTimeout(this.#again)
    await this.#tested.poll({ ...this.#limits, force: true })
  }

  async #logIn(limits: TargetPollOptions): Promise<void> {
    this.#loginAt = performance.now() + jittered(this.#loginMs)
    await this.#login.poll({ ...limits, force: true })
  }

  /** Returns whether the result is to be told. */
  #planLogin(outcome: ProbeOutcome<null>): boolean {
    const { misses, againMs, isTold } = afterLogin(this.#loginMisses, outcome)
    this.#loginMisses = misses
    if (againMs !== null) this.#loginAt = performance.now() + jittered(againMs)
    return isTold
  }

  #planNext(
    outcome: ProbeOutcome<NewConnectionFacts | null>,
    tell: (outcome: ProbeOutcome<NewConnectionFacts>) => void,
  ): void {
    this.#testAt = performance.now() + (outcome.ok ? this.#everyMs : RETEST_MS)
    // A database that went down meanwhile is reported as such.
    if (!this.#isRead || this.#isStopped) return
    if (!outcome.ok) {
      if (!this.#isPaused) this.#again = setTimeout(() => void this.#test(), RETEST_MS).unref()
      tell(outcome)
      return
    }
    const { value } = outcome
    if (value?.tls !== undefined) this.#certificateAt = performance.now() + CERTIFICATE_INTERVAL_MS
    if (value !== null) tell({ ok: true, value })
  }
}

function jittered(ms: number): number {
  return ms * (1 - JITTER * Math.random())
}
