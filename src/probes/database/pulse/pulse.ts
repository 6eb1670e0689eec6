// The pulse of a database: role, position, replication, sessions, slots and settings. It is one statement and one round
// trip, and its one row is one JSON document.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { lockHoldersSql } from '../../../io/postgres/run-lock-sql.ts'
import type { DatabasePulse } from '../../../model/measured/pulse.ts'
import { serverIdentityOf } from '../../../model/measured/server-identity.ts'
import { isReadAsPrimary } from '../../../model/picture/roles.ts'
import { RUN_NAME_PREFIX } from '../../../model/runs/lock/run-name.ts'
import { FaultError } from '../../../model/values/fault.ts'
import type { Probe } from '../../probe.ts'
import { instantSql } from '../answers/answer.ts'
import { askedAgain } from '../answers/listing-pause.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'
import { judgeDatabaseCertificate } from '../connections/database-certificate.ts'
import { AURORA_SQL } from '../managers/aurora-sql.ts'
import { MANAGER_SIGNS_SQL } from '../managers/detection-sql.ts'
import { archiveQueueOf } from './archive-queue.ts'
import { archiverSql } from './archiver-sql.ts'
import { LOCK_WAITS_SQL } from './lock-waits-sql.ts'
import { PENDING_RESTART_SQL, pendingRestartOf } from './pending-restart.ts'
import { parsePulse, WritableSessionError } from './pulse-document.ts'
import { pulseWithout } from './pulse-without.ts'
import { READ_ONLY_SQL } from './read-only-sql.ts'
import { ACTIVITY_CTE_SQL, STARTUP_PROCESS_SQL } from './sessions-sql.ts'
import { standbySql } from './standby-sql.ts'
import { TIMELINE_SQL } from './timeline-sql.ts'
import {
  CONNECTION_LIMITS_SQL,
  LONGEST_STATEMENT_SQL,
  TRANSACTION_COUNTERS_SQL,
  transactionsSql,
} from './transactions-sql.ts'

/** Reads everything that each poll needs from a database. */
export const pulseProbe: Probe<'database', DatabasePulse> = {
  id: 'pulse',
  scope: 'database',
  title: 'Role, position, replication, sessions, slots, settings',
  source:
    'pg_is_in_recovery, pg_control_system, pg_walfile_name, pg_stat_activity, pg_stat_replication, pg_stat_wal_receiver, ' +
    'pg_replication_slots, pg_stat_archiver, pg_prepared_xact, pg_database, pg_stat_database, pg_settings, ' +
    'current_setting',
  runs: 'always',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ session, again = null }, signal) {
    const { row, sent, answered } = await ask(session, signal)
    if (!row) throw new FaultError({ code: 'protocol', message: 'the pulse query answered with no row', hint: null })
    const answeredAt = performance.timeOrigin + answered
    // The clocks are compared by wall time. This host's wall clock may have been set since this process started.
    const drift = Date.now() - performance.timeOrigin - performance.now()
    const trip = { sentAt: performance.timeOrigin + sent + drift, answeredAt: answeredAt + drift }
    try {
      const at = session.endpoint()
      const pooler = session.pooler()
      const certificate = session.certificate()
      const took = { at: answered, tookMs: answered - sent }
      const parsed = archiveQueueOf(session).take(parsePulse(row.pulse, trip, session.refused()), took)
      const pulse = pendingRestartOf(session).take(parsed)
      return {
        ...pulse,
        askedAt: trip.sentAt,
        ...(isReadAsPrimary({ pulse }) && pooler === null ? await readOnlyDefault(session, pulse, again) : {}),
        ...(at ? { endpoint: { host: at.host, port: at.port } } : {}),
        ...(certificate === null ? {} : { tls: judgeDatabaseCertificate(certificate, answeredAt) }),
        ...(pooler === null ? {} : { pooler }),
      }
    } catch (error) {
      if (error instanceof WritableSessionError) session.discard()
      throw error
    }
  },
}

const PARTS = { ...STATEMENT_PARTS, without: pulseWithout }

interface PulseAnswer {
  readonly row: { readonly pulse: unknown } | undefined
  /** When the statement was sent and its answer arrived, by performance.now(). */
  readonly sent: number
  readonly answered: number
}

/** If the server does not finish in time, it is asked once more without the files that wait to be archived. */
async function ask(session: DatabaseSession, signal: AbortSignal): Promise<PulseAnswer> {
  const queue = archiveQueueOf(session)
  if (!queue.mayCount(performance.now())) return askWith(session, signal, false)
  try {
    return await askWith(session, signal, true)
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.code !== 'slow') throw error
    queue.failed(performance.now())
    if (signal.aborted) throw error
    return askedAgain(error, () => askWith(session, signal, false))
  }
}

async function askWith(session: DatabaseSession, signal: AbortSignal, counts: boolean): Promise<PulseAnswer> {
  let began = performance.now()
  const sent = () => {
    began = performance.now()
  }
  const pending = pendingRestartOf(session).mustAsk()
  const name = `pgdeck_pulse${counts ? '' : '_uncounted'}${pending ? '' : '_known_settings'}`
  const text = (versionNumber: number) => pulseSql(versionNumber, { counts, pending })
  const [row] = await session.query<{ pulse: unknown }>({ name, text, sent, parts: PARTS }, signal)
  return { row, sent: began, answered: performance.now() }
}

/**
 * Read again only after the server was restarted, reloaded its configuration, or a setting of our role or database
 * changed. A value for all roles decides without that.
 */
async function readOnlyDefault(session: DatabaseSession, pulse: DatabasePulse, again: (() => void) | null) {
  const { readOnlyForAll, readOnlyOwn, configLoadedAt } = pulse
  if (readOnlyForAll != null) return { defaultReadOnly: readOnlyForAll }
  const settings = `${configLoadedAt ?? ''} ${readOnlyOwn ?? ''}`
  const server = serverIdentityOf(pulse)
  // A server that does not tell who it is can't be asked again.
  if (server === null) return {}
  const found = await session.readOnlyDefault(server, settings, again)
  return found === 'here' ? { defaultReadOnly: true, readOnlyHere: true } : { defaultReadOnly: found }
}

// `pg_is_in_recovery()` is called once. Calls in several places could straddle a promotion and mix two roles. Every
// role may execute the functions named here: PostgreSQL checks EXECUTE before anything runs, also in branches that are
// not taken. CASE does prevent "recovery is in progress". GREATEST ignores NULL, so expressions that may be NULL are
// tested before. The statement uses pg_stat_get_*, the functions behind the views: one scan of all sessions serves
// counts, clients and walsenders.

/**
 * Returns the statement for a server of this version. The schema of its document is in pulse-document.ts. `counts`: whether the
 * files that wait to be archived are counted; `pending`: whether the settings that wait for a restart are read.
 */
export function pulseSql(versionNumber: number, { counts, pending } = { counts: true, pending: true }): string {
  return `WITH
me AS MATERIALIZED (
  SELECT coalesce(pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('in_hot_standby') = 'on') AS standby,
         coalesce(pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), false) AS sees_all),
position AS MATERIALIZED (
  SELECT CASE WHEN NOT standby THEN coalesce(pg_catalog.pg_current_wal_lsn(), pg_catalog.pg_current_wal_flush_lsn()) END AS lsn,
         CASE WHEN NOT standby THEN coalesce(pg_catalog.pg_current_wal_flush_lsn(), pg_catalog.pg_current_wal_lsn()) END AS flushed,
         CASE WHEN standby THEN pg_catalog.pg_last_wal_receive_lsn() END AS received,
         CASE WHEN standby THEN pg_catalog.pg_last_wal_replay_lsn() END AS replayed FROM me),
${ACTIVITY_CTE_SQL},
receiver AS MATERIALIZED (SELECT * FROM pg_catalog.pg_stat_get_wal_receiver() WHERE pid IS NOT NULL)
SELECT pg_catalog.json_build_object(
  'version', pg_catalog.current_setting('server_version'),
  'versionNumber', pg_catalog.current_setting('server_version_num')::int,
  'role', current_user,
  'readOnly', pg_catalog.current_setting('transaction_read_only') = 'on',
  'seesAll', me.sees_all,
  'mayUseReserved', ${mayUseReserved(versionNumber)},
  'mayReplicate', (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
  'systemIdentifier', (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()),
  'timeline', ${TIMELINE_SQL},
  'standby', CASE WHEN me.standby THEN ${standbySql(versionNumber)} END,
  'lsn', position.lsn, 'flushedLsn', position.flushed,
  'startedAt', ${instantSql('pg_catalog.pg_postmaster_start_time()')},
  'postmasterStart', (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint::pg_catalog.text,
  'configLoadedAt', ${instantSql('pg_catalog.pg_conf_load_time()')},
  ${READ_ONLY_SQL},
  ${pending ? `'pendingRestart', ${PENDING_RESTART_SQL},` : ''}
  'port', pg_catalog.current_setting('port')::int,
  'logsConnections', pg_catalog.current_setting('log_connections') ~* '\\m(on|true|yes|1|all|receipt)\\M',
  'walSegmentBytes', pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')),
  'clock', ${instantSql('coalesce(pg_catalog.clock_timestamp(), pg_catalog.statement_timestamp())')},
  'serverAddress', pg_catalog.host(pg_catalog.inet_server_addr()), 'serverPort', pg_catalog.inet_server_port(),
  'clusterName', pg_catalog.current_setting('cluster_name'),
  'sessions', ${SESSIONS},
  'clients', CASE WHEN me.sees_all AND NOT EXISTS (SELECT FROM activity WHERE NOT is_read) THEN ${CLIENTS} END,
  'unreadSessions', (SELECT pg_catalog.count(*) FROM activity WHERE is_client AND NOT is_read),
  'commitWaits', ${COMMIT_WAITS},
  'lockWaits', ${LOCK_WAITS_SQL},
  'startupProcess', CASE WHEN me.standby THEN ${STARTUP_PROCESS_SQL} END,
  'runs', ${RUNS},
  'senders', ${SENDERS},
  'slots', ${SLOTS},
  'subscriptions', ${SUBSCRIPTIONS},
  'settings', ${SETTINGS},
  'archiver', ${archiverSql(counts)},
  'rewindable', pg_catalog.current_setting('wal_log_hints')::boolean
                OR pg_catalog.current_setting('data_checksums') = 'on',
  'transactions', ${transactionsSql(versionNumber)},
  'transactionCounters', ${TRANSACTION_COUNTERS_SQL},
  'longestStatement', CASE WHEN me.sees_all THEN ${LONGEST_STATEMENT_SQL} END,
  'connectionLimits', ${CONNECTION_LIMITS_SQL},
  'oldestTransactionAge', (SELECT pg_catalog.max(pg_catalog.age(datfrozenxid)) FROM pg_catalog.pg_database),
  'managerSigns', ${MANAGER_SIGNS_SQL},
  'aurora', ${AURORA_SQL}
) AS pulse FROM me, position`
}

function rows(object: string, from: string): string {
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(${object})), '[]'::pg_catalog.json) FROM ${from})`
}

function mayUseReserved(versionNumber: number): string {
  const superuser = `pg_catalog.current_setting('is_superuser') = 'on'`
  if (versionNumber < 160_000) return superuser
  return `(${superuser} OR pg_catalog.pg_has_role(current_user, 'pg_use_reserved_connections', 'USAGE'))`
}

// All client sessions count against max_connections, this one too. It does not count as active, because it always is.
// A session with parallel workers waits once. A session that is not tracked (track_activities) has no state.
const SESSIONS = `(SELECT pg_catalog.json_build_object(
    'total', pg_catalog.count(*) FILTER (WHERE is_client),
    'max', pg_catalog.current_setting('max_connections')::int,
    'reserved', pg_catalog.current_setting('superuser_reserved_connections')::int
                + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0),
    'active', pg_catalog.count(*) FILTER (WHERE is_client AND state = 'active' AND pid <> pg_catalog.pg_backend_pid()),
    'idleInTransaction', pg_catalog.count(*) FILTER (WHERE is_client AND state LIKE 'idle in transaction%'),
    'untracked', pg_catalog.count(*) FILTER (WHERE is_client AND state = 'disabled' AND pid <> pg_catalog.pg_backend_pid()),
    'waiting', pg_catalog.count(DISTINCT coalesce(leader_pid, pid)) FILTER (WHERE wait_event_type = 'Lock'),
    'longestIdleInTransactionSeconds', pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - state_change))
                                       FILTER (WHERE is_client AND state LIKE 'idle in transaction%')) FROM activity)`

// PostgreSQL does not report when a session began to wait. The start of its statement is the upper bound.
const COMMIT_WAITS = `(SELECT pg_catalog.json_build_object('count', pg_catalog.count(*), 'longestSeconds',
    pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - state_change))) FROM activity WHERE wait_event = 'SyncRep')`

// Sessions of any pgdeck are left out: one that runs on the host of an application server would count as a session of
// that server.
const CLIENTS = rows(
  `'applicationName', application_name, 'address', address, 'count', count`,
  `(SELECT application_name, pg_catalog.host(client_addr) AS address, pg_catalog.count(*) AS count FROM activity
      WHERE is_client AND pid <> pg_catalog.pg_backend_pid()
        AND application_name <> pg_catalog.current_setting('application_name')
        AND application_name NOT LIKE '${RUN_NAME_PREFIX}%'
      GROUP BY 1, 2) client`,
)

// Locks are read only if a session has the application name of a run. Otherwise this costs nothing.
const RUNS = `CASE WHEN EXISTS (SELECT FROM activity WHERE application_name LIKE '${RUN_NAME_PREFIX}%' OR NOT is_read) THEN ${lockHoldersSql()} END`

// Base backups are walsenders too, with state 'backup'. The model leaves them out.
const SENDERS = rows(
  `'pid', w.pid, 'applicationName', a.application_name, 'userName', pg_catalog.pg_get_userbyid(a.usesysid),
    'address', pg_catalog.host(a.client_addr), 'port', nullif(a.client_port, -1), 'xminAge', pg_catalog.age(a.backend_xmin),
    'state', w.state, 'sync', w.sync_state,
    'slot', (SELECT slot_name FROM pg_catalog.pg_get_replication_slots() s WHERE s.active_pid = w.pid LIMIT 1),
    'sentLsn', w.sent_lsn, 'writtenLsn', w.write_lsn, 'flushedLsn', w.flush_lsn, 'replayedLsn', w.replay_lsn,
    'writeLagSeconds', extract(epoch FROM w.write_lag), 'flushLagSeconds', extract(epoch FROM w.flush_lag),
    'replayLagSeconds', extract(epoch FROM w.replay_lag), 'startedAt', ${instantSql('a.backend_start')},
    'replyAgeSeconds', extract(epoch FROM pg_catalog.clock_timestamp() - w.reply_time)`,
  'pg_catalog.pg_stat_get_wal_senders() w JOIN activity a USING (pid)',
)

// Columns of newer versions are read from the row as JSON; on older versions the key is missing. A server that replaced
// the function may return a row of nulls.
const SLOTS = rows(
  `'name', s.slot_name, 'type', s.slot_type, 'active', s.active, 'activePid', s.active_pid, 'temporary', s.temporary,
    'restartLsn', s.restart_lsn, 'confirmedFlushLsn', s.confirmed_flush_lsn,
    'walStatus', s.wal_status, 'safeBytes', s.safe_wal_size,
    'retainedBytes', CASE WHEN s.restart_lsn IS NOT NULL
        AND coalesce(position.lsn, position.replayed) IS NOT NULL
      THEN greatest(0, coalesce(position.lsn, position.replayed) - s.restart_lsn) END,
    'xminAge', pg_catalog.age(s.xmin), 'catalogXminAge', pg_catalog.age(s.catalog_xmin),
    'invalidationReason', j->>'invalidation_reason',
    'failover', (j->>'failover')::pg_catalog.bool, 'synced', (j->>'synced')::pg_catalog.bool,
    'skipReason', j->>'slotsync_skip_reason',
    'inactiveSince', ${instantSql(`(j->>'inactive_since')::pg_catalog.timestamptz`)}`,
  `pg_catalog.pg_get_replication_slots() s, LATERAL pg_catalog.to_jsonb(s) j
    WHERE s.slot_name IS NOT NULL AND s.slot_type IS NOT NULL AND s.active IS NOT NULL AND s.temporary IS NOT NULL`,
)

// Subscriptions are shared by all databases of a server. Every role may read these columns, but not the connection
// string.
const SUBSCRIPTIONS = rows(`'name', subname, 'slot', subslotname, 'enabled', subenabled`, 'pg_catalog.pg_subscription')

// current_setting() is cheaper: pg_settings builds a row for every setting.
const SETTINGS = `pg_catalog.json_build_object(
    'max_connections', pg_catalog.current_setting('max_connections')::int,
    'max_worker_processes', pg_catalog.current_setting('max_worker_processes')::int,
    'max_wal_senders', pg_catalog.current_setting('max_wal_senders')::int,
    'max_prepared_transactions', pg_catalog.current_setting('max_prepared_transactions')::int,
    'max_locks_per_transaction', pg_catalog.current_setting('max_locks_per_transaction')::int,
    'synchronousStandbyNames', pg_catalog.current_setting('synchronous_standby_names'),
    'synchronousCommit', CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting
      WHERE pg_catalog.array_to_string(setconfig, ',') LIKE '%synchronous_commit=%')
      THEN pg_catalog.current_setting('synchronous_commit') END,
    'applyDelayMs', extract(epoch FROM pg_catalog.current_setting('recovery_min_apply_delay')::interval) * 1000,
    'synchronizedStandbySlots', pg_catalog.current_setting('synchronized_standby_slots', true),
    'maxSlotKeepBytes', nullif(pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_slot_wal_keep_size')), -1))`
