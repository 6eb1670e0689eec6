// Rows as they are asked for: those that match the filter, in the order of a column.

import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import type { SortOrder } from '../navigation.ts'

export type SortKey = string | number | bigint | null

/** The words of a filter, in lower case; none when it asks for nothing. */
export function filterWords(filter: string): readonly string[] {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Every word occurs in the text, both in lower case. */
export function hasAllWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word))
}

/** Every word of the filter occurs in some field; upper and lower case are the same. */
export function matchesFilter(filter: string, ...fields: readonly (string | null)[]): boolean {
  const words = filterWords(filter)
  return words.length === 0 || hasAllWords(fields.join(' ').toLowerCase(), words)
}

/**
 * The rows by the key of the column asked for, unknowns last whichever way; as they came without one. Rows with equal
 * keys stay as they came.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: SortOrder | null | undefined,
  keyOf: (column: string) => ((row: Row) => SortKey) | null,
): readonly Row[] {
  const key = sort ? keyOf(sort.column) : null
  if (!sort || !key) return rows
  const sign = sort.descending ? -1 : 1
  const keyed = rows.map((row) => ({ row, key: key(row) }))
  return keyed.sort((a, b) => compare(a.key, b.key, sign)).map(({ row }) => row)
}

function compare(a: SortKey, b: SortKey, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return sign * (a < b ? -1 : a > b ? 1 : 0)
}

/** What each column of a pane sorts by. The order of the keys is the order in which `s` goes through them. */
type SortKeys<Subject> = Readonly<Record<string, (subject: Subject) => SortKey>>
const STATUS_WEIGHT: Readonly<Record<string, number>> = {
  inactive: 0,
  disconnected: 1,
  unknown: 2,
  starting: 3,
  degraded: 4,
  'catching-up': 5,
  standby: 6,
  streaming: 7,
  active: 8,
}

export const SERVER_SORT_KEYS: SortKeys<ServerView> = {
  name: (server) => server.name.toLowerCase(),
  type: (server) => server.type,
  status: (server) => STATUS_WEIGHT[server.status] ?? null,
  access: (server) => server.access,
  port: (server) => server.port,
  sessions: (server) => server.sessions,
  latency: (server) => server.latencyMs,
  since: (server) => server.since,
}

export const DATABASE_SORT_KEYS: SortKeys<DatabaseView> = {
  name: (database) => database.name.toLowerCase(),
  role: (database) => database.role,
  status: (database) => STATUS_WEIGHT[database.status] ?? null,
  port: (database) => database.port,
  servers: (database) => database.servers.active,
  sessions: (database) => database.sessions?.total ?? null,
  lag: (database) => database.lag?.bytes ?? null,
  timeline: (database) => database.timeline,
  lsn: (database) => database.lsn,
}

/** Columns of which the greatest is looked for first. */
export const DESCENDING_FIRST: ReadonlySet<string> = new Set([
  'access',
  'sessions',
  'latency',
  'lag',
  'timeline',
  'lsn',
])
