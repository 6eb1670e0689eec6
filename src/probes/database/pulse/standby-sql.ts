// SQL of the pulse for a standby: positions, receiver, where recovery stops, and where WAL comes from.

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

/** SQL: a JSON object. Needs `position`, `activity` and `receiver` of the pulse's statement. */
export const STANDBY_SQL = `pg_catalog.json_build_object(
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
    'walSources', ${WAL_SOURCES})`
