// The rows of the locks view: the tree of waiting sessions, commits that wait for a standby, prepared transactions.

import type { LockSession, LockWaits, PreparedTransaction, SessionRow } from '../../../model/measured/on-demand.ts'
import { syncWaitReason } from '../../../model/replication/sync/sync-wait-reason.ts'
import { type LockTreeRow, lockTree } from '../../../model/sessions/lock-graph.ts'
import { lastGood } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { sessionInput } from '../activity/rows.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import type { ViewRow } from '../list/view.ts'

const NAMELESS = 'sessions and transactions have no display name'

interface LockSource extends ViewRow {
  /** The watched database that reported it. */
  readonly queryResult: DatabaseQueryResult<LockWaits>
  readonly subject: string
}

export interface LockWaitRow extends LockSource {
  readonly waiter: LockTreeRow
  /** For each generation above it but the roots: whether that generation continues below. */
  readonly trunks: readonly boolean[]
}

export interface CommitWaitRow extends LockSource {
  readonly session: SessionRow
}

export interface PreparedRow extends LockSource {
  readonly transaction: PreparedTransaction
  /** Sessions that wait behind it. */
  readonly waiters: number
}

const KNOWN = new WeakMap<ClusterState, readonly LockWaitRow[]>()

/** All sessions that wait or block, over all databases: roots first, each followed by its waiters. */
export function lockWaitRows(cluster: ClusterState): readonly LockWaitRow[] {
  // A queue of thousands is sorted once, however many parts of a frame ask for it.
  const known = KNOWN.get(cluster) ?? treeRows(cluster)
  KNOWN.set(cluster, known)
  return known
}

function treeRows(cluster: ClusterState): readonly LockWaitRow[] {
  return lockResults(cluster).flatMap(({ queryResult, locks }) => {
    const continues: boolean[] = []
    return lockTree(locks).map((waiter): LockWaitRow => {
      const { key, depth, lastChild } = waiter
      continues[depth] = !lastChild
      return {
        ...from(queryResult, key),
        ...statementOf(queryResult, waiter),
        waiter,
        trunks: continues.slice(1, depth),
      }
    })
  })
}

/** Sessions whose commit waits for a synchronous standby. */
export function commitWaitRows(cluster: ClusterState): readonly CommitWaitRow[] {
  return lockResults(cluster).flatMap(({ queryResult, locks }) =>
    locks.syncRepWaits.map((session) => ({
      ...from(queryResult, `${session.pid} ${session.startedAt ?? '?'}`),
      ...ofSession(queryResult.databaseId, session),
      session,
    })),
  )
}

/** All prepared transactions, also those without a waiter, the oldest first. */
export function preparedRows(cluster: ClusterState): readonly PreparedRow[] {
  return lockResults(cluster).flatMap(({ queryResult, locks }) => {
    const crowd = new Map(lockTree(locks).map(({ key, waitingBehind }) => [key, waitingBehind]))
    return locks.prepared.map((transaction) => {
      const key = `prepared ${transaction.gid}`
      return { ...from(queryResult, key), transaction, waiters: crowd.get(key) ?? 0 }
    })
  })
}

function statementOf(
  { databaseId }: DatabaseQueryResult<LockWaits>,
  waiter: LockTreeRow,
): Pick<ViewRow, 'statementOf' | 'actionTarget'> {
  return waiter.kind === 'session' ? ofSession(databaseId, waiter.session) : {}
}

function ofSession(database: string, session: SessionRow): Pick<ViewRow, 'statementOf' | 'actionTarget'> {
  return { statementOf: { database, pid: session.pid }, actionTarget: { database, input: sessionInput(session) } }
}

function lockResults(cluster: ClusterState) {
  return queryResultsOf(cluster, 'locks').flatMap((queryResult) =>
    queryResult.value ? [{ queryResult, locks: queryResult.value }] : [],
  )
}

function from(queryResult: DatabaseQueryResult<LockWaits>, key: string): LockSource {
  const { databaseId } = queryResult
  return { id: `${databaseId} ${key}`, subject: databaseId, renameBlocked: NAMELESS, queryResult }
}

/** The session of a row; null where it is a prepared transaction or has ended. */
export function lockSessionOf({ waiter }: LockWaitRow): LockSession | null {
  return waiter.kind === 'session' ? waiter.session : null
}

/** True for a session that waits, and does not only block others. */
export function isWaiter(row: LockWaitRow): boolean {
  return (lockSessionOf(row)?.blockers.length ?? 0) > 0
}

/** Why commits of this database wait for a standby. */
export function commitWaitReason({ record, value }: DatabaseQueryResult<LockWaits>): string {
  const senders = lastGood(record.pulse)?.senders ?? null
  return syncWaitReason(value?.synchronousStandbyNames ?? '', senders).text
}

/** Deeper generations are drawn without further indent: a chain of fifty would push its pids off the screen. */
const DEEPEST = 5

/** `│  ├▶ `: the prefix of a row of the tree. */
export function treeBranches({ waiter, trunks }: LockWaitRow, glyphs: Glyphs): string {
  if (waiter.depth === 0) return ''
  const kept = trunks.slice(-(DEEPEST - 1))
  const more = kept.length < trunks.length ? `${glyphs.ellipsis} ` : ''
  const above = kept.map((continues) => (continues ? `${glyphs.trunk}  ` : '   ')).join('')
  return `${more}${above}${waiter.lastChild ? glyphs.branch : glyphs.fork} `
}

/** `4711`, with two parallel workers `4711 +2`, `prepared "x"`, `4711 (ended)`. */
export function waiterName({ waiter }: LockWaitRow): string {
  switch (waiter.kind) {
    case 'session':
      return `${waiter.session.pid}${waiter.workers.length === 0 ? '' : ` +${waiter.workers.length}`}`
    case 'prepared':
      return waiter.transaction ? `prepared ${waiter.transaction.gid}` : 'a prepared transaction'
    case 'unseen':
      return `${waiter.pid} (ended)`
  }
}
