// The statement of the storage look, by version: one row with one JSON document.

// pg_ls_waldir() may be called by pg_monitor alone, and EXECUTE is checked even in a branch not taken. Called through
// query_to_xml the name is only looked up when it runs, so that a plain role gets null instead of a refusal.
const GUARDED = (call: string, allowed: string) =>
  `CASE WHEN ${allowed} THEN (xpath('/row/f/text()', query_to_xml('${call}', false, true, '')))[1]::text::numeric END`
const MAY_LIST = `has_function_privilege(current_user, 'pg_ls_waldir()', 'EXECUTE')`
const MAY_LIST_ARCHIVE = `has_function_privilege(current_user, 'pg_ls_archive_statusdir()', 'EXECUTE')`

const END_OF_LOG = 'CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END'

/** Bytes of a setting that is kept in a unit of its own, e.g. max_wal_size in MB. */
const BYTES_OF = (name: string) => `pg_size_bytes(current_setting('${name}'))`

const CHECKPOINTS_16 = `checkpoints_timed AS timed, checkpoints_req AS requested, checkpoint_write_time AS write_ms,
  checkpoint_sync_time AS sync_ms FROM pg_stat_bgwriter`
const CHECKPOINTS_17 = `num_timed AS timed, num_requested AS requested, write_time AS write_ms, sync_time AS sync_ms
  FROM pg_stat_checkpointer`

const DATABASES = `(SELECT coalesce(json_agg(json_build_object('name', datname,
      'bytes', CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
                    THEN pg_database_size(oid) END,
      'transactionAge', age(datfrozenxid)) ORDER BY datname), '[]'::json)
    FROM pg_database WHERE datallowconn)`

const BACKUPS = `(SELECT coalesce(json_agg(json_build_object('pid', pid, 'phase', phase, 'totalBytes', backup_total,
      'sentBytes', backup_streamed)), '[]'::json) FROM pg_stat_progress_basebackup)`

const VACUUMS = `(SELECT coalesce(json_agg(json_build_object('pid', p.pid, 'database', p.datname,
      'relation', CASE WHEN p.datname = current_database() THEN p.relid::regclass::text ELSE p.relid::text END,
      'phase', p.phase, 'blocksTotal', p.heap_blks_total, 'blocksScanned', p.heap_blks_scanned,
      'isAutovacuum', coalesce(a.backend_type = 'autovacuum worker', false),
      'seconds', extract(epoch FROM clock_timestamp() - a.xact_start))), '[]'::json)
    FROM pg_stat_progress_vacuum p LEFT JOIN pg_stat_activity a USING (pid))`

const ARCHIVER = `(SELECT json_build_object('mode', current_setting('archive_mode'), 'archivedCount', archived_count,
      'failedCount', failed_count, 'lastArchivedWal', last_archived_wal,
      'lastArchivedAt', extract(epoch FROM last_archived_time) * 1000, 'lastFailedWal', last_failed_wal,
      'lastFailedAt', extract(epoch FROM last_failed_time) * 1000) FROM pg_stat_archiver)`

const MISSING = `(SELECT CASE WHEN ${MAY_LIST} THEN '[]'::json ELSE json_build_array(json_build_object(
      'what', 'size of the WAL directory and the archive backlog',
      'grant', format('GRANT pg_monitor TO %I', current_user))) END)`

/** The statement for a server of this version. Its shape is in storage-row.ts. */
export function storageSql(versionNumber: number): string {
  return `WITH checkpoints AS (SELECT ${versionNumber >= 170_000 ? CHECKPOINTS_17 : CHECKPOINTS_16})
SELECT json_build_object(
  'walDirectoryBytes', ${GUARDED('SELECT sum(size) AS f FROM pg_ls_waldir()', MAY_LIST)},
  'walFiles', ${GUARDED('SELECT count(*) AS f FROM pg_ls_waldir()', MAY_LIST)},
  'maxWalBytes', ${BYTES_OF('max_wal_size')},
  'archiveReady', ${GUARDED(`SELECT count(*) AS f FROM pg_ls_archive_statusdir() WHERE name LIKE ''%.ready''`, MAY_LIST_ARCHIVE)},
  'archiver', ${ARCHIVER},
  'checkpoints', (SELECT json_build_object('timed', timed, 'requested', requested, 'writeMs', write_ms, 'syncMs', sync_ms,
      'lastAt', (SELECT extract(epoch FROM checkpoint_time) * 1000 FROM pg_control_checkpoint()),
      'redoLsn', (SELECT redo_lsn FROM pg_control_checkpoint()),
      'bytesSince', pg_wal_lsn_diff(${END_OF_LOG}, (SELECT redo_lsn FROM pg_control_checkpoint())),
      'timeoutSeconds', extract(epoch FROM current_setting('checkpoint_timeout')::interval)) FROM checkpoints),
  'databases', ${DATABASES},
  'freezeMaxAge', current_setting('autovacuum_freeze_max_age')::bigint,
  'backups', ${BACKUPS},
  'vacuums', ${VACUUMS},
  'missing', ${MISSING}) AS answer`
}
