// The columns of the locks view: the tree of waits, commits that wait for a standby, prepared transactions.

import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { type Span, type Style, span } from '../../frame/format/line.ts'
import { count, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { figures, rest, words } from '../../frame/parts/table.ts'
import type { ListColumn, Scene } from '../list/list-options.ts'
import { AGES, COUNTS, SPANS } from '../list/sort-labels.ts'
import { branches, type CommitRow, isWaiter, type PreparedRow, sessionOf, type WaitRow, waiterName } from './rows.ts'
import { applicationText, databaseText, doingSeconds, doingText, transactionSeconds, userText } from './text.ts'

/** A wait of this many seconds is no longer the ordinary business of a database. */
const LONG_SECONDS = 60

/** The pane of the tree. */
export const TREE_NAME = 'lock waits'

export const WAIT_COLUMNS: readonly ListColumn<WaitRow>[] = [
  { ...words('name', 'PID', 0, 7, 26), cell: nameSpan },
  { ...on<WaitRow>(2), order: ({ looked }) => looked.name },
  { ...words('database', 'DATABASE', 8, 8, 20), cell: (row) => span(databaseText(row) ?? ''), order: databaseText },
  { ...words('user', 'USER', 6, 6, 18), cell: (row) => span(userText(row) ?? ''), order: userText },
  {
    ...words('application', 'APPLICATION', 7, 11, 24),
    cell: (row) => span(applicationText(row) ?? ''),
    order: applicationText,
  },
  { ...words('state', 'STATE OR WANTED LOCK', 0, 20, 30), cell: doingSpan, order: doingText },
  { ...figures('wait', 'FOR', 0, 6), cell: forSpan, reads: SPANS, order: doingSeconds, greatestFirst: true },
  {
    ...figures('behind', 'BEHIND', 1, 6),
    cell: ({ waiter }) => span(waiter.waitingBehind === 0 ? '' : count(waiter.waitingBehind), 'strong'),
    reads: COUNTS,
    order: ({ waiter }) => waiter.waitingBehind,
    greatestFirst: true,
  },
  {
    ...figures('transaction', 'TX AGE', 3, 6),
    cell: (row) => span(isOpen(row) ? seconds(transactionSeconds(row)) : hiddenMark(sessionOf(row))),
    reads: AGES,
    order: transactionSeconds,
    greatestFirst: true,
  },
  { ...rest('query', 'QUERY', 4, 12), cell: (row) => querySpan(sessionOf(row)) },
]

export const COMMIT_COLUMNS: readonly ListColumn<CommitRow>[] = [
  { ...words('name', 'PID', 0, 7, 10), cell: ({ session }) => span(String(session.pid)) },
  { ...on<CommitRow>(2), order: ({ looked }) => looked.name },
  ...sessionColumns(),
  {
    ...figures('wait', 'FOR', 0, 6),
    cell: ({ session }) => lengthSpan(session.querySeconds),
    reads: SPANS,
    order: ({ session }) => session.querySeconds,
    greatestFirst: true,
  },
  { ...rest('query', 'QUERY', 1, 12), cell: ({ session }) => querySpan(session) },
]

export const PREPARED_COLUMNS: readonly ListColumn<PreparedRow>[] = [
  {
    ...words('name', 'NAME', 0, 12, 60),
    cell: ({ transaction }) => span(transaction.gid),
    order: ({ transaction }) => transaction.gid,
  },
  { ...on<PreparedRow>(3), order: ({ looked }) => looked.name },
  {
    ...words('database', 'DATABASE', 2, 8, 24),
    cell: ({ transaction }) => span(transaction.database),
    order: ({ transaction }) => transaction.database,
  },
  {
    ...words('user', 'OWNER', 2, 8, 24),
    cell: ({ transaction }) => span(transaction.owner),
    order: ({ transaction }) => transaction.owner,
  },
  {
    ...figures('age', 'AGE', 0, 8),
    cell: ({ transaction }) => lengthSpan(transaction.ageSeconds),
    reads: AGES,
    order: ({ transaction }) => transaction.ageSeconds,
    greatestFirst: true,
  },
  {
    ...figures('behind', 'BEHIND', 0, 6),
    cell: ({ behind }) => span(behind === 0 ? '' : count(behind), 'strong'),
    reads: COUNTS,
    order: ({ behind }) => behind,
    greatestFirst: true,
  },
]

/** The watched database, where there are several. */
function on<R extends { readonly looked: { readonly name: string } }>(rank: number) {
  const cell = ({ looked }: R, { cluster }: Scene) => span(cluster.databases.length > 1 ? looked.name : '')
  return { ...words('on', 'ON', rank, 6, 20), cell }
}

function sessionColumns(): readonly ListColumn<CommitRow>[] {
  const column = (id: 'database' | 'user' | 'application', title: string, rank: number): ListColumn<CommitRow> => {
    const text = ({ session }: CommitRow) => session[id] || null
    return { ...words(id, title, rank, title.length, 24), cell: (row) => span(text(row) ?? ''), order: text }
  }
  return [column('database', 'DATABASE', 5), column('user', 'USER', 3), column('application', 'APPLICATION', 4)]
}

function nameSpan(row: WaitRow, scene: Scene): Span {
  return span((isTree(scene) ? branches(row, scene.screen.glyphs) : '') + waiterName(row))
}

/** False where the rows are filtered or in another order: then a tree has no branches. */
export function isTree({ state }: Scene): boolean {
  const { filter, sort } = state.navigation
  return filter.trim() === '' && !sort[`locks:${TREE_NAME}`]
}

/** What holds others up while nothing happens in it is what to look at. */
function doingSpan(row: WaitRow): Span {
  const session = sessionOf(row)
  if (row.waiter.inCycle) return span(doingText(row), 'critical')
  const idle = session === null || session.state?.startsWith('idle') === true
  return span(doingText(row), idle && row.waiter.kind !== 'unseen' ? 'warning' : 'plain')
}

function forSpan(row: WaitRow): Span {
  if (row.waiter.kind === 'unseen') return span('')
  const length = doingSeconds(row)
  return isWaiter(row) ? lengthSpan(length) : span(seconds(length))
}

function lengthSpan(length: number | null): Span {
  const style: Style = length !== null && length >= LONG_SECONDS ? 'warning' : 'plain'
  return span(seconds(length), style)
}

function isOpen(row: WaitRow): boolean {
  return transactionSeconds(row) !== null
}

/** `?` where something is hidden, nothing where there is nothing. */
function hiddenMark(session: SessionRow | null): string {
  return session && isHiddenSession(session) ? UNKNOWN : ''
}

function querySpan(session: SessionRow | null): Span {
  return span(session?.query ?? hiddenMark(session))
}

/** What the filter looks at in a row of the tree. */
export function waitTexts(row: WaitRow): readonly (string | null)[] {
  const session = sessionOf(row)
  return [
    waiterName(row),
    row.looked.name,
    databaseText(row),
    userText(row),
    applicationText(row),
    session?.client ?? null,
    doingText(row),
    session?.query ?? null,
  ]
}
