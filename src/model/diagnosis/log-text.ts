// Finds the causes of broken replication in a server log: the last message of the walreceiver, or of the upstream about
// that standby.

import { clean } from '../values/text.ts'
import type { CauseId } from './causes.ts'

/** A line that indicates a cause. */
export interface LogCause {
  readonly cause: CauseId
  /** The message alone, without the prefix of the line. */
  readonly text: string
  /** When it was written, in milliseconds since the epoch; null if the line does not begin with a time. */
  readonly at: number | null
}

const STREAMS = /started streaming WAL from primary/

/** The messages of walreceiver and of libpq in it, in the words of PostgreSQL 13 to 18 (lc_messages in English). */
const OF_STANDBY: readonly (readonly [RegExp, CauseId])[] = [
  [/no pg_hba\.conf entry for replication connection|pg_hba\.conf rejects replication connection/, 'replication-hba'],
  [
    /password authentication failed|no password supplied|role ".*" does not exist|not permitted to log in|superuser or replication role|permission denied to start WAL sender|authentication failed for user/,
    'replication-credentials',
  ],
  [/database system identifier differs/, 'other-system'],
  [
    /is not in this server's history|forked off current database system timeline|highest timeline \d+ of the primary is behind recovery timeline|requested timeline \d+ is not a child of/,
    'timeline-fork',
  ],
  [
    /can no longer (?:get changes from|access|be used).*slot|slot has been invalidated|slot ".*" (?:was|has been) invalidated/i,
    'slot-lost',
  ],
  [/replication slot ".*" does not exist/, 'slot-missing'],
  [/replication slot ".*" is active for PID/, 'slot-in-use'],
  [/requested WAL segment \S+ has already been removed/, 'wal-removed'],
  [
    /too many clients|remaining connection slots|exceeds "?max_wal_senders|all replication slots are in use/i,
    'senders-exhausted',
  ],
  [/the database system is (?:starting up|shutting down|not yet accepting)|not accepting connections/, 'source-down'],
  [
    /could not translate host name|timeout expired|timed out|No route to host|Network is unreachable|Connection refused|terminating walreceiver due to timeout|could not receive data|server closed the connection unexpectedly/i,
    'replication-network',
  ],
]

/** A process that is terminated also logs that; it is no problem of the link. */
const NO_TROUBLE = /due to administrator command|terminated by administrator|received .* shutdown request/i

/**
 * The last message of a standby's log about its upstream; null if it streams since, or without a message. Newest lines
 * last.
 */
export function standbyLogCause(lines: readonly string[]): LogCause | null {
  for (const line of lines.toReversed()) {
    if (STREAMS.test(line)) return null
    const cause = NO_TROUBLE.test(line) ? null : causeIn(line)
    if (cause !== null) return { cause, text: messageOf(line), at: timeOf(line) }
  }
  return null
}

/**
 * The last message of the upstream's log about connections of one role. It has no host names, so the role must suffice.
 */
export function upstreamLogCause(lines: readonly string[], user: string): LogCause | null {
  const about = [`user "${user}"`, `role "${user}"`]
  const line = lines.findLast((one) => about.some((words) => one.includes(words)) && causeIn(one) !== null)
  const cause = line === undefined ? null : causeIn(line)
  return line === undefined || cause === null ? null : { cause, text: messageOf(line), at: timeOf(line) }
}

/** The last line about a full disk; null if there is none. */
export function diskFullLogLine(lines: readonly string[]): string | null {
  const line = lines.findLast((one) => /No space left on device/.test(one))
  return line === undefined ? null : messageOf(line)
}

function causeIn(line: string): CauseId | null {
  return OF_STANDBY.find(([words]) => words.test(line))?.[1] ?? null
}

function messageOf(line: string): string {
  const message = /(?:FATAL|ERROR|LOG|PANIC|WARNING|DETAIL):\s+(.*)$/.exec(line)?.[1] ?? line
  return clean(message.replace(/password=\S+/g, 'password=…')).slice(0, 300)
}

/** `%m` and `%t` of log_line_prefix in UTC or with an offset. Other zones are abbreviations that can't be computed. */
function timeOf(line: string): number | null {
  const [, day, time, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (UTC|GMT)/.exec(line) ?? []
  if (day === undefined || time === undefined || zone === undefined) return null
  const at = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(at) ? null : at
}
