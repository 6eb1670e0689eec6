// The pulse's statement without functions that the server refuses: what other functions tell too is taken from them.

import { STATEMENT_PARTS } from '../answers/statement-parts.ts'

// The processes themselves are seen among the sessions. What they do is unknown.
const SENDERS = `(SELECT pid, NULL::pg_catalog.text AS state, NULL::pg_catalog.text AS sync_state,
    NULL::pg_catalog.pg_lsn AS sent_lsn, NULL::pg_catalog.pg_lsn AS write_lsn, NULL::pg_catalog.pg_lsn AS flush_lsn,
    NULL::pg_catalog.pg_lsn AS replay_lsn, NULL::pg_catalog.interval AS write_lag, NULL::pg_catalog.interval AS flush_lag,
    NULL::pg_catalog.interval AS replay_lag, NULL::pg_catalog.timestamptz AS reply_time
  FROM activity WHERE backend_type = 'walsender') w JOIN activity a USING (pid)`
const RECEIVER = `(SELECT pid, NULL::pg_catalog.text AS status, NULL::pg_catalog.text AS slot_name,
    NULL::pg_catalog.text AS sender_host, NULL::pg_catalog.int4 AS sender_port, NULL::pg_catalog.int4 AS received_tli,
    NULL::pg_catalog.pg_lsn AS flushed_lsn, NULL::pg_catalog.pg_lsn AS latest_end_lsn,
    NULL::pg_catalog.timestamptz AS latest_end_time, NULL::pg_catalog.timestamptz AS last_msg_receipt_time
  FROM activity WHERE backend_type = 'walreceiver') process`

const SENDERS_WITH_SESSIONS = 'pg_catalog.pg_stat_get_wal_senders() w JOIN activity a USING (pid)'

/** Returns the text of the pulse's statement without these parts. */
export function pulseWithout(text: string, refused: ReadonlySet<string>): string {
  const isRefused = (name: string) => refused.has(`${name}()`)
  let left = text
  const hasSessions = !isRefused('pg_stat_get_activity')
  // Sessions are then read one by one, by functions that tell less.
  if (!hasSessions) left = left.replace(' AS is_small\n', ' AND false AS is_small\n')
  if (isRefused('pg_stat_get_wal_senders')) {
    if (hasSessions) left = left.replace(SENDERS_WITH_SESSIONS, SENDERS)
  } else if (!hasSessions)
    left = left.replace(SENDERS_WITH_SESSIONS, SENDERS_WITH_SESSIONS.replace('JOIN', 'LEFT JOIN'))
  if (isRefused('pg_stat_get_wal_receiver') && hasSessions)
    left = left.replace('FROM pg_catalog.pg_stat_get_wal_receiver() WHERE', `FROM ${RECEIVER} WHERE`)
  return STATEMENT_PARTS.without(left, refused)
}
