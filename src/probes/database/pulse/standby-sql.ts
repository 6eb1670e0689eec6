// SQL of the pulse for a standby: positions, receiver, where recovery stops, where WAL comes from, and what
// the synchronization of slots needs.

import { instantSql } from '../answers/answer.ts'

// Without pg_read_all_settings to ask for primary_conninfo is an error. It holds passwords: only whether it is set is read.
const WAL_SOURCES = `pg_catalog.json_build_object(
      'archive', pg_catalog.current_setting('restore_command') <> '',
      'upstream', CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
        THEN pg_catalog.current_setting('primary_conninfo') <> '' END,
      'slot', nullif(pg_catalog.current_setting('primary_slot_name'), ''))`

// Only one of these settings can be set. They take effect at the start of the server.
const RECOVERY_TARGET = `(SELECT pg_catalog.json_build_object('setting', setting, 'value', value,
      'action', pg_catalog.current_setting('recovery_target_action'))
    FROM (VALUES ${['', '_time', '_xid', '_lsn', '_name']
      .map((name) => `('recovery_target${name}', pg_catalog.current_setting('recovery_target${name}'))`)
      .join(', ')}) target (setting, value)
    WHERE value <> '' LIMIT 1)`

// The connection string may hold passwords: only whether it names a database is read. Escaped characters and quoted values
// become one letter, so that `application_name='dbname=x'` names none; an empty value becomes a tilde.
const UNQUOTED = `pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(conninfo,
        '\\\\.', 'x', 'g'), '''''', '~', 'g'), '''[^'']+''', 'x', 'g')`
/** SQL: whether a connection string names a database. */
export function namesDatabaseSql(expression: string): string {
  return `(SELECT CASE WHEN conninfo ~ '^postgres(ql)?://'
        THEN conninfo ~ '^postgres(ql)?://[^/?]*/[^?]' OR conninfo ~ '[?&]dbname=[^&]'
        ELSE ${UNQUOTED} ~ '(^|\\s)dbname\\s*=\\s*[^~\\s]' END FROM (VALUES (${expression})) given (conninfo))`
}

// The settings that the synchronization of failover slots needs. From 19 on the server may write more than wal_level asks for.
const SLOT_SYNC = `pg_catalog.json_build_object(
      'worker', pg_catalog.current_setting('sync_replication_slots'),
      'feedback', pg_catalog.current_setting('hot_standby_feedback'),
      'hasDatabase', CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') THEN ${namesDatabaseSql("pg_catalog.current_setting('primary_conninfo')")} END,
      'walLevel', coalesce(pg_catalog.current_setting('effective_wal_level', true), pg_catalog.current_setting('wal_level')))`
const SLOT_SYNC_SINCE = 170_000

/** SQL: a JSON object. Needs `position`, `activity` and `receiver` of the pulse's statement. */
export function standbySql(versionNumber: number): string {
  return `pg_catalog.json_build_object(
    'receivedLsn', position.received, 'replayedLsn', position.replayed,
    'pause', pg_catalog.pg_get_wal_replay_pause_state(),
    'recoveryTarget', ${RECOVERY_TARGET},
    'lastReplayedCommitAt', ${instantSql('pg_catalog.pg_last_xact_replay_timestamp()')},
    'applyLagSeconds', CASE WHEN position.received <= position.replayed THEN 0
      WHEN position.received IS NULL OR pg_catalog.pg_last_xact_replay_timestamp() IS NULL THEN NULL
      ELSE greatest(0, extract(epoch FROM
        pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())) END,
    'receiver', (SELECT pg_catalog.json_build_object(
      'status', status, 'slot', slot_name, 'senderHost', sender_host, 'senderPort', sender_port,
      'receivedTimeline', received_tli, 'flushedLsn', flushed_lsn, 'latestEndLsn', latest_end_lsn,
      'latestEndAt', ${instantSql('latest_end_time')},
      'lastMessageAgeSeconds', extract(epoch FROM pg_catalog.clock_timestamp() - last_msg_receipt_time),
      'startedAt', (SELECT ${instantSql('a.backend_start')} FROM activity a WHERE a.pid = receiver.pid)) FROM receiver),
    'walSources', ${WAL_SOURCES},
    'slotSync', ${versionNumber >= SLOT_SYNC_SINCE ? SLOT_SYNC : 'NULL'})`
}
