// Finds the important events in PostgreSQL logs: starts, stops, promotions, lost connections, crashes.

import { clean } from '../values/text.ts'
import type { LogEntry, LogSettings } from './entries/entry.ts'
import { createLogReader, type LogReader } from './entries/log-reader.ts'
import type { LogMessageId } from './messages/english.ts'
import { logLanguage, messageIdOf } from './messages/recognize.ts'

interface LogHighlight {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly text: string
}

export interface LogHighlighter {
  /** A log file in chunks, cut at any place. */
  file(path: string): LogReader
  /** The events, the oldest first. */
  found(): readonly LogHighlight[]
  /** What could not be parsed, in sentences. */
  unread(): readonly string[]
}

const TELLING = new RegExp(
  [
    'database system (?:is|was) ',
    'received (?:promote|fast shutdown|smart shutdown|immediate shutdown) request',
    'selected new timeline ID',
    'archive recovery complete',
    'entering standby mode',
    'started streaming WAL',
    'replication terminated by primary',
    'could not (?:receive data from WAL stream|connect to the primary)',
    'requested (?:WAL segment|starting point) .* (?:removed|history)',
    'invalidating (?:obsolete )?replication slot|invalidating slot',
    'terminating (?:walsender|walreceiver)',
    'recovery (?:has )?paused',
    'insufficient parameter settings',
    'was terminated by signal|terminating any other active server processes',
    'No space left on device|out of memory',
    'too many clients already|remaining connection slots are reserved',
    'reloading configuration files|was not reloaded',
  ].join('|'),
)

const TELLING_IDS: ReadonlySet<LogMessageId> = new Set<LogMessageId>([
  ...(['starting', 'not-properly-shut-down', 'ready', 'shut-down', 'promote-request', 'shutdown-request'] as const),
  ...(['new-timeline', 'recovery-complete', 'standby-mode', 'streaming', 'replication-ended'] as const),
  ...(['wal-stream-lost', 'no-primary-connection', 'wal-removed', 'not-in-history', 'slot-invalidated'] as const),
  ...(['walsender-ended', 'walreceiver-timeout', 'walreceiver-told', 'recovery-paused'] as const),
  ...(['insufficient-settings', 'process-killed', 'others-ended', 'disk-full', 'out-of-memory'] as const),
  ...(['too-many-clients', 'reload', 'not-reloaded'] as const),
])

/** Entries with the same words within this time count as one. */
const TOGETHER_MS = 60_000
const MOST = 300

interface Seen {
  readonly at: number
  readonly text: string
  last: number
  times: number
}

interface Unread {
  readonly path: string
  entries: number
  untimed: number
  loose: number
}

/** Reads entries since an instant in milliseconds. The text must be redacted already. */
export function createLogHighlighter(since: number, settings: LogSettings): LogHighlighter {
  const language = logLanguage(settings.messages)
  const seen = new Map<string, Seen>()
  const entries: Seen[] = []
  const files: Unread[] = []
  const isTelling = ({ severity, message }: LogEntry) => {
    if (severity === 'PANIC' || TELLING.test(message)) return true
    const id = messageIdOf(message, language)
    return id !== null && TELLING_IDS.has(id)
  }
  const note = (entry: LogEntry, at: number) => {
    const text = clean(entry.message.split('\n')[0]?.trim() ?? '').slice(0, 300)
    if (text === '' || at < since) return
    const before = seen.get(text)
    if (before && Math.abs(at - before.last) <= TOGETHER_MS) {
      // A server may write each line to two logs.
      if (at !== before.last) before.times += 1
      before.last = at
    } else if (entries.length < MOST) {
      const first = { at, text, last: at, times: 1 }
      seen.set(text, first)
      entries.push(first)
    }
  }
  return {
    file(path) {
      const file: Unread = { path, entries: 0, untimed: 0, loose: 0 }
      files.push(file)
      const onEntry = (entry: LogEntry) => {
        file.entries += 1
        if (entry.at === null) file.untimed += 1
        else if (isTelling(entry)) note(entry, entry.at)
      }
      const onLooseLine = () => {
        file.loose += 1
      }
      return createLogReader({ settings, onEntry, onLooseLine })
    },
    found() {
      const told = entries.map(({ at, text, times }) => ({ at, text: times > 1 ? `${text} (${times} times)` : text }))
      return told.sort((a, b) => a.at - b.at)
    },
    unread() {
      const untold = files.flatMap(unreadText)
      if (language.isKnown || !files.some((file) => file.entries > 0)) return untold
      const name = clean(settings.messages ?? '')
      return [
        ...untold,
        `messages are in ${name} (lc_messages), which pgdeck does not read: only PANIC is in the timeline`,
      ]
    },
  }
}

/** A file counts as a server's log only by its entries or by its name. */
function unreadText({ path, entries, untimed, loose }: Unread): readonly string[] {
  const name = clean(path)
  const count = (lines: number) => `${lines} ${lines === 1 ? 'line' : 'lines'} of ${name} could not be read`
  const time = 'no time, or one whose zone is unknown, stands before the message (log_line_prefix, log_timezone)'
  if (untimed > 0) return [`${count(untimed)}: ${time}`]
  const isLog = /postgresql[^/]*$/.test(path)
  return entries === 0 && loose > 0 && isLog ? [`${count(loose)}: they are in none of the formats of PostgreSQL`] : []
}
