// What takes disk space and what works on it: WAL directory, archiver, checkpoints, databases, backups, vacuums.

import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import type { Probe } from '../../probe.ts'
import { parseAnswer } from '../answers/json-answer.ts'
import { storageDocument } from './storage-document.ts'
import { storageSql } from './storage-sql.ts'

export const storageProbe: Probe<'database', StorageFacts> = {
  id: 'storage',
  scope: 'database',
  title: 'WAL directory, archiver, checkpoints, database sizes, running backups and vacuums',
  source: 'pg_ls_waldir(), pg_stat_archiver, pg_stat_checkpointer, pg_database_size(), pg_stat_progress_*',
  runs: 'when-viewed',
  every: { ms: STORAGE_INTERVAL_MS },
  needs: ['pg_monitor'],
  async read({ session }, signal) {
    const [row] = await session.query<{ answer: unknown }>({ name: 'pgdeck_storage', text: storageSql }, signal)
    return parseAnswer(storageDocument, row?.answer, 'the storage')
  },
}
