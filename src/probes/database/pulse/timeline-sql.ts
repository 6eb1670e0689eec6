// The timeline of a server in SQL: of a primary by its WAL file, of a standby by the newest of what it shows.

// Called through query_to_xml() a function is looked up only when it runs: a role that may not list the WAL directory
// gets the rest of the answer all the same.
const MAY_LIST = `pg_catalog.has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE')`

// Leftovers of a history that recovery does not follow can lie there when it has been told to stay on one timeline.
const FOLLOWS_NEWEST = `pg_catalog.current_setting('recovery_target_timeline') = 'latest'`

// Names of WAL files are timeline, then number, each in hexadecimal. Only the file of the last position received or
// replayed counts, and those after it: an older one says nothing of where this standby went. `.history` and `.partial`
// files do not fit the pattern. Files that are kept for reuse bear the timeline that was replayed when they were renamed.
const POSITION = `pg_catalog.pg_wal_lsn_diff(
  GREATEST(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn()), '0/0') - 1`
const hexOf = (number: string) => `pg_catalog.lpad(pg_catalog.to_hex((${number})::bigint), 8, '0')`
const NEWEST_FILE = `SELECT pg_catalog.max(('x' || pg_catalog.substr(name, 1, 8))::bit(32)::bigint) AS f
  FROM pg_catalog.pg_ls_waldir(), (SELECT ${POSITION} AS last_byte,
    pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')) AS segment_bytes) AS at
  WHERE name ~ '^[0-9A-F]{24}$' AND pg_catalog.substr(name, 9) >= pg_catalog.upper(
    ${hexOf('pg_catalog.trunc(last_byte / 4294967296)')} ||
    ${hexOf('pg_catalog.trunc(pg_catalog.mod(last_byte, 4294967296) / segment_bytes)')})`

const NEWEST_OF_WAL_DIRECTORY = `CASE WHEN ${MAY_LIST} AND ${FOLLOWS_NEWEST} THEN
  pg_catalog.substring(pg_catalog.query_to_xml('${NEWEST_FILE.replaceAll("'", "''")}', false, true, '')::pg_catalog.text,
    '<f>([0-9]+)</f>')::bigint END`

/**
 * A bigint expression over `me`, `position` and `receiver` of the pulse's statement; null where nothing is known. On a
 * primary the control file lags behind until the checkpoint after its promotion ends. On a standby the control file is
 * a lower bound: it moves with restart points. A receiver knows better, but is hidden without pg_monitor, and 0 is "not
 * set yet". Without a receiver the newest WAL file tells: a standby whose upstream died just after a failover has all
 * its WAL on a timeline that its control file has not heard of.
 */
export const TIMELINE_SQL = `CASE
    WHEN me.standby THEN GREATEST(
      (SELECT received_tli FROM receiver),
      (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
      (SELECT NULLIF(min_recovery_end_timeline, 0) FROM pg_catalog.pg_control_recovery()),
      CASE WHEN NOT EXISTS (SELECT FROM receiver) THEN ${NEWEST_OF_WAL_DIRECTORY} END)
    ELSE ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(position.lsn), 1, 8))::bit(32)::bigint END`
