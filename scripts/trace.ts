// Replays a trace that was written with `pgdeck --trace`: prints the screen at a moment, every screen that differs from the
// one before, or the events.
//
//   npm run trace -- trace.jsonl --list
//   npm run trace -- trace.jsonl --at 12s --size 120x40

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { clean } from '../src/model/values/text.ts'
import { parseDuration } from '../src/model/values/units.ts'
import type { State } from '../src/state/state.ts'
import { replayTrace, traceSizeAt } from '../src/state/trace/replay.ts'
import { parseTrace, type Trace, type TraceEntry, TraceError } from '../src/state/trace/trace-format.ts'
import { UNICODE_GLYPHS } from '../src/ui/frame/format/glyphs.ts'
import { frame } from '../src/ui/frame/screen.ts'

const USAGE = `usage: npm run trace -- FILE [--at MOMENT] [--size 120x40] [--list]

  --at    the screen at this moment: since the start (12s, 1m30s), or a time (2026-11-22T14:32:07Z)
  --size  of the terminal; default: what the trace says, else 120x40
  --list  the events with their times, instead of screens
`

interface Size {
  readonly columns: number
  readonly rows: number
}

interface Asked {
  readonly at: string | undefined
  readonly size: Size | null
  readonly list: boolean
}

/** What the script prints for the text of a trace. Throws TraceError for what can't be read or was asked wrongly. */
export function replayed(text: string, { at, size, list }: Asked): string {
  const trace = parseTrace(text)
  // Times on the screen are those that the user saw.
  process.env.TZ = trace.head.timeZone
  const end = trace.isTorn ? 'the last line is not whole and was left out\n' : ''
  if (list) return listed(trace) + end
  if (at !== undefined) {
    const until = momentOf(at, trace)
    return `${headline(trace, until)}\n${screenText(replayTrace(trace, { until }), sizeOf(trace, until, size))}\n`
  }
  return distinctScreens(trace, size) + end
}

function listed(trace: Trace): string {
  const { pgdeck, node, system, timeZone } = trace.head
  const lines = trace.entries.map((entry) => `${sinceStart(trace, entry.at)}  ${described(entry)}`)
  return `${[`pgdeck ${pgdeck}, Node ${node}, ${system}, ${timeZone}`, ...lines].map(clean).join('\n')}\n`
}

function described(entry: TraceEntry): string {
  if ('cut' in entry) return `cut: ${entry.cut}`
  if ('size' in entry) return `size ${entry.size.columns}x${entry.size.rows}`
  const event: Readonly<Record<string, unknown>> = { ...entry.event }
  const words = Object.entries(event).flatMap(([name, value]) => {
    if (name === 'outcome') return [outcomeOf(value)]
    return name !== 'at' && ['string', 'number', 'boolean'].includes(typeof value) ? [String(value)] : []
  })
  return words.join(' ')
}

function outcomeOf(outcome: unknown): string {
  const { ok, fault } = outcome as { readonly ok: boolean; readonly fault?: { readonly code: string } }
  return ok ? 'ok' : (fault?.code ?? 'failed')
}

/** One below the other, each under its moment. */
function distinctScreens(trace: Trace, size: Size | null): string {
  const screens: string[] = []
  let before = ''
  replayTrace(trace, {
    onPublished: (state, at) => {
      const text = screenText(state, sizeOf(trace, at, size))
      if (text !== before) screens.push(`${headline(trace, at)}\n${text}\n`)
      before = text
    },
  })
  return screens.join('\n')
}

function screenText(state: State, size: Size): string {
  const lines = frame(state, { ...size, glyphs: UNICODE_GLYPHS }, [])
  // A trace comes from somebody else: what it says must not reach the terminal as commands.
  return lines.map((line) => clean(line.map(({ text }) => text).join('')).trimEnd()).join('\n')
}

function headline(trace: Trace, at: number): string {
  return `── ${sinceStart(trace, at)}  ${new Date(at).toISOString()}`
}

function sinceStart({ head }: Trace, at: number): string {
  return `${((at - head.initial.now) / 1_000).toFixed(3)}s`
}

function sizeOf(trace: Trace, at: number, given: Size | null): Size {
  return given ?? traceSizeAt(trace, at) ?? { columns: 120, rows: 40 }
}

function momentOf(text: string, { head }: Trace): number {
  const seconds = /^\d+(?:\.\d+)?s?$/.exec(text)
  const since = seconds ? Number.parseFloat(text) * 1_000 : parseDuration(text)
  const at = since === null ? Date.parse(text) : head.initial.now + since
  if (Number.isFinite(at)) return at
  throw new TraceError(`--at ${clean(text)}: allowed are 12.5s, 1m30s and 2026-11-22T14:32:07Z`)
}

function parsedSize(text: string | undefined): Size | null {
  if (text === undefined) return null
  const [, columns, rows] = /^(\d+)x(\d+)$/.exec(text) ?? []
  if (columns === undefined || rows === undefined) throw new TraceError(`--size ${clean(text)}: allowed is 120x40`)
  return { columns: Number(columns), rows: Number(rows) }
}

function main(): void {
  const { values, positionals } = parseArgs({
    options: { at: { type: 'string' }, size: { type: 'string' }, list: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined) throw new TraceError(USAGE)
  process.stdout.write(
    replayed(readFileSync(resolve(process.env.INIT_CWD ?? '.', file), 'utf8'), {
      ...values,
      at: values.at,
      size: parsedSize(values.size),
    }),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main()
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
