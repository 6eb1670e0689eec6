// Every check by its name.

import type { CheckRule } from './evaluation/check-rule.ts'
import type { CheckName } from './names.ts'
import { alertRuleCheck, alertsCheck } from './rules/alerts.ts'
import { archiverCheck, archiverStalledCheck } from './rules/archiver.ts'
import { backupAgeCheck } from './rules/backup.ts'
import { commitsWaitCheck } from './rules/commits.ts'
import { diskCheck } from './rules/disk.ts'
import { ENTRY_POINT_CHECKS } from './rules/entry-points.ts'
import { replicationLagCheck, replicationLagSecondsCheck } from './rules/lag.ts'
import { mirroringCheck } from './rules/mirroring.ts'
import { pendingRestartCheck } from './rules/pending-restart.ts'
import { primaryReadOnlyCheck } from './rules/read-only.ts'
import { replayStalledCheck } from './rules/replay.ts'
import { roleCheck } from './rules/role.ts'
import { schedulesCheck } from './rules/schedules.ts'
import { certificateCheck, serversCheck } from './rules/servers.ts'
import { nobodyServesCheck, servingCheck, splitBrainCheck } from './rules/serving.ts'
import { connectionsForUsersCheck, idleInTransactionCheck, sessionsCheck } from './rules/sessions.ts'
import { slotRetainedCheck, slotsCheck } from './rules/slots.ts'
import { timelineCheck } from './rules/timeline.ts'
import {
  lockWaitsCheck,
  multixactCheck,
  preparedTransactionsCheck,
  transactionAgeCheck,
  wraparoundCheck,
  xminHorizonCheck,
} from './rules/transactions.ts'

export const PLUGIN_CHECKS: Readonly<Record<CheckName, CheckRule>> = {
  ...ENTRY_POINT_CHECKS,
  alerts: alertsCheck,
  archiver: archiverCheck,
  'archiver-stalled': archiverStalledCheck,
  'backup-age': backupAgeCheck,
  'backup-window': alertRuleCheck({
    rule: 'backup-window',
    title: 'faults of backups',
    explains:
      'A warning where the newest backup can’t be restored (its WAL is not in the archive), the last one failed, or the backups are ' +
      'of another server, as far as the tool of the `backup` in the configuration tells.',
    about: 'databases',
    needs: 'databases read',
  }),
  certificate: certificateCheck,
  clock: alertRuleCheck({
    rule: 'clock',
    title: 'clocks',
    explains: 'A warning for a database whose clock differs from the clocks of the others.',
    about: 'databases',
    needs: 'databases read',
  }),
  'commits-wait': commitsWaitCheck,
  'connections-for-users': connectionsForUsersCheck,
  'cut-off': alertRuleCheck({
    rule: 'cut-off',
    title: 'cut off',
    explains: 'A warning when all targets became unreachable at once: this host is probably cut off.',
    about: 'clusters',
    needs: 'anything',
  }),
  'database-inactive': alertRuleCheck({
    rule: 'database-inactive',
    title: 'databases down',
    explains:
      'Databases that do not answer or are starting: critical for one that users write to, otherwise a warning.',
    about: 'databases',
    needs: 'databases seen',
  }),
  'dcs-lost': alertRuleCheck({
    rule: 'dcs-lost',
    title: 'configuration store',
    explains:
      'Critical when Patroni has lost its configuration store (DCS: etcd, Consul, …): it promotes nobody, and makes the primary a ' +
      'standby. A warning in failsafe mode, and where only some of its agents lost it.',
    about: 'clusters',
    needs: 'databases read',
  }),
  disk: diskCheck,
  exchange: mirroringCheck,
  failsafe: alertRuleCheck({
    rule: 'failsafe',
    title: 'failsafe mode',
    explains:
      'A warning while Patroni continues without its configuration store, because all members agreed (`failsafe_mode`).',
    about: 'clusters',
    needs: 'databases read',
  }),
  'idle-in-transaction': idleInTransactionCheck,
  'lock-waits': lockWaitsCheck,
  'login-refused': alertRuleCheck({
    rule: 'login-refused',
    title: 'logins',
    explains:
      'A warning where pgdeck could not log in again while its open session continues. `check` itself logs in anew: where that is refused it is UNKNOWN.',
    about: 'databases',
    needs: 'databases read',
  }),
  'manager-agent-down': alertRuleCheck({
    rule: 'manager-agent-down',
    also: 'manager-silent',
    title: 'manager agents',
    explains:
      'A warning for a standby whose agent does not run while those of others do. Critical for such a primary: within `ttl` another one ' +
      'is promoted, while this one continues. It also covers `manager-silent`.',
    about: 'databases',
    needs: 'databases read',
  }),
  'manager-no-candidate': alertRuleCheck({
    rule: 'manager-no-candidate',
    title: 'failover candidates',
    explains:
      'A warning when the manager would promote none of the standbys by its own rules (tags, priority, lag, synchronous mode, maintenance); ' +
      'critical while no database is a primary.',
    about: 'clusters',
    needs: 'databases read',
  }),
  'manager-paused': alertRuleCheck({
    rule: 'manager-paused',
    title: 'manager paused',
    explains:
      'A warning when the manager has been paused for 10 minutes: nothing fails over by itself. `check` reads once, and warns at once.',
    about: 'clusters',
    needs: 'databases read',
  }),
  'manager-silent': alertRuleCheck({
    rule: 'manager-silent',
    also: 'manager-agent-down',
    title: 'manager silent',
    explains:
      'A warning where a manager is configured (`manager`, `patroni`) or has left traces, and none of its agents answers. It also covers ' +
      '`manager-agent-down`, which is critical for a primary; so does a silence of `manager-silent`.',
    about: 'databases',
    needs: 'databases read',
  }),
  multixact: multixactCheck,
  'no-new-connections': alertRuleCheck({
    rule: 'no-new-connections',
    title: 'new connections',
    explains:
      'Critical for a database that takes no new connections while open sessions continue; a warning where pgdeck itself does not reach it. `check` itself opens a new one: where it is not accepted `database-inactive` tells.',
    about: 'databases',
    needs: 'databases read',
  }),
  'nobody-serves': nobodyServesCheck,
  'other-history': alertRuleCheck({
    rule: 'other-history',
    title: 'histories',
    explains:
      'Critical for a standby with WAL that its primary never had: it must be rewound or rebuilt. `timeline` tells more.',
    about: 'databases',
    needs: 'databases read',
  }),
  'pending-restart': pendingRestartCheck,
  pooler: alertRuleCheck({
    rule: 'pooler',
    title: 'connection poolers',
    explains:
      'A warning for a database whose dsn reaches a connection pooler instead of the server. pgdeck reads it in transactions, or not at all, and runs no action through it.',
    about: 'databases',
    needs: 'databases seen',
  }),
  'prepared-transactions': preparedTransactionsCheck,
  'primary-read-only': primaryReadOnlyCheck,
  'read-only-serves': alertRuleCheck({
    rule: 'read-only-serves',
    title: 'served read-only',
    explains: 'A warning while the best access that users have is read-only.',
    about: 'clusters',
    needs: 'servers seen',
  }),
  'replay-paused': alertRuleCheck({
    rule: 'replay-paused',
    title: 'replay paused',
    explains:
      'A warning for a standby that receives WAL but does not replay it: on request, at a recovery target, or because its settings are too low.',
    about: 'databases',
    needs: 'databases read',
  }),
  'replay-stalled': replayStalledCheck,
  'replica-disconnected': alertRuleCheck({
    rule: 'replica-disconnected',
    title: 'standbys disconnected',
    explains:
      'A warning for a standby that receives no WAL, although it and its upstream are up, or that restores from its archive while it is to ' +
      'stream. Critical for a ring of standbys without a primary. A standby without `primary_conninfo` that an archive feeds is OK.',
    about: 'databases',
    needs: 'databases read',
  }),
  'replication-lag': replicationLagCheck,
  'replication-lag-seconds': replicationLagSecondsCheck,
  'required-settings': alertRuleCheck({
    rule: 'required-settings',
    title: 'required settings',
    explains:
      'A warning for a standby whose settings are below those of its primary: they would stop replay or a promotion.',
    about: 'databases',
    needs: 'databases read',
  }),
  role: roleCheck,
  'schedules-stopped': schedulesCheck,
  'server-inactive': alertRuleCheck({
    rule: 'server-inactive',
    title: 'servers down',
    explains: 'Application servers that do not do their part; `servers` shows more.',
    about: 'servers',
    needs: 'servers seen',
  }),
  servers: serversCheck,
  serving: servingCheck,
  sessions: sessionsCheck,
  'slot-inactive': alertRuleCheck({
    rule: 'slot-inactive',
    title: 'inactive slots',
    explains: 'A warning for an inactive slot on a primary: it retains WAL.',
    about: 'databases',
    needs: 'databases read',
  }),
  'slot-lost': alertRuleCheck({
    rule: 'slot-lost',
    title: 'lost slots',
    explains:
      'Critical for a slot that has lost its WAL, a warning for one that is about to lose it, or that its standby streams by without being kept WAL.',
    about: 'databases',
    needs: 'databases read',
  }),
  'slot-not-failover-ready': alertRuleCheck({
    rule: 'slot-not-failover-ready',
    title: 'failover slots without a copy',
    explains:
      'A warning for a failover slot (PostgreSQL 17 and newer) of which no standby has a synchronized copy that is ready: a promotion would lose it. ' +
      'Named are the settings that a standby lacks for the synchronization (`sync_replication_slots`, `hot_standby_feedback`, `primary_slot_name`, ' +
      '`dbname` in `primary_conninfo`, `wal_level`), with their values, and a slot of the same name that it has of its own.',
    about: 'databases',
    needs: 'databases read',
  }),
  'slot-retained': slotRetainedCheck,
  slots: slotsCheck,
  'split-brain': splitBrainCheck,
  stale: alertRuleCheck({
    rule: 'stale',
    title: 'unreadable',
    explains: 'A warning for a database that answers but can’t be read, for example because privileges are missing.',
    about: 'nodes',
    needs: 'databases seen',
  }),
  'started-without-restore': alertRuleCheck({
    rule: 'started-without-restore',
    title: 'started without restore',
    explains:
      'A server that was started on data that had to be restored first. Unknown where pgdeck does not watch for that.',
    about: 'nodes',
    needs: 'no target',
  }),
  'switchover-scheduled': alertRuleCheck({
    rule: 'switchover-scheduled',
    title: 'scheduled switchover',
    explains: 'A warning while Patroni has a switchover scheduled, with the time that is left.',
    about: 'clusters',
    needs: 'databases read',
  }),
  timeline: timelineCheck,
  'transaction-age': transactionAgeCheck,
  'two-servers': alertRuleCheck({
    rule: 'two-servers',
    title: 'two servers',
    explains:
      'A warning where a dsn reaches another server than before and no restart explains that: a load balancer, or an address that moved. Its figures may be of either server, and actions that change roles are refused.',
    about: 'databases',
    needs: 'databases read',
  }),
  wraparound: wraparoundCheck,
  'xmin-horizon': xminHorizonCheck,
}
