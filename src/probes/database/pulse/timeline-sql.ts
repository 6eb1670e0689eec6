// SQL for the timeline of a server: of a primary from its WAL file, of a standby from the newest of several sources.

import { lateSql, mayRunSql } from '../answers/guarded.ts'

// A role that may not list the WAL directory still gets the rest of the answer.
const MAY_LIST = mayRunSql('pg_ls_waldir()')

// If recovery_target_timeline is not 'latest', files of a timeline that recovery does not follow can be there.
const FOLLOWS_NEWEST = `pg_catalog.current_setting('recovery_target_timeline') = 'latest'`

// The name of a WAL file is its timeline and its number, each in hexadecimal. Only the file of the last received or
// replayed position and later ones count: an earlier file does not show which timeline this standby followed.
// `.history` and `.partial` files do not match the pattern. A recycled file bears the timeline that was replayed when
// it was renamed.
const POSITION = `(GREATEST(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
  - '0/0'::pg_catalog.pg_lsn) - 1`
const hexOf = (number: string) => `pg_catalog.lpad(pg_catalog.to_hex((${number})::bigint), 8, '0')`
const NEWEST_FILE = `SELECT pg_catalog.max(('x' || pg_catalog.substr(name, 1, 8))::bit(32)::bigint) AS f
  FROM pg_catalog.pg_ls_waldir(), (SELECT ${POSITION} AS last_byte,
    pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')) AS segment_bytes) AS at
  WHERE name ~ '^[0-9A-F]{24}$' AND pg_catalog.substr(name, 9) >= pg_catalog.upper(
    ${hexOf('pg_catalog.trunc(last_byte / 4294967296)')} ||
    ${hexOf('pg_catalog.trunc(pg_catalog.mod(last_byte, 4294967296) / segment_bytes)')})`

const NEWEST_OF_WAL_DIRECTORY = `CASE WHEN ${MAY_LIST} AND ${FOLLOWS_NEWEST} THEN
  ${lateSql(NEWEST_FILE)}::bigint END`

/**
 * SQL: a bigint expression over `me`, `position` and `receiver` of the pulse's statement; NULL if unknown. On a
 * primary, the control file is out of date until the checkpoint after the promotion ends. On a standby, the control
 * file is a lower bound, because it is updated at restartpoints. The walreceiver is more exact, but it is hidden
 * without pg_monitor, and its 0 means "not set yet". Without a walreceiver the newest WAL file decides: a standby whose
 * upstream died just after a failover has all its WAL on a timeline that its control file does not have yet.
 */
export const TIMELINE_SQL = `CASE
    WHEN me.standby THEN GREATEST(
      (SELECT received_tli FROM receiver),
      (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
      (SELECT NULLIF(min_recovery_end_timeline, 0) FROM pg_catalog.pg_control_recovery()),
      CASE WHEN NOT EXISTS (SELECT FROM receiver) THEN ${NEWEST_OF_WAL_DIRECTORY} END)
    ELSE ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(position.lsn), 1, 8))::bit(32)::bigint END`
