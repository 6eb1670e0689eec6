// A connection that pg_hba.conf must let in: who, as whom, from where, and how each of that is known.

import type { HbaLook } from '../../measured/connected-clients.ts'
import type { ClusterSnapshot } from '../../measured/snapshot.ts'
import type { Picture } from '../../picture/picture.ts'

/** `may …`: after a failover; `watches`: pgdeck itself. */
export type HbaNeedKind = 'replicates from' | 'may replicate from' | 'uses' | 'may use' | 'watches'

/** A value with where it was seen; without one, with what would give it. */
export interface Told {
  readonly value: string | null
  readonly source: string
  /** True where it is taken from another of its kind: likely, not seen. */
  readonly assumed: boolean
}

/** One who connects, as a server's pg_hba.conf sees it. */
export interface HbaClient {
  readonly user: Told
  /** Of no meaning over a Unix socket. */
  readonly address: Told
  /** `replication` for physical replication. */
  readonly database: Told
  readonly replication: boolean
  /** Over the server's Unix socket. */
  readonly local: boolean
  /** Whether it is encrypted with TLS, in the order in which the client tries. */
  readonly tls: readonly boolean[]
  readonly gss: boolean
  /** The name that the config knows it by, for lines that name hosts. */
  readonly name: string | null
}

export interface HbaNeed extends HbaClient {
  readonly id: string
  readonly kind: HbaNeedKind
  /** Id of a server or database; null: pgdeck. */
  readonly fromId: string | null
  readonly from: string
  readonly toId: string
  readonly to: string
}

/** What the needs are told from. `looks` has the databases that were looked at, by id. */
export interface HbaKnown {
  readonly snapshot: Pick<ClusterSnapshot, 'spec' | 'databases' | 'servers'>
  readonly picture: Picture
  readonly looks: ReadonlyMap<string, HbaLook>
  /** Why the others could not be asked, in words, by id. */
  readonly unread: ReadonlyMap<string, string>
}

/** A value that was seen. */
export function seen(value: string, source: string): Told {
  return { value, source, assumed: false }
}

/** No value; `source` says what would give it. */
export function untold(source: string): Told {
  return { value: null, source, assumed: false }
}
