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

/** One row per program; statements, time and connections are per poll of one database. */
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
  readonly limit: number | null | undefined
  readonly digits: number
}

function budgetsOf(own: BenchResult, peer: BenchResult | undefined, crowd: readonly BenchResult[]): readonly Budget[] {
  const times = (share: number, figure: number | undefined) => (figure === undefined ? null : figure * share)
  const at = (databases: number) => crowd.find((result) => result.databases === databases)
  return [
    {
      what: 'start, against pg_activity for one server, ms',
      found: own.startMs?.median,
      limit: peer?.startMs?.median,
      digits: 0,
    },
    {
      what: 'CPU, against 0.7 of pg_activity for one server, s/min',
      found: own.quiet?.cpuSecondsPerMinute,
      limit: times(0.7, peer?.quiet?.cpuSecondsPerMinute),
      digits: 2,
    },
    { what: 'bytes per refresh, quiet', found: own.quiet?.bytesPerRefresh, limit: 700, digits: 0 },
    {
      what: 'bytes per refresh, against 0.2 of pg_activity',
      found: own.quiet?.bytesPerRefresh,
      limit: times(0.2, peer?.quiet?.bytesPerRefresh),
      digits: 0,
    },
    { what: 'statements per database and poll', found: own.server?.statementsPerPoll, limit: 1.05, digits: 2 },
    { what: 'new connections per poll', found: own.server?.newConnectionsPerPoll, limit: 0.05, digits: 2 },
    {
      what: 'server time per poll, against 0.2 of pg_activity, ms',
      found: own.server?.serverMsPerPoll,
      limit: times(0.2, peer?.server?.serverMsPerPoll),
      digits: 2,
    },
    { what: 'key to paint, p95, ms', found: own.keys?.firstByteMs.p95, limit: 10, digits: 1 },
    {
      what: 'key to paint with a hung database, p95, ms',
      found: own.keysWhileHung?.firstByteMs.p95,
      limit: 10,
      digits: 1,
    },
    { what: 'key to paint with 200 databases, p95, ms', found: at(200)?.keys?.firstByteMs.p95, limit: 10, digits: 1 },
    {
      what: 'CPU with 500 databases, s/min of one core',
      found: at(500)?.quiet?.cpuSecondsPerMinute,
      limit: 30,
      digits: 1,
    },
    { what: 'resident memory, MB', found: own.quiet?.residentMb, limit: 85, digits: 0 },
  ]
}

function budgetsFar([own, peer]: readonly Behind[]): readonly Budget[] {
  const third = peer === undefined ? null : peer.startMs.median / 3
  return [
    {
      what: 'start behind 50 ms, against a third of pg_activity, ms',
      found: own?.startMs.median,
      limit: third,
      digits: 0,
    },
    { what: 'key to paint behind 50 ms, p95, ms', found: own?.keys?.firstByteMs.p95, limit: 10, digits: 1 },
    { what: 'round trips per database and poll', found: own?.roundTripsPerPoll, limit: 1.05, digits: 2 },
  ]
}

/** Each budget that this run could judge, with what was found and what is allowed. */
export function budgets({ results, far, statusMs }: BenchFindings): string {
  const own = results.find(({ name, databases }) => name === 'pgdeck' && databases === 3)
  if (!own) return ''
  const peer = results.find(({ name }) => name === 'pg_activity')
  const status = { what: 'status --json of three databases, ms', found: statusMs.median, limit: 250, digits: 0 }
  return [...budgetsOf(own, peer, results), ...budgetsFar(far), status]
    .flatMap(({ what, found, limit, digits }) => {
      if (found == null || limit == null) return []
      const verdict = found <= limit ? 'kept  ' : 'BROKEN'
      return [`${verdict}  ${what}: ${number(found, digits)} (at most ${number(limit, digits)})`]
    })
    .join('\n')
}
