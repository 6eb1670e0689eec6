// What a server shows on new connections, which an open session does not: whether it accepts them, and lets us log in.

import { isUnreachable } from '../../values/fault.ts'
import { failedReading, freshReading, PENDING, type ProbeOutcome, type Reading } from '../../values/reading.ts'
import type { TlsFacts } from './certificate-facts.ts'

/** The answer of a server on a new connection without a login. */
export interface NewConnectionFacts {
  /** The address that answered; null through a Unix socket. */
  readonly address: string | null
  /** Milliseconds to its answer, the connection included. */
  readonly answerMs: number
  /** Its certificate; null: the server offers no TLS. Absent: not asked for this time. */
  readonly tls?: TlsFacts | null
  /** Why the TLS handshake failed after the server had offered TLS. Absent: it did not, or there was none. */
  readonly tlsProblem?: string
}

/** What is known of new connections to a database. */
export interface NewConnectionRecord {
  readonly reading: Reading<NewConnectionFacts>
  /** Failed tests in a row. */
  readonly misses: number
  /** The last certificate that was shown; absent: none yet. */
  readonly tls?: TlsFacts
}

/** How often a new connection is tested. */
export const NEW_CONNECTION_INTERVAL_MS = 10_000
/** The same where log_connections writes a line for each. */
export const LOGGED_CONNECTION_INTERVAL_MS = 30_000
/** How often the handshake is finished for the certificate. */
export const CERTIFICATE_INTERVAL_MS = 60_000
/** How soon a failed test is repeated. */
export const RETEST_MS = 2_000
/** How often pgdeck logs in anew. */
export const LOGIN_INTERVAL_MS = 5 * 60_000
/** The same where a program prints the password. */
export const COMMANDED_LOGIN_INTERVAL_MS = 60 * 60_000
/** How soon a login that failed is repeated: an alert must not outlast its cause for long. */
const LOGIN_RETEST_MS = 30_000
/** From so many failed tests in a row on, a server takes no new connections: one may be lost on its way. */
export const MISSES_TO_TELL = 2

/** The record after one more test at `at`, in milliseconds since the epoch. The last certificate that was shown stays. */
export function afterConnectionTest(
  before: NewConnectionRecord | undefined,
  outcome: ProbeOutcome<NewConnectionFacts>,
  at: number,
): NewConnectionRecord {
  const { reading = PENDING, misses = 0, tls: known = null } = before ?? {}
  const shown = outcome.ok ? outcome.value.tls : undefined
  const tls = shown === undefined ? known : shown
  return {
    reading: outcome.ok ? freshReading(outcome.value, at) : failedReading(reading, outcome.fault, at),
    misses: outcome.ok ? 0 : misses + 1,
    ...(tls === null ? {} : { tls }),
  }
}

/** What follows from one more login anew; `misses`: those in a row that failed before. */
export function afterLogin(
  misses: number,
  outcome: ProbeOutcome<null>,
): {
  readonly misses: number
  /** When it is repeated, in milliseconds; null: at its usual interval. */
  readonly againMs: number | null
  /** One that got no answer may have been lost on its way. */
  readonly isTold: boolean
} {
  if (outcome.ok) return { misses: 0, againMs: null, isTold: true }
  const { fault } = outcome
  return {
    misses: misses + 1,
    // Directories lock an account after some wrong passwords.
    againMs: fault.code === 'auth' ? LOGIN_INTERVAL_MS : LOGIN_RETEST_MS,
    isTold: misses + 1 >= MISSES_TO_TELL || !isUnreachable(fault),
  }
}
