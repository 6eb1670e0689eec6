// The form of the status document (`status --json`, schema pgdeck.status/1): a contract with scripts.

import type { ClusterManager } from '../../model/managers/detection/cluster-manager.ts'
import type { ManagerKind } from '../../model/measured/managers/manager-signs.ts'
import type { ModelId, ServerType } from '../../model/measured/spec.ts'
import type { OtherSenderView } from '../../model/picture/other-sender.ts'
import type {
  AccessLevel,
  Alert,
  DatabaseRole,
  DatabaseStatus,
  FailoverEstimate,
  Health,
  Lag,
  LinkState,
  LinkView,
  Mirroring,
  OngoingFault,
  ServerStatus,
  SlotView,
} from '../../model/picture/picture.ts'
import type { KeepChoice } from '../../model/picture/split-brain.ts'

/** Times are RFC 3339 in UTC, durations seconds, sizes bytes, positions as PostgreSQL prints them; unknown is null. */
export interface StatusDocument {
  readonly schema: 'pgdeck.status/1'
  readonly at: string
  readonly clusters: readonly ClusterDocument[]
}

/** What the model `mirrored` has beside the rest. */
export interface MirroredDocument {
  /** While the link is cut: those that serve their own users at the same time. */
  readonly alsoServing: readonly { readonly server: string; readonly access: AccessLevel }[]
  /** Both directions. */
  readonly exchange: readonly MirroringDocument[]
}

export interface ClusterDocument extends Partial<MirroredDocument> {
  readonly name: string
  readonly model: ModelId
  readonly health: Health
  readonly manager: ManagerDocument | null
  readonly serving: { readonly server: string; readonly access: AccessLevel } | null
  readonly servers: readonly ServerDocument[]
  readonly databases: readonly DatabaseDocument[]
  readonly links: readonly LinkDocument[]
  readonly otherSenders: readonly OtherSenderDocument[]
  readonly slots: readonly SlotDocument[]
  /** Databases of one system that take writes side by side. */
  readonly splitBrains: readonly SplitBrainDocument[]
  readonly failover: FailoverDocument
  readonly alerts: readonly AlertDocument[]
  /** The act that goes on now, on whatever host; null while there is none. */
  readonly run: ClusterRunDocument | null
}

/** An act that goes on, as the servers show it: who runs what on which host, and how far it is. */
export interface ClusterRunDocument {
  /** `ann@jump-1`. */
  readonly by: string
  readonly action: string
  /** Id of what it acts on, cut where it is long; null for the whole cluster. */
  readonly target: string | null
  /** From 1; 0 before the first. */
  readonly step: number
  readonly steps: number
  readonly startedAt: string | null
  /** The sessions that hold the cluster for it: on which database's server, by which role, from where. */
  readonly sessions: readonly {
    readonly database: string
    readonly process: number
    readonly role: string | null
    readonly address: string | null
  }[]
}

/** Who is in charge beside people, and by which evidence. */
export interface ManagerDocument {
  readonly kind: ManagerKind
  /** Patroni's scope or pg_auto_failover's formation. */
  readonly scope: string | null
  /** `live`; `silent`: it may be in charge, but nothing shows that it runs; `hint`: any user can bring about what is seen. */
  readonly standing: ClusterManager['activity']
  /** Id of the database that it holds for the primary. */
  readonly leader: string | null
  readonly paused: boolean | null
  /** What it calls the databases, by their id. */
  readonly names: Readonly<Record<string, string>>
  /** Whether its agents run, by the id of the database; absent where that is not known. */
  readonly agents: ClusterManager['agents']
  readonly systemIdentifierMatches: boolean | null
  readonly evidence: readonly string[]
  /** When it last said so itself; null when only its signs were seen. */
  readonly readAt: string | null
}

export interface ProblemDocument {
  readonly code: OngoingFault['code']
  readonly message: string
  readonly since: string
  readonly hint: string | null
}

export interface ServerDocument {
  readonly name: string
  readonly id: string
  readonly dnsName: string
  readonly type: ServerType
  readonly status: ServerStatus
  readonly access: AccessLevel | null
  readonly port: number
  readonly portOpen: boolean | null
  readonly sessions: number | null
  readonly latencyMs: number | null
  readonly tls: { readonly daysLeft: number; readonly nameMatches: boolean } | null
  readonly database: string | null
  readonly since: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

export interface DatabaseDocument {
  readonly name: string
  readonly id: string
  readonly host: string
  readonly port: number
  readonly portOpen: boolean | null
  readonly type: 'PostgreSQL'
  readonly version: string | null
  readonly role: DatabaseRole
  readonly status: DatabaseStatus
  readonly servers: { readonly configured: number; readonly active: number | null }
  readonly sessions: {
    readonly total: number
    readonly max: number
    readonly active: number | null
    readonly idleInTransaction: number | null
    readonly waiting: number | null
  } | null
  readonly timeline: number | null
  readonly lsn: string | null
  readonly systemIdentifier: string | null
  readonly startedAt: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

export interface LinkDocument {
  readonly upstream: string
  readonly downstream: string
  readonly kind: LinkView['kind']
  readonly state: LinkState
  readonly sync: LinkView['sync']
  readonly slot: string | null
  readonly lag: Lag
  readonly catchUpSeconds: number | null
}

/** A connection that takes something else than replication from a database: a base backup, or changes. */
export interface OtherSenderDocument {
  /** Id of the database. */
  readonly database: string
  readonly kind: OtherSenderView['kind']
  /** Its application name, and where it connects from. */
  readonly name: string
  readonly address: string | null
  readonly state: OtherSenderView['state']
  readonly slot: string | null
  /** WAL that it has not confirmed to have taken; null for a backup, and where that is hidden. */
  readonly behindBytes: number | null
  /** When it connected. */
  readonly since: string | null
}

export interface SlotDocument {
  readonly database: string
  readonly name: string
  readonly type: SlotView['type']
  readonly active: boolean
  readonly retainedBytes: number | null
  readonly walStatus: SlotView['walStatus']
  readonly safeBytes: number | null
}

export interface MirroringDocument {
  readonly from: string
  readonly to: string
  readonly state: Mirroring['state']
  readonly slot: string | null
  /** What `to` has not confirmed to have taken. */
  readonly behindBytes: number | null
  /** What `from` has written since the cut; null while nothing is cut. */
  readonly divergedBytes: number | null
  readonly since: string | null
  readonly reason: string | null
}

export interface SplitBrainDocument {
  readonly systemIdentifier: string
  /** `servers` and `standbys`: names of those that use it, or are connected to it; `clients`: null where they are hidden. */
  readonly members: readonly {
    readonly id: string
    readonly timeline: number | null
    readonly servers: readonly string[]
    readonly clients: number | null
    readonly standbys: readonly string[]
  }[]
  /** Id of the one to keep; null where users and timeline differ, or nothing tells. */
  readonly keep: string | null
  readonly byUsers: KeepChoice
  readonly byTimeline: KeepChoice
}

export interface FailoverDocument {
  readonly ifFails: string | null
  readonly candidate: string | null
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  readonly basis: FailoverEstimate['basis']
  /** Age of the primary's position that the loss is computed from; null where none was ever known. */
  readonly basisAgeSeconds: number | null
  readonly lossBound: FailoverEstimate['lossBound']
  readonly writableInSeconds: number | null
  readonly blockers: readonly string[]
  readonly warnings: readonly string[]
}

export interface AlertDocument {
  readonly rule: Alert['rule']
  readonly severity: Alert['severity']
  /** `db-a`, `db-a/slot` or `host/data`; the cluster's name for the whole. */
  readonly subject: string
  /** The server, database or host in it, or the cluster's name. */
  readonly owner: string
  readonly message: string
  readonly since: string
  /** The act in which it began and which still goes on: `ann@jump-1 runs promote db-ro`; null: none. */
  readonly during: string | null
}
