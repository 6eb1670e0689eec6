// View 5: the use of disk space and when it runs out: WAL, slots, the archive, databases; and running backups and
// vacuums.

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
    'WAL: write rate of the last half minute. pg_wal: its directory. Databases inside are read every 10 s.',
    'RETAINS: WAL that a slot retains. SAFE FOR: WAL until max_slot_wal_keep_size invalidates the slot.',
    'AT THIS RATE: until a slot is lost or, without a limit, the disk is full. For an active slot: if its consumer stopped now.',
    'ARCHIVING: failing: the last attempt failed. BACKLOG: WAL that waits. While nothing is archived: alert archiver-stalled.',
    'REQUESTED: checkpoints caused by max_wal_size or a command. Above half, max_wal_size is too small.',
    'TO WRAPAROUND: age of the oldest transaction ID, of at most 2147 million. TO VACUUM: the same, of autovacuum_freeze_max_age.',
    'Databases are listed once per primary, not per standby.',
  ],
  summary: storageSummary,
  panes: [walPane, archivingPane, sizesPane, progressPane],
})
