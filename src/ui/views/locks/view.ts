// View 4: who waits behind whom, roots first; commits that wait for a standby; prepared transactions.

import { listPane, listView } from '../list/list.ts'
import type { Scene } from '../list/list-options.ts'
import { isOld, type Looked, whyNothing } from '../list/query-results.ts'
import { below } from '../list/row-preview.ts'
import { COMMIT_COLUMNS, PREPARED_COLUMNS, TREE_NAME, WAIT_COLUMNS, waitTexts } from './columns.ts'
import { commitMore, commitSections, preparedMore, preparedRowSections, waitMore, waitSections } from './details.ts'
import { type CommitRow, commitRows, type PreparedRow, preparedRows, type WaitRow, waitRows } from './rows.ts'
import { locksSummary } from './summary.ts'

const look = ({ looked }: { readonly looked: Looked<unknown> }, scene: Scene) => ({ stale: isOld(looked, scene) })

export const locks = listView({
  id: 'locks',
  key: '4',
  title: 'locks',
  needs: ['locks'],
  guide: [
    'Whoever stands at the left waits for nobody and holds up all below it. BEHIND: how many wait for it, directly or not.',
    'FOR: how long it waits, or, of one that waits for nobody, how long it is in its state. TX AGE: of its transaction.',
    'row of x: what is waited for is the end of the transaction that changed the row. The mode is that of the lock wanted.',
    'SyncRep waits: commits that are done here and wait for a synchronous standby to confirm them.',
    'Prepared transactions hold their locks without a session, also after a restart, until somebody ends them.',
  ],
  summary: locksSummary,
  panes: [
    listPane<WaitRow>({
      name: TREE_NAME,
      rowsAre: 'sessions',
      columns: WAIT_COLUMNS,
      rows: (_state, cluster) => waitRows(cluster),
      search: waitTexts,
      empty: (scene) => whyNothing(scene, 'locks', 'nobody waits for a lock'),
      look,
      sections: waitSections,
      below: below(waitMore),
      gone: 'it waits no longer, and nobody waits for it',
    }),
    listPane<CommitRow>({
      name: 'SyncRep waits',
      rowsAre: 'commits',
      columns: COMMIT_COLUMNS,
      rows: (_state, cluster) => commitRows(cluster),
      search: ({ session, looked }) => [
        String(session.pid),
        looked.name,
        session.database,
        session.user,
        session.application,
        session.query,
      ],
      empty: (scene) => whyNothing(scene, 'locks', 'no commit waits for a synchronous standby'),
      look,
      sections: commitSections,
      below: below(commitMore),
      gone: 'its commit waits no longer',
    }),
    listPane<PreparedRow>({
      name: 'prepared',
      rowsAre: 'prepared transactions',
      columns: PREPARED_COLUMNS,
      rows: (_state, cluster) => preparedRows(cluster),
      search: ({ transaction, looked }) => [transaction.gid, transaction.owner, transaction.database, looked.name],
      empty: (scene) => whyNothing(scene, 'locks', 'there is no prepared transaction'),
      look,
      sections: preparedRowSections,
      below: below(preparedMore),
      gone: 'this transaction has been committed or rolled back',
    }),
  ],
})
