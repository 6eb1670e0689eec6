// Metrics of databases.

import { isPrimary, isReadAsPrimary, isReadAsStandby } from '../../../model/picture/roles.ts'
import { isDown } from '../../../model/picture/status.ts'
import { commitWaitsOf } from '../../../model/replication/sync/commit-waits.ts'
import { lockWaitSeconds } from '../../../model/sessions/lock-waits.ts'
import { longestStatementSeconds } from '../../../model/sessions/longest-transaction.ts'
import { connectionsForUsers } from '../../../model/sessions/user-connections.ts'
import { databaseSamples, isReadNow, knownSample, type MetricFamily } from './family.ts'
import { transactionFamilies } from './transactions.ts'

const NODES: readonly MetricFamily[] = [
  {
    name: 'pgdeck_up',
    help: 'Whether a database answered the last poll (1) or not (0); left out before the first.',
    labels: ['node'],
    samples: ({ databases }) =>
      databases.flatMap(({ id, problem, readAt }) =>
        knownSample(problem ? 0 : readAt === null ? null : 1, { node: id }),
      ),
  },
  {
    name: 'pgdeck_accepts_connections',
    help: 'Whether a database accepted the last test of a new connection (1) or not (0); left out before the first.',
    labels: ['node'],
    samples: ({ databases }) =>
      databases.flatMap(({ id, newConnections }) =>
        knownSample(newConnections?.accepted == null ? null : Number(newConnections.accepted), { node: id }),
      ),
  },
  {
    name: 'pgdeck_database_certificate_expiry_seconds',
    help: 'Time until the TLS certificate of a database expires, as last seen; negative after that.',
    labels: ['node'],
    samples: ({ databases, at }) =>
      databases.flatMap(({ id, tls }) =>
        tls ? knownSample(Math.round((tls.validToAt - at) / 1000), { node: id }) : [],
      ),
  },
  {
    name: 'pgdeck_database_role',
    help: 'Role of a database that answered: always 1; the role is a label (primary, replica or cascading-replica).',
    labels: ['node', 'role'],
    samples: ({ databases }) =>
      databases
        .filter(isReadNow)
        .flatMap(({ id, role }) => knownSample(role === 'unknown' ? null : 1, { node: id, role })),
  },
  {
    name: 'pgdeck_database_status',
    help: 'Status of a database: always 1; the status is a label. Of one that could not be read only that it is inactive or starts.',
    labels: ['node', 'status'],
    samples: ({ databases }) =>
      databases
        .filter((view) => isReadNow(view) || isDown(view))
        .flatMap(({ id, status }) => knownSample(status === 'unknown' ? null : 1, { node: id, status })),
  },
  {
    name: 'pgdeck_refused_functions',
    help: 'Functions and views that a database refuses: what they tell is left out.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse && (pulse.refused?.length ?? 0)),
  },
  {
    name: 'pgdeck_refused_function',
    help: 'A function or view that a database refuses: always 1; its name and why (not permitted, missing, too slow, not offered by this server) are labels.',
    labels: ['node', 'function', 'why'],
    samples: ({ databases }) =>
      databases
        .filter(isReadNow)
        .flatMap(({ id, pulse }) =>
          [...new Map(pulse?.refused?.map((one) => [one.name, one])).values()].flatMap(({ name, why }) =>
            knownSample(1, { node: id, function: name, why }),
          ),
        ),
  },
  {
    name: 'pgdeck_timeline',
    help: 'Timeline that a database is on.',
    labels: ['node'],
    samples: databaseSamples(({ timeline }) => timeline),
  },
  {
    name: 'pgdeck_wal_position_bytes',
    help: 'End of WAL: written on a primary, received on a standby.',
    labels: ['node'],
    samples: databaseSamples(({ lsn }) => lsn),
  },
  {
    name: 'pgdeck_last_backup_timestamp_seconds',
    help: 'When the newest backup of a database was taken, where the configuration says how that is found.',
    labels: ['node'],
    samples: ({ databases }) =>
      databases.flatMap(({ id, backup }) =>
        knownSample(backup?.at == null || backup.problem ? null : backup.at / 1000, { node: id }),
      ),
  },
  {
    name: 'pgdeck_primary_read_only',
    help: 'Whether sessions of a primary are read-only unless they choose otherwise (default_transaction_read_only).',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => {
      const found = pulse && isReadAsPrimary({ pulse }) ? pulse.defaultReadOnly : null
      return found == null ? null : Number(found)
    }),
  },
  {
    name: 'pgdeck_settings_pending_restart',
    help: 'Settings of a database whose new value takes effect only after a restart. Left out where not all settings are visible and none of the others waits.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => {
      const pending = pulse?.pendingRestart
      return pending && (pending.names.length > 0 || pending.isComplete) ? pending.names.length : null
    }),
  },
  {
    name: 'pgdeck_replay_paused',
    help: 'Whether replay is paused on a standby, on request or by PostgreSQL.',
    labels: ['node'],
    samples: databaseSamples((view) => (isPrimary(view) ? null : Number(view.replayPaused))),
  },
  {
    name: 'pgdeck_replay_stalled_seconds',
    help: 'How long replay of a standby has stood still although more was received and nobody paused it; 0 while it continues.',
    labels: ['node'],
    samples: databaseSamples(({ pulse, replayStall: stall }) => {
      if (!pulse || !isReadAsStandby({ pulse }) || stall === 'unknown') return null
      return stall?.seconds ?? 0
    }),
  },
]

const THROUGHPUT: readonly MetricFamily[] = [
  {
    name: 'pgdeck_transactions_committed_total',
    type: 'counter',
    help: 'Transactions that all databases of a server have committed since their statistics were reset. The polls of pgdeck count.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse?.transactionCounters?.committed),
  },
  {
    name: 'pgdeck_transactions_rolled_back_total',
    type: 'counter',
    help: 'Transactions that all databases of a server have rolled back since their statistics were reset.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse?.transactionCounters?.rolledBack),
  },
  {
    name: 'pgdeck_longest_statement_seconds',
    help: 'How long the statement of a client has run that runs longest; 0 without one.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => longestStatementSeconds(pulse)),
  },
]

const SESSIONS: readonly MetricFamily[] = [
  {
    name: 'pgdeck_sessions',
    help: 'Sessions of clients.',
    labels: ['node'],
    samples: databaseSamples(({ sessions }) => sessions?.total),
  },
  {
    name: 'pgdeck_sessions_max',
    help: 'Maximum number of sessions of a database (max_connections).',
    labels: ['node'],
    samples: databaseSamples(({ sessions }) => sessions?.max),
  },
  {
    name: 'pgdeck_connections_for_users',
    help: 'Connections that ordinary users may take: max_connections without the reserved ones. All sessions count against them.',
    labels: ['node'],
    samples: databaseSamples(({ sessions }) => sessions && connectionsForUsers(sessions)),
  },
  {
    name: 'pgdeck_sessions_active',
    help: 'Sessions that run a statement.',
    labels: ['node'],
    samples: databaseSamples(({ sessions }) => sessions?.active),
  },
  {
    name: 'pgdeck_sessions_idle_in_transaction',
    help: 'Sessions that hold a transaction open without running a statement.',
    labels: ['node'],
    samples: databaseSamples(({ sessions }) => sessions?.idleInTransaction),
  },
  {
    name: 'pgdeck_sessions_waiting',
    help: 'Sessions that wait for a lock.',
    labels: ['node'],
    samples: databaseSamples(({ sessions }) => sessions?.waiting),
  },
  {
    name: 'pgdeck_longest_lock_wait_seconds',
    help: 'How long the session that has waited longest for a lock has waited; 0 below 2 s. Advisory locks do not count.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse && lockWaitSeconds(pulse)),
  },
  {
    name: 'pgdeck_commits_waiting',
    help: 'Sessions of a primary whose commit waits for a synchronous standby.',
    labels: ['node'],
    samples: databaseSamples((view) => (isPrimary(view) ? view.pulse?.commitWaits?.count : null)),
  },
  {
    name: 'pgdeck_sync_standbys_lacking',
    help: 'How many standbys synchronous_standby_names asks for beyond those that can confirm a commit; above 0 every synchronous commit waits.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => {
      const waits = pulse && commitWaitsOf(pulse)
      return waits && 'lacking' in waits ? waits.lacking : null
    }),
  },
  {
    name: 'pgdeck_archive_waiting_files',
    help: 'Files of WAL that wait to be archived while nothing is; 0 where something was archived in the last 10 s. A long queue is counted for a fiftieth of the time.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse?.archiver?.waiting?.files),
  },
]

export const databaseFamilies: readonly MetricFamily[] = [...NODES, ...THROUGHPUT, ...SESSIONS, ...transactionFamilies]
