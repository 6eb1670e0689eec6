// A member of a cluster as its manager has it: what Patroni, repmgr or pg_auto_failover tell of one server.

import type { Lsn } from '../../values/lsn.ts'

/** Its part by the manager: `sync` and `quorum` may take over in Patroni's synchronous mode. */
export type ManagedRole = 'leader' | 'standby-leader' | 'sync' | 'quorum' | 'replica' | 'witness'

/** Patroni's tags of a member, as it understands them. */
export interface MemberTags {
  /** It must not become the leader; also `failover_priority: 0`. */
  readonly noFailover: boolean
  readonly noLoadBalance: boolean
  /** It must not become the synchronous standby. */
  readonly noSync: boolean
  /** The member that it is to replicate from; null: the leader. */
  readonly replicateFrom: string | null
}

/** Facts beyond name and address. What a manager does not tell is null. */
export interface MemberFacts {
  readonly role: ManagedRole | null
  readonly timeline: number | null
  /** How far it is behind, in bytes; null also for Patroni’s "unknown". */
  readonly lagBytes: number | null
  /** The last position that it reported: of pg_auto_failover only. */
  readonly reportedLsn: Lsn | null
  /** Of Patroni only. */
  readonly tags: MemberTags | null
  /** Patroni’s failover_priority, repmgr’s priority, pg_auto_failover’s candidate priority: 0 never takes over. */
  readonly priority: number | null
  /** It waits for a restart: the reasons as told, often none. null: it does not wait, or that is not told. */
  readonly pendingRestart: readonly string[] | null
  /** When its restart is scheduled, in milliseconds since the epoch. */
  readonly restartAt: number | null
  /** The state that the manager wants it to reach: of pg_auto_failover only. */
  readonly assignedState: string | null
  /** Somebody put it into maintenance. */
  readonly inMaintenance: boolean
  /** Whether the manager reaches its server; repmgr: whether it is active. */
  readonly isHealthy: boolean | null
  /** How long ago its agent last reported to the monitor, in seconds: of pg_auto_failover only. */
  readonly reportedAgoSeconds: number | null
  /** Whether it counts for the synchronous quorum: of pg_auto_failover only. */
  readonly isInQuorum: boolean | null
  /** The member that it follows, by the manager’s own table. */
  readonly upstream: string | null
  /** Host and port of its REST API, as the manager lists it. */
  readonly api: string | null
  /** Its number in the table of repmgr or pg_auto_failover. */
  readonly nodeId: number | null
  /** How it is registered: of repmgr only. */
  readonly registration: NodeRegistration | null
}

/** What repmgr.nodes has of a node for its commands. No password is read. */
interface NodeRegistration {
  /** Its configuration file, on its own host. */
  readonly configFile: string | null
  /** User and database of its connection string. */
  readonly user: string | null
  readonly database: string | null
}

export const NO_MEMBER_FACTS: MemberFacts = {
  role: null,
  timeline: null,
  lagBytes: null,
  reportedLsn: null,
  tags: null,
  priority: null,
  pendingRestart: null,
  restartAt: null,
  assignedState: null,
  inMaintenance: false,
  isHealthy: null,
  reportedAgoSeconds: null,
  isInQuorum: null,
  upstream: null,
  api: null,
  nodeId: null,
  registration: null,
}
