// The lines of a PostgreSQL log that tell what a server went through: starts, stops, promotions, lost connections, crashes.

import { clean } from '../values/text.ts'

interface LogHighlight {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly text: string
}

export interface LogHighlighter {
  /** The next part of a log, cut anywhere. */
  push(part: string): void
  /** What was found, the oldest first. */
  found(): readonly LogHighlight[]
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
    'PANIC[:,]',
  ].join('|'),
)
/** Only a time whose zone is certain can stand in a timeline: abbreviations such as CST mean several. */
const TIME = /(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?) ?(UTC|GMT|Z|[+-]\d{2}(?::?\d{2})?)(?![\w:])/
const MESSAGE =
  /\b(?:LOG|FATAL|PANIC|ERROR|WARNING): {1,2}(.*)$|\b(?:LOG|FATAL|PANIC|ERROR|WARNING),\w{5},"((?:[^"]|"")*)"/

/** A line that is longer has nothing that is looked for at its end. */
const LONGEST = 4_000
/** The same words within this time are one entry. */
const TOGETHER_MS = 60_000
const MOST = 300

interface Seen {
  readonly at: number
  readonly text: string
  last: number
  times: number
}

/** Of lines since an instant in milliseconds. Secrets must have been taken out of the text already. */
export function createLogHighlighter(since: number): LogHighlighter {
  const seen = new Map<string, Seen>()
  const entries: Seen[] = []
  let rest = ''
  const look = (line: string) => {
    if (!TELLING.test(line)) return
    const [, day, time, zone] = TIME.exec(line.slice(0, 200)) ?? []
    const [, plain, quoted] = MESSAGE.exec(line) ?? []
    const text = clean((plain ?? quoted?.replaceAll('""', '"') ?? '').trim()).slice(0, 300)
    const at = Date.parse(`${day}T${time}${zoneText(zone ?? '')}`)
    if (text === '' || Number.isNaN(at) || at < since) return
    const before = seen.get(text)
    if (before && Math.abs(at - before.last) <= TOGETHER_MS) {
      // A server may write each line to two logs.
      if (at !== before.last) before.times += 1
      before.last = at
    } else if (entries.length < MOST) {
      const entry = { at, text, last: at, times: 1 }
      seen.set(text, entry)
      entries.push(entry)
    }
  }
  return {
    push(part) {
      const lines = (rest + part).split('\n')
      rest = lines.pop()?.slice(-LONGEST) ?? ''
      for (const line of lines) look(line.slice(0, LONGEST))
    },
    found() {
      look(rest)
      rest = ''
      const told = entries.map(({ at, text, times }) => ({ at, text: times > 1 ? `${text} (${times} times)` : text }))
      return told.sort((a, b) => a.at - b.at)
    },
  }
}

function zoneText(zone: string): string {
  if (!/^[+-]/.test(zone)) return 'Z'
  return zone.length === 3 ? `${zone}:00` : `${zone.slice(0, 3)}:${zone.slice(-2)}`
}
