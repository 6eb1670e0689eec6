// Finds the causes of broken replication in a server log: the last message of the walreceiver, or of the upstream about
// that standby.

import type { LogEntry } from '../logs/entries/entry.ts'
import type { LogMessageId } from '../logs/messages/english.ts'
import { LOG_WORD_MEANINGS, messageFinder, messageIdOf } from '../logs/messages/recognize.ts'
import type { CauseId } from './causes.ts'
import { logExcerpt } from './log-excerpt.ts'

/** An entry that names a cause. */
export interface LogCause {
  readonly cause: CauseId
  /** The message alone, without the prefix of the line. */
  readonly text: string
  /** When it was written, in milliseconds since the epoch; null: the line has no time, or one of an unknown zone. */
  readonly at: number | null
}

/** The messages of walreceiver and of libpq in it, in the words of PostgreSQL 14 to 18 (lc_messages in English). */
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

/** The same in any language. Of several that an entry has, the first here counts. */
const BY_MESSAGE: readonly (readonly [LogMessageId, CauseId])[] = [
  ['replication-hba', 'replication-hba'],
  ['login-failed', 'replication-credentials'],
  ['other-system', 'other-system'],
  ['not-in-history', 'timeline-fork'],
  ['not-a-child', 'timeline-fork'],
  ['slot-invalidated', 'slot-lost'],
  ['slot-missing', 'slot-missing'],
  ['slot-in-use', 'slot-in-use'],
  ['wal-removed', 'wal-removed'],
  ['too-many-clients', 'senders-exhausted'],
  ['senders-used', 'senders-exhausted'],
  ['not-accepting', 'source-down'],
  ['replication-network', 'replication-network'],
  ['walreceiver-timeout', 'replication-network'],
]

const idsOfCauses = messageFinder(new Set(BY_MESSAGE.map(([id]) => id)))

/** Where neither says it: SQLSTATE, which has no language. */
const BY_STATE: Readonly<Record<string, CauseId>> = {
  '28P01': 'replication-credentials',
  '53300': 'senders-exhausted',
  '57P03': 'source-down',
}

/** A process that is told to end says so too; its own end is no trouble of the link. */
const NO_TROUBLE = /due to administrator command|terminated by administrator|received .* shutdown request/i
const ENDED: ReadonlySet<LogMessageId> = new Set<LogMessageId>(['walreceiver-told', 'shutdown-request'])

/** The last word of a standby's log about its source; null when it streams since, or nothing is said. Newest entries last. */
export function standbyLogCause(entries: readonly LogEntry[]): LogCause | null {
  for (const entry of entries.toReversed()) {
    const id = messageIdOf(entry.message)
    if (id === 'streaming') return null
    if (NO_TROUBLE.test(entry.message) || (id !== null && ENDED.has(id))) continue
    const cause =
      causeIn(entry) ?? (id === 'no-primary-connection' && !quotesServer(entry) ? 'replication-network' : null)
    if (cause !== null) return { cause, text: messageText(entry), at: entry.at }
  }
  return null
}

/**
 * The last word of the source's log about the connections of one role since then (milliseconds since the epoch): it names no host
 * names, so the role must do. A standby tries again every few seconds, so what was said long ago is of another trouble.
 */
export function upstreamLogCause(entries: readonly LogEntry[], user: string, since: number): LogCause | null {
  const entry = entries.findLast((one) => (one.at ?? since) >= since && isAbout(one, user) && causeIn(one) !== null)
  const cause = entry === undefined ? null : causeIn(entry)
  return entry === undefined || cause === null ? null : { cause, text: messageText(entry), at: entry.at }
}

/** The last words that say that the disk is full; null when there are none. */
export function diskFullLogLine(entries: readonly LogEntry[]): string | null {
  const entry = entries.findLast((one) => /No space left on device/.test(one.message) || one.sqlState === '53100')
  return entry === undefined ? null : messageText(entry)
}

/** The last error of a log, whatever it is; null when there is none. */
export function lastErrorText(entries: readonly LogEntry[]): string | null {
  const entry = entries.findLast(({ severity }) => severity === 'PANIC' || severity === 'FATAL' || severity === 'ERROR')
  return entry === undefined ? null : messageText(entry)
}

function causeIn({ message, sqlState }: LogEntry): CauseId | null {
  const english = OF_STANDBY.find(([words]) => words.test(message))?.[1]
  if (english) return english
  const ids = idsOfCauses(message)
  return BY_MESSAGE.find(([id]) => ids.has(id))?.[1] ?? BY_STATE[sqlState ?? ''] ?? null
}

/** Names stand in the quotes of the language: "app", »app«, « app ». */
function isAbout({ user, message }: LogEntry, name: string): boolean {
  if (user !== null && user.trim() === name) return true
  return ['"', '»', '«', '“', '„', "'", ' ', '\u00a0'].some((quote) => {
    const at = message.indexOf(`${quote}${name}`)
    return at >= 0 && !/[\p{L}\p{N}_]/u.test(message[at + quote.length + name.length] ?? '')
  })
}

/** Whether the source itself answered: then it is no matter of the network. */
function quotesServer({ message }: LogEntry): boolean {
  return [...message.matchAll(/([^\s:]+) ?: {2}/g)].some(([, word = '']) => LOG_WORD_MEANINGS.has(word))
}

function messageText({ message, detail }: Pick<LogEntry, 'message' | 'detail'>): string {
  return logExcerpt(message, detail?.includes('\n') ? null : detail)
}
