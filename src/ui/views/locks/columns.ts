// The columns of the locks view: the tree of waits, commits that wait for a standby, prepared transactions.

import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import type { ClusterState } from '../../../state/state.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { count, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { AGE_ORDER, COUNT_ORDER, DURATION_ORDER } from '../list/sort-labels.ts'
import {
  type CommitWaitRow,
  isWaiter,
  type LockWaitRow,
  lockSessionOf,
  lockWaitRows,
  type PreparedRow,
  treeBranches,
  waiterName,
} from './rows.ts'
import {
  lockActivitySeconds,
  lockActivityText,
  lockApplicationText,
  lockDatabaseText,
  lockUserText,
  transactionSeconds,
} from './text.ts'

/** A wait of this many seconds is not normal for a database. */
const LONG_SECONDS = 60

/** The pane of the tree. */
export const LOCK_TREE_PANE = 'lock waits'

export const LOCK_WAIT_COLUMNS: readonly ListColumn<LockWaitRow>[] = [
  { ...textColumn('name', 'PID', 0, 16, 26), shrinksFirst: true, cell: nameSpan },
  { ...on<LockWaitRow>(3, lockNodes), order: ({ queryResult }) => queryResult.name },
  {
    ...nameColumn('database', 'DATABASE', 8, 8, 20),
    cell: (row) => span(lockDatabaseText(row) ?? ''),
    order: lockDatabaseText,
  },
  { ...nameColumn('user', 'USER', 6, 6, 18), cell: (row) => span(lockUserText(row) ?? ''), order: lockUserText },
  {
    ...nameColumn('application', 'APPLICATION', 2, 11, 24),
    yields: true,
    cell: (row) => span(lockApplicationText(row) ?? ''),
    order: lockApplicationText,
  },
  { ...textColumn('state', 'STATE OR WANTED LOCK', 0, 20, 30), cell: doingSpan, order: lockActivityText },
  {
    ...figureColumn('wait', 'FOR', 0, 6),
    cell: forSpan,
    sortLabels: DURATION_ORDER,
    order: lockActivitySeconds,
    greatestFirst: true,
  },
  {
    ...figureColumn('behind', 'BEHIND', 1, 6),
    cell: ({ waiter }) => span(waiter.waitingBehind === 0 ? '' : count(waiter.waitingBehind), 'strong'),
    sortLabels: COUNT_ORDER,
    order: ({ waiter }) => waiter.waitingBehind,
    greatestFirst: true,
  },
  {
    ...figureColumn('transaction', 'TX AGE', 5, 6),
    cell: (row) => span(isOpen(row) ? seconds(transactionSeconds(row)) : hiddenMark(lockSessionOf(row))),
    sortLabels: AGE_ORDER,
    order: transactionSeconds,
    greatestFirst: true,
  },
  { ...restColumn('query', 'QUERY', 4, 12), cell: (row) => querySpan(lockSessionOf(row)) },
]

export const COMMIT_WAIT_COLUMNS: readonly ListColumn<CommitWaitRow>[] = [
  { ...textColumn('name', 'PID', 0, 7, 10), cell: ({ session }) => span(String(session.pid)) },
  { ...on<CommitWaitRow>(2, (cluster) => cluster.databases.length), order: ({ queryResult }) => queryResult.name },
  ...sessionColumns(),
  {
    ...figureColumn('wait', 'FOR', 0, 6),
    cell: ({ session }) => lengthSpan(session.querySeconds),
    sortLabels: DURATION_ORDER,
    order: ({ session }) => session.querySeconds,
    greatestFirst: true,
  },
  { ...restColumn('query', 'QUERY', 1, 12), cell: ({ session }) => querySpan(session) },
]

export const PREPARED_COLUMNS: readonly ListColumn<PreparedRow>[] = [
  {
    ...nameColumn('name', 'NAME', 0, 12, 60),
    cell: ({ transaction }) => span(transaction.gid),
    order: ({ transaction }) => transaction.gid,
  },
  { ...on<PreparedRow>(3, (cluster) => cluster.databases.length), order: ({ queryResult }) => queryResult.name },
  {
    ...nameColumn('database', 'DATABASE', 2, 8, 24),
    cell: ({ transaction }) => span(transaction.database),
    order: ({ transaction }) => transaction.database,
  },
  {
    ...nameColumn('user', 'OWNER', 2, 8, 24),
    cell: ({ transaction }) => span(transaction.owner),
    order: ({ transaction }) => transaction.owner,
  },
  {
    ...figureColumn('age', 'AGE', 0, 8),
    cell: ({ transaction }) => lengthSpan(transaction.ageSeconds),
    sortLabels: AGE_ORDER,
    order: ({ transaction }) => transaction.ageSeconds,
    greatestFirst: true,
  },
  {
    ...figureColumn('behind', 'BEHIND', 0, 6),
    cell: ({ waiters }) => span(waiters === 0 ? '' : count(waiters), 'strong'),
    sortLabels: COUNT_ORDER,
    order: ({ waiters }) => waiters,
    greatestFirst: true,
  },
]

/** On how many servers sessions wait or block. */
function lockNodes(cluster: ClusterState): number {
  return new Set(lockWaitRows(cluster).map(({ subject }) => subject)).size
}

/** The watched database, where the rows are of several. */
function on<R extends { readonly queryResult: { readonly name: string } }>(
  rank: number,
  nodes: (cluster: ClusterState) => number,
) {
  const cell = ({ queryResult }: R, { cluster }: ListContext) => span(nodes(cluster) > 1 ? queryResult.name : '')
  return { ...nameColumn('on', 'ON', rank, 6, 20), cell }
}

function sessionColumns(): readonly ListColumn<CommitWaitRow>[] {
  const column = (id: 'database' | 'user' | 'application', title: string, rank: number): ListColumn<CommitWaitRow> => {
    const text = ({ session }: CommitWaitRow) => session[id] || null
    return { ...nameColumn(id, title, rank, title.length, 24), cell: (row) => span(text(row) ?? ''), order: text }
  }
  return [column('database', 'DATABASE', 5), column('user', 'USER', 3), column('application', 'APPLICATION', 4)]
}

function nameSpan(row: LockWaitRow, context: ListContext): TextSpan {
  return span((isTreeOrder(context) ? treeBranches(row, context.screen.glyphs) : '') + waiterName(row))
}

/** False if the rows are filtered or sorted: then the tree has no branches. */
export function isTreeOrder({ state }: ListContext): boolean {
  const { filter, sort } = state.navigation
  return filter.trim() === '' && !sort[`locks:${LOCK_TREE_PANE}`]
}

/** An idle session that blocks others is the one to look at. */
function doingSpan(row: LockWaitRow): TextSpan {
  const session = lockSessionOf(row)
  if (row.waiter.inCycle) return span(lockActivityText(row), 'critical')
  const idle = session === null || session.state?.startsWith('idle') === true
  return span(lockActivityText(row), idle && row.waiter.kind !== 'unseen' ? 'warning' : 'plain')
}

function forSpan(row: LockWaitRow): TextSpan {
  if (row.waiter.kind === 'unseen') return span('')
  const length = lockActivitySeconds(row)
  return isWaiter(row) ? lengthSpan(length) : span(seconds(length))
}

function lengthSpan(length: number | null): TextSpan {
  const style: TextStyle = length !== null && length >= LONG_SECONDS ? 'warning' : 'plain'
  return span(seconds(length), style)
}

function isOpen(row: LockWaitRow): boolean {
  return transactionSeconds(row) !== null
}

/** `?` if something is hidden, empty if there is nothing. */
function hiddenMark(session: SessionRow | null): string {
  return session && isHiddenSession(session) ? UNKNOWN_TEXT : ''
}

function querySpan(session: SessionRow | null): TextSpan {
  return span(session?.query ?? hiddenMark(session))
}

/** The text that the filter searches in a row of the tree. */
export function lockSearchTexts(row: LockWaitRow): readonly (string | null)[] {
  const session = lockSessionOf(row)
  return [
    waiterName(row),
    row.queryResult.name,
    lockDatabaseText(row),
    lockUserText(row),
    lockApplicationText(row),
    session?.client ?? null,
    lockActivityText(row),
    session?.query ?? null,
  ]
}
