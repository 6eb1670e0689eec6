// What each field of the manager in the status document means.

import type { ManagerDocument } from '../../src/state/documents/manager-document.ts'
import { describePart } from './describe.ts'

export const managerFields = describePart<ManagerDocument>()({
  kind: 'id: the manager, as in managers.md',
  scope: "text: Patroni's scope, pg_auto_failover's formation, or the cluster of CloudNativePG; null: unknown",
  standing: {
    about: 'how sure it is',
    values: {
      live: 'it runs',
      silent: 'it may manage the cluster, but nothing shows that it runs',
      hint: 'any user could fake the signs',
    },
  },
  leader: 'text: id of the database that it regards as the primary; null: unknown',
  paused: 'flag: whether automatic failover is paused; null: unknown',
  names: 'map: its names of the databases, by id',
  agents: 'map: `runs` or `silent` by id of the database; without an entry: unknown',
  systemIdentifierMatches: 'flag: whether its system identifier is that of the databases; null: unknown',
  evidence: 'list: the signs of it, as sentences',
  readAt: 'time: when it last answered; null: only its signs were read',
  pausedSince: 'time: since when this process has seen it paused; null: it is not paused',
  members: {
    about: 'its members, as it has them; empty: unknown',
    each: {
      name: 'text: its name of the member',
      database: 'text: id of the database; null: it is none of the watched ones',
      host: 'text: its host; null: unknown',
      port: 'number: its port; null: unknown',
      leads: 'flag: whether the manager regards it as the primary',
      role: {
        about: 'its role by the manager; null: unknown',
        values: {
          leader: 'the primary',
          'standby-leader': 'the first of a standby cluster',
          sync: 'synchronous standby of Patroni',
          quorum: 'standby of the quorum of Patroni',
          replica: 'any other standby',
          witness: 'a witness of repmgr',
        },
      },
      state: 'text: its state in the words of the manager; null: unknown',
      assignedState: 'text: the state that pg_auto_failover wants; null: not told',
      timeline: 'number: its timeline; null: not told',
      lagBytes: 'bytes: how far it is behind by the manager; null: not told, or unknown',
      reportedLsn: 'lsn: the position that it reported to pg_auto_failover; null: not told',
      tags: 'list: `nofailover`, `noloadbalance`, `nosync` of Patroni',
      priority: 'number: its priority for a failover, 0: never; null: not told',
      maintenance: 'flag: whether it is in maintenance',
      healthy: 'flag: health by the monitor, active by repmgr; null: not told',
      inQuorum: 'flag: whether it counts for the quorum of pg_auto_failover; null: not told',
      pendingRestart: 'list: settings that wait for its restart, often unnamed; null: none waits, or not told',
      restartAt: 'time: when its restart is scheduled; null: it is not',
      upstream: 'text: the member that it follows by the manager; null: the primary, or not told',
      notPromoted: 'text: why the manager would not promote it; null: nothing is against it, or nothing is known',
    },
  },
  dcs: {
    about: 'the configuration store of Patroni; null: another manager, or unknown',
    fields: {
      state: {
        about: 'by the agents that answer',
        values: { reached: 'all reach it', partly: 'some reach it', lost: 'none reaches it' },
      },
      seenAt: 'time: when the newest of them reached it; null: not told',
      failsafe: 'flag: whether they go on without it (failsafe mode)',
      lostBy: 'list: agents that lost it, by the name of their database or by their address',
    },
  },
  scheduledSwitchover: {
    about: 'the switchover that is planned; null: none, or not told',
    fields: {
      at: 'time: when',
      from: 'text: from this member; null: the primary of then',
      to: 'text: to this member; null: the manager chooses',
    },
  },
  settings: {
    about: 'settings of Patroni for the cluster; null: not told',
    fields: {
      ttlSeconds: 'seconds: how long the lock of a leader lasts (`ttl`)',
      loopWaitSeconds: 'seconds: `loop_wait`',
      maximumLagBytes: 'bytes: `maximum_lag_on_failover`; null: no limit',
      synchronousMode: {
        about: '`synchronous_mode`',
        values: { off: 'off', on: 'only synchronous standbys take over', quorum: 'only standbys of the quorum do' },
      },
      synchronousModeStrict: 'flag: `synchronous_mode_strict`',
      failsafeMode: 'flag: `failsafe_mode`',
      standbyCluster: 'flag: whether it follows another cluster',
    },
  },
  lastEvent: {
    about: 'the newest event that it tells of; null: none, or not told',
    fields: { at: 'time: when; null: not told', text: 'text: what happened' },
  },
  operator: {
    about: 'what the operator CloudNativePG tells; null: another manager, or not told',
    fields: {
      namespace: 'text: the namespace of its cluster; null: not told',
      phase: 'text: what it is at, in its own words; null: not told',
      phaseReason: 'text: why; null: not told',
      currentPrimary: 'text: the instance that is the primary; null: none',
      targetPrimary: 'text: the instance that is to be the primary; `pending`: it has chosen none; null: not told',
      primaryFailingSince: 'time: since when the primary is unhealthy; null: it is not, or not told',
      instances: 'number: how many instances there should be; null: not told',
      readyInstances: 'number: how many are ready; null: not told',
      hibernated: 'flag: whether the cluster is hibernated, so that no instance runs',
      nodeMaintenance: 'flag: whether a maintenance window of nodes is open',
      certificates: {
        about: 'its certificates',
        each: { name: 'text: the secret that has it', expiresAt: 'time: when it expires' },
      },
      firstRecoverableAt: 'time: from when its backups can restore; null: not told',
      lastBackupAt: 'time: its last good backup; null: not told',
      lastFailedBackupAt: 'time: its last backup that failed; null: none, or not told',
    },
  },
  contradictions: 'list: where it says something else than PostgreSQL or the configuration, as sentences',
  promotesNobody: 'text: why it promotes nobody at all; null: it may',
})
