// The statement of the storage query, by version: one row with one JSON document.

import { databaseSizeSql } from '../../../io/postgres/database-size.ts'
import { ageSql, relationNameSql } from '../activity/session-row.ts'
import { CAN_SEE_ALL_SQL, missingGrantsSql } from '../answers/answer.ts'
import { guardedSql, mayRunSql } from '../answers/guarded.ts'
import { SESSION_OF_SQL } from '../answers/refused-figures.ts'

const MAY_LIST = mayRunSql('pg_ls_waldir()')
const MAY_LIST_ARCHIVE = mayRunSql('pg_ls_archive_statusdir()')
const WAL_DIRECTORY = guardedSql(
  MAY_LIST,
  `SELECT pg_catalog.json_build_object('bytes', coalesce(pg_catalog.sum(size), 0),
       'files', pg_catalog.count(*) FILTER (WHERE name ~ '^[0-9A-F]{24}$'), 'listed', pg_catalog.count(*)) AS f
     FROM pg_catalog.pg_ls_waldir()`,
)
const ARCHIVE_STATUS = guardedSql(
  MAY_LIST_ARCHIVE,
  `SELECT pg_catalog.json_build_object('ready', pg_catalog.count(*) FILTER (WHERE name LIKE '%.ready'),
       'listed', pg_catalog.count(*)) AS f FROM pg_catalog.pg_ls_archive_statusdir()`,
)

const END_OF_LOG = `(CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
      ELSE pg_catalog.pg_current_wal_lsn() END)`

// From 17 on, restartpoints have counters of their own. Before, they count as checkpoints.
const CHECKPOINTS_16 = `checkpoints_timed AS timed, checkpoints_req AS requested, checkpoint_write_time AS write_ms,
  checkpoint_sync_time AS sync_ms FROM pg_catalog.pg_stat_bgwriter`
const CHECKPOINTS_17 = `CASE WHEN pg_catalog.pg_is_in_recovery() THEN restartpoints_timed ELSE num_timed END AS timed,
  CASE WHEN pg_catalog.pg_is_in_recovery() THEN restartpoints_req ELSE num_requested END AS requested,
  write_time AS write_ms, sync_time AS sync_ms FROM pg_catalog.pg_stat_checkpointer`

const CHECKPOINTS = `(SELECT pg_catalog.json_build_object('timed', timed, 'requested', requested,
      'writeMs', write_ms, 'syncMs', sync_ms,
      'lastAt', extract(epoch FROM checkpoint_time) * 1000, 'redoLsn', redo_lsn,
      'bytesSince', CASE WHEN ${END_OF_LOG} IS NOT NULL AND redo_lsn IS NOT NULL THEN greatest(0, ${END_OF_LOG} - redo_lsn) END,
      'timeoutSeconds', extract(epoch FROM pg_catalog.current_setting('checkpoint_timeout')::interval))
    FROM (SELECT) one LEFT JOIN checkpoints ON true LEFT JOIN pg_catalog.pg_control_checkpoint() ON true)`

// The size of a database is the sum over all its files. After a third of the statement's time limit the remaining sizes
// stay null. Otherwise the whole query would fail on a server with very many files.
const IN_TIME = `pg_catalog.clock_timestamp() < pg_catalog.statement_timestamp()
      + coalesce(nullif(pg_catalog.current_setting('statement_timeout')::interval, '0'), '3 s') / 3`
const MAY_MEASURE = `(pg_catalog.has_database_privilege(oid, 'CONNECT') OR ${CAN_SEE_ALL_SQL})`
const DATABASES = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', datname,
      'bytes', ${databaseSizeSql(`${MAY_MEASURE} AND ${IN_TIME}`)},
      'transactionAge', pg_catalog.age(datfrozenxid)) ORDER BY datname), '[]'::pg_catalog.json) FROM pg_catalog.pg_database)`

const BACKUPS = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('pid', p.pid, 'application', a.application_name,
      'client', pg_catalog.host(a.client_addr), 'phase', p.phase, 
      'totalBytes', p.backup_total, 'sentBytes', p.backup_streamed,
      'seconds', ${ageSql('a.backend_start')}) ORDER BY p.pid), '[]'::pg_catalog.json)
    FROM pg_catalog.pg_stat_progress_basebackup p LEFT JOIN pg_catalog.pg_stat_activity a USING (pid))`

const VACUUMS = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('pid', p.pid, 'database', p.datname,
      'relation', CASE WHEN p.datname = pg_catalog.current_database()
        THEN ${relationNameSql('p.relid')} END,
      'elsewhere', CASE WHEN p.datname <> pg_catalog.current_database()
        THEN pg_catalog.json_build_object('database', p.datname, 'oid', p.relid::pg_catalog.int8) END,
      'phase', p.phase, 'blocksTotal', p.heap_blks_total, 'blocksScanned', p.heap_blks_scanned,
      'isAutovacuum', a.backend_type = 'autovacuum worker', 'seconds', ${ageSql('a.xact_start')}) ORDER BY p.pid), '[]'::pg_catalog.json)
    FROM pg_catalog.pg_stat_progress_vacuum p LEFT JOIN pg_catalog.pg_stat_activity a USING (pid))`

const ARCHIVER = `(SELECT pg_catalog.json_build_object('mode', pg_catalog.current_setting('archive_mode'),
      'archivedCount', archived_count,
      'failedCount', failed_count, 'lastArchivedWal', last_archived_wal,
      'lastArchivedAt', extract(epoch FROM last_archived_time) * 1000, 'lastFailedWal', last_failed_wal,
      'lastFailedAt', extract(epoch FROM last_failed_time) * 1000) FROM pg_catalog.pg_stat_archiver)`

const MISSING = missingGrantsSql([
  { what: 'the size of the WAL directory', unless: MAY_LIST },
  { what: 'how many files wait to be archived', unless: MAY_LIST_ARCHIVE },
  { what: 'how far base backups and vacuums of other users are', unless: CAN_SEE_ALL_SQL },
  {
    what: 'the size of databases that this role may not connect to',
    unless: `(SELECT pg_catalog.bool_and(${MAY_MEASURE}) FROM pg_catalog.pg_database)`,
  },
])

/** Returns the statement for a server of this version. Its schema is in storage.ts. `lists`: whether directories are listed. */
export function storageSql(versionNumber: number, lists = true): string {
  return `WITH checkpoints AS (SELECT ${versionNumber >= 170_000 ? CHECKPOINTS_17 : CHECKPOINTS_16})
SELECT pg_catalog.json_build_object(
  'walDirectory', ${lists ? WAL_DIRECTORY : 'NULL'},
  'walSegmentBytes', pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')),
  'maxWalBytes', pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_wal_size')),
  'archiveStatus', ${lists ? ARCHIVE_STATUS : 'NULL'},
  'archiver', ${ARCHIVER},
  'checkpoints', ${CHECKPOINTS},
  'databases', ${DATABASES},
  'freezeMaxAge', pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint,
  'backups', ${BACKUPS},
  'vacuums', ${VACUUMS},
  ${SESSION_OF_SQL},
  'missing', ${MISSING}) AS answer`
}
