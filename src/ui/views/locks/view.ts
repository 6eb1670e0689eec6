// View 4: waiting sessions as a tree, roots first; commits that wait for a standby; prepared transactions.

import { listPane, listView, rowPreview } from '../list/list.ts'
import type { ListContext } from '../list/list-options.ts'
import { type DatabaseQueryResult, isResultOld, whyNoRows } from '../list/query-results.ts'
import { COMMIT_WAIT_COLUMNS, LOCK_TREE_PANE, LOCK_WAIT_COLUMNS, lockSearchTexts, PREPARED_COLUMNS } from './columns.ts'
import {
  commitWaitPreview,
  commitWaitSections,
  lockWaitPreview,
  lockWaitSections,
  preparedPreview,
  preparedRowSections,
} from './details.ts'
import {
  type CommitWaitRow,
  commitWaitRows,
  type LockWaitRow,
  lockWaitRows,
  type PreparedRow,
  preparedRows,
} from './rows.ts'
import { locksSummary } from './summary.ts'

const queryOptions = (
  { queryResult }: { readonly queryResult: DatabaseQueryResult<unknown> },
  context: ListContext,
) => ({
  stale: isResultOld(queryResult, context),
})

export const locksView = listView({
  id: 'locks',
  key: '4',
  title: 'locks',
  needs: ['locks'],
  guide: [
    'Rows at the left wait for no session and block all rows below them. BEHIND: sessions that wait for it, also indirectly.',
    'FOR: time since it waits; of a row at the left, time in its state. TX AGE: age of its transaction.',
    'row of x: it waits for the end of the transaction that changed the row. The mode is that of the wanted lock.',
    'SyncRep waits: commits that are written here and wait for a synchronous standby to confirm them (alert commits-wait).',
    'Prepared transactions hold their locks without a session, also after a restart, until they are ended.',
  ],
  summary: locksSummary,
  panes: [
    listPane<LockWaitRow>({
      name: LOCK_TREE_PANE,
      rowNoun: 'sessions',
      columns: LOCK_WAIT_COLUMNS,
      rows: (_state, cluster) => lockWaitRows(cluster),
      search: lockSearchTexts,
      empty: (context) => whyNoRows(context, 'locks', 'no session waits for a lock'),
      rowStyle: queryOptions,
      sections: lockWaitSections,
      preview: rowPreview(lockWaitPreview),
      goneText: 'this session neither waits nor blocks any longer',
    }),
    listPane<CommitWaitRow>({
      name: 'SyncRep waits',
      rowNoun: 'commits',
      columns: COMMIT_WAIT_COLUMNS,
      rows: (_state, cluster) => commitWaitRows(cluster),
      search: ({ session, queryResult }) => [
        String(session.pid),
        queryResult.name,
        session.database,
        session.user,
        session.application,
        session.query,
      ],
      empty: (context) => whyNoRows(context, 'locks', 'no commit waits for a synchronous standby'),
      rowStyle: queryOptions,
      sections: commitWaitSections,
      preview: rowPreview(commitWaitPreview),
      goneText: 'its commit no longer waits',
    }),
    listPane<PreparedRow>({
      name: 'prepared',
      rowNoun: 'prepared transactions',
      columns: PREPARED_COLUMNS,
      rows: (_state, cluster) => preparedRows(cluster),
      search: ({ transaction, queryResult }) => [
        transaction.gid,
        transaction.owner,
        transaction.database,
        queryResult.name,
      ],
      empty: (context) => whyNoRows(context, 'locks', 'there is no prepared transaction'),
      rowStyle: queryOptions,
      sections: preparedRowSections,
      preview: rowPreview(preparedPreview),
      goneText: 'this transaction has been committed or rolled back',
    }),
  ],
})
