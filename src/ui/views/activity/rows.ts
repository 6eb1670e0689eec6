// The sessions of all databases of a cluster as rows: their state in one word, its duration, and their users.

import type { SessionActivity, SessionRow } from '../../../model/measured/on-demand.ts'
import { type HoldUp, heldUp } from '../../../model/sessions/held-up.ts'
import type { ClusterState } from '../../../state/state.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import { memoizeLatest, searchRows } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'
import { isHeldUp, type SessionTeam, whoWaits } from './waits.ts'

/** `hidden`: this role may not see its state. `not tracked`: nobody may, because track_activities is off. */
export type SessionActivityKind =
  | 'running'
  | 'waiting'
  | 'idle in transaction'
  | 'aborted transaction'
  | 'idle'
  | 'sending'
  | 'hidden'
  | 'not tracked'

/** A session and its database server. The object stays the same as long as the same answer is shown. */
export interface SessionEntry extends ViewRow {
  readonly session: SessionRow
  /** Its parallel workers. They are no sessions of their own. */
  readonly workers: readonly SessionRow[]
  readonly databaseId: string
  /** Name of the database server; a session's own database is `session.database`. */
  readonly server: string
  readonly activity: SessionActivityKind
  /** Seconds of the statement while one runs, else since the last one ended. */
  readonly seconds: number | null
  /** Sessions that wait for it, also indirectly. */
  readonly holds: number
  /** Pids that it waits for. */
  readonly blockers: readonly number[]
}

const ENTRIES = new WeakMap<SessionActivity, { readonly server: string; readonly entries: readonly SessionEntry[] }>()

/** All sessions: the oldest transaction first, then those without one by process id. */
export function sessionEntries(cluster: ClusterState): readonly SessionEntry[] {
  return inOrder(
    ...queryResultsOf(cluster, 'activity').flatMap((queryResult) =>
      queryResult.value ? [entriesOf(queryResult, queryResult.value)] : [],
    ),
  )
}

/** The sessions that match the filter, by state; each list in the order of `sessionEntries`. */
export function matchingSessions(
  cluster: ClusterState,
  filter: string,
): { readonly all: readonly SessionEntry[]; readonly by: ReadonlyMap<SessionActivityKind, readonly SessionEntry[]> } {
  return found(sessionEntries(cluster), filter)
}

const found = memoizeLatest((entries: readonly SessionEntry[], filter: string) => {
  const all = searchRows(entries, filter, sessionText)
  return { all, by: Map.groupBy(all, ({ activity }) => activity) }
})

const inOrder = memoizeLatest((...perServer: readonly (readonly SessionEntry[])[]) =>
  perServer.flat().sort(byTransaction),
)

/** One result per answer, so that thousands of sessions become rows once and not with each frame. */
function entriesOf(
  { databaseId, name }: DatabaseQueryResult<SessionActivity>,
  value: SessionActivity,
): readonly SessionEntry[] {
  const known = ENTRIES.get(value)
  if (known?.server === name) return known.entries
  const pids = new Set(value.sessions.map(({ pid }) => pid))
  const isWorker = ({ leader }: SessionRow) => leader !== null && pids.has(leader)
  const workers = Map.groupBy(value.sessions.filter(isWorker), ({ leader }) => leader)
  const held = heldUp(value.sessions)
  const entries = value.sessions
    .filter((session) => (isSession(session) || held.has(session.pid)) && !isWorker(session))
    .map((session) => {
      const { holds, blockers } = held.get(session.pid) ?? NOT_HELD_UP
      return { ...entryOf({ session, workers: workers.get(session.pid) ?? [] }, databaseId, name), holds, blockers }
    })
  ENTRIES.set(value, { server: name, entries })
  return entries
}

const NOT_HELD_UP: HoldUp = { holds: 0, blockers: [] }

/**
 * Processes without a user and a database, or without a state (launchers, which belong to the owner of the cluster),
 * are the server's own. They never are the cause of load.
 */
function isSession({ kind, user, database, state }: SessionRow): boolean {
  if (kind === null || kind === 'client backend' || kind === 'walsender') return true
  return state !== null && (user !== null || database !== null)
}

function entryOf(team: SessionTeam, databaseId: string, server: string): Omit<SessionEntry, 'holds' | 'blockers'> {
  const { session } = team
  const { pid, startedAt, querySeconds, stateSeconds, state } = session
  return {
    id: `${databaseId}:${pid}:${startedAt ?? ''}`,
    subject: null,
    actionTarget: { database: databaseId, input: sessionInput(session) },
    statementOf: { database: databaseId, pid },
    ...team,
    databaseId,
    server,
    activity: doingOf(team),
    seconds: state === 'active' || state === 'fastpath' ? querySeconds : stateSeconds,
  }
}

/** What names a session to an action: its process and its start, as another session may have the process id by now. */
export function sessionInput({
  pid,
  startedAt,
}: Pick<SessionRow, 'pid' | 'startedAt'>): Readonly<Record<string, string>> {
  const start = startedAt === null ? {} : { 'backend-start': new Date(startedAt).toISOString() }
  return { pid: String(pid), ...start }
}

function doingOf(team: SessionTeam): SessionActivityKind {
  const { session } = team
  // The statement of a walsender lasts as long as the standby is connected: it is not work in progress.
  if (session.kind === 'walsender') return 'sending'
  switch (session.state) {
    case 'active':
    case 'fastpath':
      return isHeldUp(whoWaits(team)) ? 'waiting' : 'running'
    case 'idle in transaction (aborted)':
      return 'aborted transaction'
    case 'idle':
    case 'idle in transaction':
      return session.state
    case 'disabled':
      return 'not tracked'
    case null:
      return 'hidden'
  }
}

function byTransaction(a: SessionEntry, b: SessionEntry): number {
  return greatestFirst(a.session.transactionSeconds, b.session.transactionSeconds) || a.session.pid - b.session.pid
}

/** The longest in its state first. */
export function byActivityTime(a: SessionEntry, b: SessionEntry): number {
  return greatestFirst(a.seconds, b.seconds) || a.session.pid - b.session.pid
}

/** A statement of this many seconds is long for an application. */
const LONG_SECONDS = 60

/**
 * What to look at first: roots of waits, long statements and long idle transactions, sessions that wait, that run, that
 * are idle in a transaction, and the rest. `longIdleSeconds`: when an idle transaction is long.
 */
export function byWeight(longIdleSeconds: number): (a: SessionEntry, b: SessionEntry) => number {
  return (a, b) => weight(a, longIdleSeconds) - weight(b, longIdleSeconds) || b.holds - a.holds || byActivityTime(a, b)
}

function weight({ activity, holds, blockers, seconds }: SessionEntry, longIdleSeconds: number): number {
  if (holds > 0 && blockers.length === 0) return 0
  switch (activity) {
    case 'running':
      return (seconds ?? 0) >= LONG_SECONDS ? 1 : 3
    case 'waiting':
      return 2
    case 'idle in transaction':
    case 'aborted transaction':
      return (seconds ?? 0) >= longIdleSeconds ? 1 : 4
    case 'hidden':
    case 'not tracked':
      return 5
    case 'idle':
      return 6
    case 'sending':
      return 7
  }
}

function greatestFirst(a: number | null, b: number | null): number {
  return (b ?? -1) - (a ?? -1)
}

/** The text that the filter searches. */
function sessionText({ session, workers, server, activity }: SessionEntry): readonly (string | null)[] {
  const { pid, database, user, application, client, kind, waitType, wait, query } = session
  const pids = [pid, ...workers.map((worker) => worker.pid)].join(' ')
  return [pids, server, database, user, application, client, activity, kind, waitType, wait, query]
}
