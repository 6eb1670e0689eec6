// The sessions of all databases of a cluster as rows: what each does in one word, for how long, and who they are.

import type { SessionActivity, SessionRow } from '../../../model/measured/on-demand.ts'
import type { ClusterState } from '../../../state/state.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import { memoizeLatest, searchRows } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'

/** `hidden`: this role may not see what it does. */
export type SessionActivityKind =
  | 'running'
  | 'waiting'
  | 'idle in transaction'
  | 'aborted transaction'
  | 'idle'
  | 'sending'
  | 'hidden'

/** A session and the database server it is on. The same object for as long as the same answer is shown. */
export interface SessionEntry extends ViewRow {
  readonly session: SessionRow
  readonly databaseId: string
  /** Name of the database server; a session's own database is `session.database`. */
  readonly server: string
  readonly activity: SessionActivityKind
  /** Seconds of the statement while one runs, else since the last one ended. */
  readonly seconds: number | null
}

const ENTRIES = new WeakMap<SessionActivity, { readonly server: string; readonly entries: readonly SessionEntry[] }>()

/** All sessions: the oldest transaction first, then those without one by their process. */
export function sessionEntries(cluster: ClusterState): readonly SessionEntry[] {
  return inOrder(
    ...queryResultsOf(cluster, 'activity').flatMap((queryResult) =>
      queryResult.value ? [entriesOf(queryResult, queryResult.value)] : [],
    ),
  )
}

/** The sessions that match the filter, by what they do; each in the order of `sessionEntries`. */
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

/** One answer per server, so that thousands of sessions become rows once and not with each frame. */
function entriesOf(
  { databaseId, name }: DatabaseQueryResult<SessionActivity>,
  value: SessionActivity,
): readonly SessionEntry[] {
  const known = ENTRIES.get(value)
  if (known?.server === name) return known.entries
  const entries = value.sessions.filter(isSession).map((session) => entryOf(session, databaseId, name))
  ENTRIES.set(value, { server: name, entries })
  return entries
}

/**
 * Processes that belong to no user and no database, or that do nothing anybody could name (launchers, which belong to
 * the owner of the cluster), are the server's own: they are never what keeps it busy for long.
 */
function isSession({ kind, user, database, state }: SessionRow): boolean {
  if (kind === null || kind === 'client backend' || kind === 'walsender') return true
  return state !== null && (user !== null || database !== null)
}

function entryOf(session: SessionRow, databaseId: string, server: string): SessionEntry {
  const { pid, startedAt, querySeconds, stateSeconds, state } = session
  return {
    id: `${databaseId}:${pid}:${startedAt ?? ''}`,
    subject: null,
    actionTarget: { database: databaseId, input: sessionInput(session) },
    session,
    databaseId,
    server,
    activity: doingOf(session),
    seconds: state === 'active' || state === 'fastpath' ? querySeconds : stateSeconds,
  }
}

function sessionInput({ pid, startedAt }: SessionRow): Readonly<Record<string, string>> {
  const start = startedAt === null ? {} : { 'backend-start': new Date(startedAt).toISOString() }
  return { pid: String(pid), ...start }
}

/** Waits that another session or a standby has to end; waits for disk or client pass by themselves. */
function isHeldUp({ waitType, wait }: SessionRow): boolean {
  return waitType === 'Lock' || waitType === 'BufferPin' || wait === 'SyncRep'
}

function doingOf(session: SessionRow): SessionActivityKind {
  // A sender's statement lasts as long as the standby is connected: it is not work in progress.
  if (session.kind === 'walsender') return 'sending'
  switch (session.state) {
    case 'active':
    case 'fastpath':
      return isHeldUp(session) ? 'waiting' : 'running'
    case 'idle in transaction (aborted)':
      return 'aborted transaction'
    case 'idle':
    case 'idle in transaction':
      return session.state
    case null:
      return 'hidden'
  }
}

function byTransaction(a: SessionEntry, b: SessionEntry): number {
  return greatestFirst(a.session.transactionSeconds, b.session.transactionSeconds) || a.session.pid - b.session.pid
}

/** The longest at what they do first. */
export function byActivityTime(a: SessionEntry, b: SessionEntry): number {
  return greatestFirst(a.seconds, b.seconds) || a.session.pid - b.session.pid
}

function greatestFirst(a: number | null, b: number | null): number {
  return (b ?? -1) - (a ?? -1)
}

/** What the filter looks at. */
function sessionText({ session, server, activity }: SessionEntry): readonly (string | null)[] {
  const { pid, database, user, application, client, kind, waitType, wait, query } = session
  return [String(pid), server, database, user, application, client, activity, kind, waitType, wait, query]
}

/** `Lock: transactionid`; empty where nothing is waited for, or only for what the client says next. */
export function sessionWaitText({ state, waitType, wait }: SessionRow): string {
  if (state !== 'active' && state !== 'fastpath') return ''
  return waitType === null ? '' : wait === null ? waitType : `${waitType}: ${wait}`
}
