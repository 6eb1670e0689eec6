// A connection that pg_hba.conf must let in: who, as whom, from where, and how each of that is known.

import type { HbaSnapshot } from '../../measured/connected-clients.ts'
import type { ClusterSnapshot } from '../../measured/snapshot.ts'
import type { Picture } from '../../picture/picture.ts'
import type { Profile } from '../../profile/profile.ts'

/** `may …`: after a failover; `watches`: pgdeck itself. */
export type RequiredConnectionKind = 'replicates from' | 'may replicate from' | 'uses' | 'may use' | 'watches'

/** A value with where it was seen; without one, with what would give it. */
export interface SourcedValue {
  readonly value: string | null
  readonly source: string
  /** True where it is taken from another of its kind: likely, not seen. */
  readonly assumed: boolean
}

/** One who connects, as a server's pg_hba.conf sees it. */
export interface HbaClient {
  readonly user: SourcedValue
  /** Of no meaning over a Unix socket. */
  readonly address: SourcedValue
  /** `replication` for physical replication. */
  readonly database: SourcedValue
  readonly replication: boolean
  /** Over the server's Unix socket. */
  readonly local: boolean
  /** Whether it is encrypted with TLS, in the order in which the client tries. */
  readonly tls: readonly boolean[]
  readonly gss: boolean
  /** The name that the config knows it by, for lines that name hosts. */
  readonly name: string | null
}

export interface RequiredConnection extends HbaClient {
  readonly id: string
  readonly kind: RequiredConnectionKind
  /** Id of a server or database; null: pgdeck. */
  readonly fromId: string | null
  readonly from: string
  readonly toId: string
  readonly to: string
}

/** What the needs are told from. `snapshots` has the databases whose rules were read, by id. */
export interface HbaAuditInput {
  readonly snapshot: Pick<ClusterSnapshot, 'spec' | 'databases' | 'servers'>
  readonly picture: Picture
  /** What is installed around the databases. */
  readonly profile: Pick<Profile, 'isDocumentedHbaLine'>
  readonly snapshots: ReadonlyMap<string, HbaSnapshot>
  /** Why the others could not be asked, in words, by id. */
  readonly unreadReasons: ReadonlyMap<string, string>
  /** What a plan will do; absent: nothing. */
  readonly planned?: PlannedAttachment
}

/** A database that others will follow by a plan. */
interface PlannedAttachment {
  /** Its id. */
  readonly upstream: string
  /** The roles as which the plan connects standbys, by their ids; those of all others are the ones that they use now. */
  readonly roles: ReadonlyMap<string, string>
  /** Id of the one whose data pg_rewind brings in line with it; absent: none. */
  readonly rewound?: string
}

/** A value that was seen. */
export function observedValue(value: string, source: string): SourcedValue {
  return { value, source, assumed: false }
}

/** No value; `source` says what would give it. */
export function undeterminedValue(source: string): SourcedValue {
  return { value: null, source, assumed: false }
}
