// What each column of a pane sorts by. The keys' order is the order in which `s` goes through them.

import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import type { SortKey } from './filter-sort.ts'

export type SortKeys<Subject> = Readonly<Record<string, (subject: Subject) => SortKey>>

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
