// The lines of a trace as JSON without secrets: one with the watched clusters, then one for each event.

import { redactAll } from '../../model/logs/redact.ts'
import type { Event } from '../event.ts'
import type { InitialStateOptions } from '../initial-state.ts'
import { decodeEvent, encodeEvent } from './event-codec.ts'
import { fromPlain, toPlain } from './trace-values.ts'

const FORMAT = 'pgdeck-trace'
/** Increased when an older reader would misread a trace. */
const VERSION = 2

/** The first line: the initial state of the store. */
export interface TraceHead {
  /** Versions of pgdeck and Node, and the system: `linux x64`. */
  readonly pgdeck: string
  readonly node: string
  readonly system: string
  /** The time zone of times on the screen: `Europe/Berlin`. */
  readonly timeZone: string
  readonly initial: InitialStateOptions
}

/** Any other line. `at` is in milliseconds since the epoch, by the clock of the program that was traced. */
export type TraceEntry =
  | { readonly at: number; readonly event: Event }
  | { readonly at: number; readonly size: { readonly columns: number; readonly rows: number } }
  /** The last line of a trace that could not continue, with the reason. */
  | { readonly at: number; readonly cut: string }

export interface Trace {
  readonly head: TraceHead
  readonly entries: readonly TraceEntry[]
  /** The last line is incomplete: the program ended while it wrote. */
  readonly isTorn: boolean
}

/** The file is not a trace, or one of its lines can't be read. */
export class TraceError extends Error {}

/** The first line of a trace, with its line break. */
export function traceHeadLine(head: TraceHead): string {
  return lineOf({ format: FORMAT, version: VERSION, ...head })
}

/** Returns a line of a trace with its line break. Secrets are removed; text that is being typed is masked. */
export function traceLine(entry: TraceEntry): string {
  return 'event' in entry ? `${JSON.stringify({ at: entry.at, event: encodeEvent(entry.event) })}\n` : lineOf(entry)
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(redactAll(toPlain(value)))}\n`
}

/** Parses a trace. Throws TraceError. An incomplete last line is left out. */
export function parseTrace(text: string): Trace {
  const lines = text.split('\n')
  // After the last line break comes nothing, or an incomplete line.
  const rest = lines.pop() ?? ''
  const [first, ...others] = lines.map((line, index) => parsedLine(line, index + 1))
  const head = headOf(first)
  const entries = others.map((line, index) => entryOf(line, index + 2))
  return { head, entries: withSharedRequests(entries), isTorn: rest !== '' }
}

function parsedLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new TraceError(`line ${number} is not JSON`)
  }
}

function headOf(line: unknown): TraceHead {
  const head = fromPlain(line) as
    | Partial<TraceHead & { readonly format: string; readonly version: number }>
    | null
    | undefined
  if (head?.format !== FORMAT || !head.initial) throw new TraceError('this is not a trace of pgdeck')
  if (head.version !== VERSION && head.version !== 1)
    throw new TraceError(`this trace has version ${head.version}, but this pgdeck reads versions 1 and ${VERSION}`)
  return head as TraceHead
}

function entryOf(line: unknown, number: number): TraceEntry {
  const entry = line as { readonly at?: unknown; readonly event?: unknown } | null
  const isEntry = typeof entry?.at === 'number' && Number.isFinite(entry.at)
  const event = isEntry && entry.event !== undefined ? decodeEvent(entry.event) : null
  if (!isEntry || (entry.event !== undefined && event === null))
    throw new TraceError(`line ${number} is not a line of a trace`)
  return event === null ? (fromPlain(entry) as TraceEntry) : { at: entry.at as number, event }
}

/** A plan is shown to the user who asked for it: two events hold the same object, which JSON does not express. */
function withSharedRequests(entries: readonly TraceEntry[]): readonly TraceEntry[] {
  let asked: Extract<Event, { type: 'action-planning' }>['asked'] | null = null
  return entries.map((entry) => {
    if (!('event' in entry)) return entry
    const { event } = entry
    if (event.type === 'action-planning') asked = event.asked
    if (event.type !== 'action-planned' || asked === null) return entry
    const isSame = JSON.stringify(event.asked) === JSON.stringify(asked)
    return isSame ? { ...entry, event: { ...event, asked } } : entry
  })
}
