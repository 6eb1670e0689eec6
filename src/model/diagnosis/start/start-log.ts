// What the end of a log says of the last start or stop of a server that is down.

import type { LogEntry } from '../../logs/entries/entry.ts'
import type { LogTail } from '../../logs/entries/log-tail.ts'
import type { LogMessageId } from '../../logs/messages/english.ts'
import { messageFinder, messageIdOf, messageIdsIn } from '../../logs/messages/recognize.ts'
import { logExcerpt } from '../log-excerpt.ts'
import { START_CAUSES } from './start-causes.ts'

/** The last that a server said before it was gone. */
export type LastWords =
  /** It gave up. `id` is null for a message that is not known. */
  | { readonly kind: 'gave-up'; readonly id: LogMessageId | null; readonly text: string; readonly at: number | null }
  /** It was told to stop. */
  | { readonly kind: 'told-to-stop'; readonly text: string; readonly at: number | null }

interface Known {
  readonly entry: LogEntry
  readonly ids: ReadonlySet<LogMessageId>
}

/** A start that gives up writes before its log is open, too: such lines begin with the name of the program. */
const PROGRAM = /^(?:postgres|postmaster|\S*\/postgres): |^"root" execution/

/** Of the last start, or of the run after it; null: nothing in it tells. */
export function lastWords({ entries, loose }: LogTail): LastWords | null {
  const own = entries.map((entry) => ({ entry, ids: idsOf(entry) }))
  const ready = own.findLastIndex(({ ids }) => ids.has('ready'))
  const told = own.findLastIndex(({ ids }) => ids.has('shutdown-request'))
  const since = own.slice(Math.max(ready, told) + 1)
  const words = gaveUp(since) ?? outside(loose)
  if (words) return words
  // Sessions that fail while it runs, or while it stops, say nothing of its end.
  const down = since.findIndex(({ ids }) => ids.has('shut-down'))
  const starting = told > ready ? since.slice(down < 0 ? since.length : down + 1) : ready < 0 ? since : []
  const last = starting.findLast(isFatal) ?? since.findLast(({ entry }) => entry.severity === 'PANIC')
  if (last) return { kind: 'gave-up', id: null, text: textOf(last.entry), at: last.entry.at }
  const request = told > ready ? own[told]?.entry : undefined
  return request ? { kind: 'told-to-stop', text: textOf(request), at: request.at } : null
}

function isFatal({ entry }: Known): boolean {
  return entry.severity === 'FATAL' || entry.severity === 'PANIC'
}

function gaveUp(since: readonly Known[]): LastWords | null {
  for (const { id } of START_CAUSES) {
    const found = since.findLast((one) => one.ids.has(id) && isGrave(one.entry))
    if (found) return { kind: 'gave-up', id, text: textOf(found.entry), at: found.entry.at }
  }
  return null
}

/** What a session says is an ERROR, or has a user; a start says all else. */
function isGrave({ severity, user }: LogEntry): boolean {
  return user === null && (severity === 'FATAL' || severity === 'PANIC' || severity === 'LOG' || severity === 'WARNING')
}

function idsOf({ message, hint, detail }: LogEntry): ReadonlySet<LogMessageId> {
  const own = messageIdOf(message)
  const quoted = anywhereIn(message)
  const more = [hint, detail].flatMap((text) => (text === null ? [] : (messageIdOf(text) ?? [])))
  return new Set([...(own === null ? [] : [own]), ...quoted, ...more])
}

/** Reasons that the operating system gives, at the end of a message. */
const anywhereIn = messageFinder(new Set<LogMessageId>(['disk-full', 'address-in-use', 'address-unknown']))

function outside(loose: readonly string[]): LastWords | null {
  const line = loose.findLast((each) => PROGRAM.test(each))
  if (line === undefined) return null
  const ids = messageIdsIn(line)
  const id = START_CAUSES.find((cause) => ids.has(cause.id))?.id ?? null
  return { kind: 'gave-up', id, text: logExcerpt(line), at: null }
}

function textOf({ message, detail }: LogEntry): string {
  return logExcerpt(message, detail)
}
