// SQL of the pulse for the archiver: how it goes, and what waits for it.

import { instantSql } from '../answers/answer.ts'
import { guardedSql, mayRunSql } from '../answers/guarded.ts'

const ARCHIVES = `(pg_catalog.current_setting('archive_mode') = 'always'
      OR pg_catalog.current_setting('archive_mode') = 'on' AND NOT me.standby)`
const IS_QUIET = `coalesce(last_archived_time < pg_catalog.clock_timestamp() - '10 s'::pg_catalog.interval, true)`
const COUNTED = guardedSql(
  mayRunSql('pg_ls_archive_statusdir()'),
  `SELECT pg_catalog.json_build_object('files', pg_catalog.count(*) FILTER (WHERE name LIKE '%.ready'),
       'seconds', extract(epoch FROM pg_catalog.clock_timestamp() - greatest(
         pg_catalog.min(modification) FILTER (WHERE name LIKE '%.ready'), pg_catalog.pg_postmaster_start_time())),
       'listed', pg_catalog.count(*)) AS f
     FROM pg_catalog.pg_ls_archive_statusdir()`,
)
const UNCOUNTED = `CASE WHEN ${mayRunSql('pg_ls_archive_statusdir()')} THEN '{"files":null,"seconds":null}'::pg_catalog.json END`

// Waiting files are counted only while archiving makes no progress: the server examines each file of the directory. A file
// waits for the archiver only while the server runs.
function waiting(counts: boolean): string {
  return `CASE WHEN NOT ${ARCHIVES} THEN NULL WHEN ${IS_QUIET} THEN ${counts ? COUNTED : UNCOUNTED}
      ELSE '{"files":0,"seconds":null}'::pg_catalog.json END`
}

const COMMANDLESS = `${ARCHIVES} AND pg_catalog.current_setting('archive_command') = ''
      AND coalesce(pg_catalog.current_setting('archive_library', true), '') = ''`

// Commands that are often set to switch archiving off without a restart.
const KEEPS_NOTHING = `${ARCHIVES} AND coalesce(pg_catalog.current_setting('archive_library', true), '') = ''
      AND pg_catalog.current_setting('archive_command')
          ~ '^\\s*((/usr)?/bin/)?(true|:|exit\\s+0|cd\\s+\\.|rem)(\\s+"?%[pf]"?)*\\s*(#.*)?$'`

/** SQL: a JSON object. Needs `me` of the pulse's statement. `counts`: whether the files that wait are counted. */
export function archiverSql(counts: boolean): string {
  return `(SELECT pg_catalog.json_build_object('mode', pg_catalog.current_setting('archive_mode'),
    'failing', coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL),
    'waiting', ${waiting(counts)}, 'commandless', ${COMMANDLESS}, 'keepsNothing', ${KEEPS_NOTHING},
    'quietSeconds', extract(epoch FROM pg_catalog.clock_timestamp() - last_archived_time),
    'lastArchivedWal', last_archived_wal, 'lastFailedWal', last_failed_wal, 'lastFailedAt', ${instantSql('last_failed_time')},
    'lastArchivedAt', ${instantSql('last_archived_time')}, 'failedCount', failed_count) FROM pg_catalog.pg_stat_archiver)`
}
