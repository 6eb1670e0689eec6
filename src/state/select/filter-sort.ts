// Filters rows and sorts them by a column.

import type { EntryPointStatus, EntryPointView } from '../../model/measured/entry-points/entry-point-view.ts'
import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import type { SortOrder } from '../navigation.ts'

export type SortKey = string | number | bigint | null

/** The words of a filter in lower case; none for an empty filter. */
export function filterWords(filter: string): readonly string[] {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Whether every word occurs in the text; both in lower case. */
export function hasAllWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word))
}

/** Whether every word of the filter occurs in some field, ignoring case. */
export function matchesFilter(filter: string, ...fields: readonly (string | null)[]): boolean {
  const words = filterWords(filter)
  return words.length === 0 || hasAllWords(fields.join(' ').toLowerCase(), words)
}

/**
 * Returns the rows sorted by the key of the column, unknown values last in both directions; unsorted without a column.
 * The sort is stable.
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

/** The sort key of each column of a pane. `s` steps through the columns in this order. */
type SortKeys<Subject> = Readonly<Record<string, (subject: Subject) => SortKey>>
const STATUS_WEIGHT: Readonly<Record<string, number>> = {
  inactive: 0,
  stopping: 0.5,
  disconnected: 1,
  unknown: 2,
  starting: 3,
  degraded: 4,
  'catching-up': 5,
  archive: 6,
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

const ENTRY_POINT_WEIGHT: Readonly<Record<EntryPointStatus, number>> = {
  silent: 0,
  elsewhere: 1,
  'no-server': 2,
  paused: 3,
  disabled: 4,
  waiting: 5,
  unknown: 6,
  active: 7,
}

/** Without a chosen order: what needs attention comes first, all else as configured. */
export function entryPointsByUrgency<Row extends { readonly entryPoint: EntryPointView }>(
  rows: readonly Row[],
): readonly Row[] {
  const weight = ({ entryPoint: { status } }: Row) => ENTRY_POINT_WEIGHT[status === 'unknown' ? 'active' : status]
  return rows.toSorted((a, b) => weight(a) - weight(b))
}

export const ENTRY_POINT_SORT_KEYS: SortKeys<EntryPointView> = {
  name: ({ name }) => name.toLowerCase(),
  type: ({ kind }) => kind,
  status: ({ status }) => ENTRY_POINT_WEIGHT[status],
  leads: ({ leadsTo }) => leadsTo[0]?.name.toLowerCase() ?? null,
  sessions: ({ sessions }) => sessions,
  waiting: ({ waiting }) => waiting,
  since: ({ since }) => since,
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

/** Columns that sort the greatest first. */
export const DESCENDING_FIRST: ReadonlySet<string> = new Set([
  'access',
  'sessions',
  'waiting',
  'latency',
  'lag',
  'timeline',
  'lsn',
])
