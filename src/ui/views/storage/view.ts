// View 5: what takes disk space and when it runs out: WAL, slots, the archive, databases; what works on it now.

import { listView } from '../list/list.ts'
import { archivingPane } from './archiving-pane.ts'
import { progressPane } from './progress-pane.ts'
import { sizesPane } from './sizes-pane.ts'
import { storageSummary } from './summary.ts'
import { walPane } from './wal-pane.ts'

export const storageView = listView({
  id: 'storage',
  key: '5',
  title: 'storage and WAL',
  needs: ['storage'],
  guide: [
    'WAL: how fast it is written, over the last half minute. pg_wal: its directory. Databases inside are read every 10 s.',
    'KEEPS: WAL that a slot holds back. SAFE FOR: how much more until max_slot_wal_keep_size takes the slot.',
    'AT THIS RATE: when a slot is lost, or, without a limit, the disk is full. For one in use: if its consumer stopped now.',
    'REQUESTED: checkpoints asked for by a full max_wal_size or a command. Above half, max_wal_size is too small.',
    'TO WRAPAROUND: age of the oldest transaction ID, of the 2147 million there are. TO VACUUM: of what autovacuum allows.',
    'A copy holds the same databases as its primary: they are listed once.',
  ],
  summary: storageSummary,
  panes: [walPane, archivingPane, sizesPane, progressPane],
})
