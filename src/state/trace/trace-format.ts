// The lines of a trace: one that says what was watched, then one for each event, as JSON without secrets.

import { redact, redactAll } from '../../model/logs/redact.ts'
import type { Event } from '../event.ts'
import type { InitialStateOptions } from '../initial-state.ts'
import { fromPlain, toPlain } from './trace-values.ts'

const FORMAT = 'pgdeck-trace'
/** Goes up where an older reader would read a trace wrongly. */
const VERSION = 1

/** The first line: what the store began with. */
export interface TraceHead {
  /** Versions of pgdeck and Node, and the system: `linux x64`. */
  readonly pgdeck: string
  readonly node: string
  readonly system: string
  /** Times on the screen are of this zone: `Europe/Berlin`. */
  readonly timeZone: string
  readonly initial: InitialStateOptions
}

/** Any other line. `at` is in milliseconds since the epoch, by the clock of the program that was traced. */
export type TraceEntry =
  | { readonly at: number; readonly event: Event }
  | { readonly at: number; readonly size: { readonly columns: number; readonly rows: number } }
  /** The last line of a trace that could not go on: why. */
  | { readonly at: number; readonly cut: string }

export interface Trace {
  readonly head: TraceHead
  readonly entries: readonly TraceEntry[]
  /** The last line is not whole: the program was ended while it wrote. */
  readonly isTorn: boolean
}

/** A file that is no trace, or of which a line can't be read. */
export class TraceError extends Error {}

/** The first line of a trace, with its line break. */
export function traceHeadLine(head: TraceHead): string {
  return lineOf({ format: FORMAT, version: VERSION, ...head })
}

/** A line of a trace, with its line break. Secrets in its texts are taken out; what is being typed is masked. */
export function traceLine(entry: TraceEntry): string {
  return lineOf('event' in entry ? { at: entry.at, event: withoutTyped(entry.event) } : entry)
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(redactAll(toPlain(value)))}\n`
}

/** Half a secret has no shape yet that could be found: of what is being typed only short words are kept. */
const HARMLESS = /^[\w .-]{0,16}$/

function withoutTyped(event: Event): Event {
  if (event.type !== 'typed' && event.type !== 'action-typed') return event
  const { text } = event
  return HARMLESS.test(text) && redact(text) === text ? event : { ...event, text: '•'.repeat([...text].length) }
}

/** The trace in a text. Throws TraceError. A last line that is not whole is left out. */
export function parseTrace(text: string): Trace {
  const lines = text.split('\n')
  // After the last line break there is nothing, or what was being written.
  const rest = lines.pop() ?? ''
  const [first, ...others] = lines.map((line, index) => parsedLine(line, index + 1))
  const entries = others.map((line, index) => entryOf(line, index + 2))
  return { head: headOf(first), entries: withSharedRequests(entries), isTorn: rest !== '' }
}

function parsedLine(line: string, number: number): unknown {
  try {
    return fromPlain(JSON.parse(line))
  } catch {
    throw new TraceError(`line ${number} is not JSON`)
  }
}

function headOf(line: unknown): TraceHead {
  const head = line as Partial<TraceHead & { readonly format: string; readonly version: number }> | null | undefined
  if (head?.format !== FORMAT || !head.initial) throw new TraceError('this is not a trace of pgdeck')
  if (head.version !== VERSION)
    throw new TraceError(`this trace has version ${head.version}, but this pgdeck reads version ${VERSION}`)
  return head as TraceHead
}

function entryOf(line: unknown, number: number): TraceEntry {
  const entry = line as { readonly at?: unknown; readonly event?: { readonly type?: unknown } } | null
  const isEntry = typeof entry?.at === 'number' && Number.isFinite(entry.at)
  if (!isEntry || (entry.event !== undefined && typeof entry.event?.type !== 'string'))
    throw new TraceError(`line ${number} is not a line of a trace`)
  return entry as TraceEntry
}

/** A plan is shown to whoever asked for it: the two events hold the same object, which JSON does not say. */
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
