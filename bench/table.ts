// The figures of a run as text: a table, and each budget with what was found.

import type { Behind } from './behind.ts'
import type { BenchFindings, BenchResult } from './run.ts'

const number = (value: number | null | undefined, digits = 0) =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)

const COLUMNS: readonly (readonly [string, (result: BenchResult) => string])[] = [
  ['program', ({ name }) => name],
  ['databases', ({ databases }) => String(databases)],
  ['start ms (p95)', ({ startMs }) => `${number(startMs?.median)} (${number(startMs?.p95)})`],
  [
    'CPU s/min quiet / busy',
    ({ quiet, busy }) => `${number(quiet?.cpuSecondsPerMinute, 2)} / ${number(busy?.cpuSecondsPerMinute, 2)}`,
  ],
  [
    'bytes per refresh quiet / busy',
    ({ quiet, busy }) => `${number(quiet?.bytesPerRefresh)} / ${number(busy?.bytesPerRefresh)}`,
  ],
  ['RSS MB', ({ quiet, busy }) => number(busy?.residentMb ?? quiet?.residentMb)],
  ['key ms (p95)', ({ keys }) => `${number(keys?.firstByteMs.median, 1)} (${number(keys?.firstByteMs.p95, 1)})`],
  ['settled ms (p95)', ({ keys }) => `${number(keys?.settledMs.median, 1)} (${number(keys?.settledMs.p95, 1)})`],
  ['statements', ({ server }) => number(server?.statementsPerPoll, 1)],
  ['server ms', ({ server }) => number(server?.serverMsPerPoll, 2)],
  ['new connections', ({ server }) => number(server?.newConnectionsPerPoll, 1)],
]

const FAR: readonly (readonly [string, (found: Behind) => string])[] = [
  ['behind 50 ms', ({ name }) => name],
  ['databases', ({ databases }) => String(databases)],
  ['start ms (p95)', ({ startMs }) => `${number(startMs.median)} (${number(startMs.p95)})`],
  ['key ms (p95)', ({ keys }) => `${number(keys?.firstByteMs.median, 1)} (${number(keys?.firstByteMs.p95, 1)})`],
  ['round trips', ({ roundTripsPerPoll }) => number(roundTripsPerPoll, 2)],
  ['new connections', ({ connectionsPerPoll }) => number(connectionsPerPoll, 2)],
]

/** One row per kind of program, several of which share the work; statements, time and connections are per interval. */
export function resultTable(results: readonly BenchResult[]): string {
  return rowsOf(COLUMNS, results)
}

/** The same for those far away. */
export function behindTable(found: readonly Behind[]): string {
  return rowsOf(FAR, found)
}

function rowsOf<T>(columns: readonly (readonly [string, (one: T) => string])[], all: readonly T[]): string {
  const rows = [columns.map(([title]) => title), ...all.map((one) => columns.map(([, cell]) => cell(one)))]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

interface Budget {
  readonly what: string
  readonly found: number | null | undefined
  /** null: there is nothing to hold it against in this run. */
  readonly limit: number | null | undefined
  readonly digits: number
}

/** One frame of a screen of 60 Hz. */
const KEY_MS = 16
/** Beside the polls, each server may be tried by one new connection in ten seconds. */
const NEW_CONNECTIONS = 2 / 10 + 0.05

function times(share: number, figure: number | undefined): number | null {
  return figure === undefined ? null : figure * share
}

/** Against three pg_activity, one for each server: the same work. */
function budgetsAgainstPeers(own: BenchResult, peer: BenchResult | undefined): readonly Budget[] {
  const halves = [
    ['CPU quiet, s/min', 2, (of: BenchResult) => of.quiet?.cpuSecondsPerMinute],
    ['CPU busy, s/min', 2, (of: BenchResult) => of.busy?.cpuSecondsPerMinute],
    ['bytes per refresh, quiet', 0, (of: BenchResult) => of.quiet?.bytesPerRefresh],
    ['bytes per refresh, busy', 0, (of: BenchResult) => of.busy?.bytesPerRefresh],
    ['statements per interval', 1, (of: BenchResult) => of.server?.statementsPerPoll],
  ] as const
  return [
    ...halves.map(([what, digits, of]) => ({
      what: `${what}, against half of three pg_activity`,
      found: of(own),
      limit: peer && times(0.5, of(peer)),
      digits,
    })),
    {
      what: 'resident memory, against three pg_activity, MB',
      found: own.quiet?.residentMb,
      limit: peer?.quiet?.residentMb,
      digits: 0,
    },
    {
      what: 'start, against 1.2 of one pg_activity, ms',
      found: own.startMs?.median,
      limit: times(1.2, peer?.startMs?.median),
      digits: 0,
    },
  ]
}

function budgetsAlone(own: BenchResult, crowd: readonly BenchResult[]): readonly Budget[] {
  const at = (databases: number) => crowd.find((result) => result.databases === databases)
  const each = (figure: number | undefined) => times(1 / own.databases, figure)
  const many = [
    {
      what: 'key to paint with 200 databases, p95, ms',
      found: at(200)?.keys?.firstByteMs.p95,
      limit: KEY_MS,
      digits: 1,
    },
    {
      what: 'CPU with 500 databases, 15 % of one core, s/min',
      found: at(500)?.quiet?.cpuSecondsPerMinute,
      limit: 9,
      digits: 1,
    },
  ].filter(({ found }) => found !== undefined)
  return [
    {
      what: 'statements per database and poll',
      found: each(own.server?.statementsPerPoll),
      limit: 1.05,
      digits: 2,
    },
    {
      what: 'new connections per database and poll',
      found: each(own.server?.newConnectionsPerPoll),
      limit: NEW_CONNECTIONS,
      digits: 2,
    },
    { what: 'key to paint, p95, ms', found: own.keys?.firstByteMs.p95, limit: KEY_MS, digits: 1 },
    {
      what: 'key to paint with a hung database, p95, ms',
      found: own.keysWhileHung?.firstByteMs.p95,
      limit: KEY_MS,
      digits: 1,
    },
    ...many,
  ]
}

function budgetsFar([own, peer]: readonly Behind[]): readonly Budget[] {
  return [
    {
      what: 'start behind 50 ms, against a third of one pg_activity, ms',
      found: own?.startMs.median,
      limit: times(1 / 3, peer?.startMs.median),
      digits: 0,
    },
    { what: 'key to paint behind 50 ms, p95, ms', found: own?.keys?.firstByteMs.p95, limit: KEY_MS, digits: 1 },
    // One for the poll, and beside it the test of a new connection every five polls.
    { what: 'round trips per database and poll', found: own?.roundTripsPerPoll, limit: 1.25, digits: 2 },
  ]
}

/** Each budget with what was found and what is allowed; `skipped` says why there was nothing to hold it against. */
export function budgets({ results, far, statusMs }: BenchFindings, whySkipped: readonly string[]): string {
  const own = results.find(({ name, databases }) => name === 'pgdeck' && databases === 3)
  if (!own) return ''
  const peer = results.find(({ name }) => name === 'pg_activity')
  const status = { what: 'status --json of three databases, ms', found: statusMs.median, limit: 250, digits: 0 }
  const missing = whySkipped.find((why) => why.startsWith('pg_activity')) ?? 'it was not measured'
  return [...budgetsAgainstPeers(own, peer), ...budgetsAlone(own, results), ...budgetsFar(far), status]
    .map(({ what, found, limit, digits }) => {
      if (found == null || limit == null) return `skipped  ${what}: ${number(found, digits)} (${missing})`
      const verdict = found <= limit ? 'kept   ' : 'BROKEN '
      return `${verdict}  ${what}: ${number(found, digits)} (at most ${number(limit, digits)})`
    })
    .join('\n')
}
