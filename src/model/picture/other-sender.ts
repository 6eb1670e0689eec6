// What the picture of a cluster says of connections that replicate to no standby.

import type { WalSender } from '../measured/pulse.ts'

/** A connection that takes something else from a database than a standby or an archiver does: no link leads there. */
export interface OtherSenderView {
  readonly databaseId: string
  readonly kind: 'backup' | 'capture' | 'logical' | 'stale'
  /** Application name, and where it connects from. */
  readonly name: string
  readonly address: string | null
  readonly state: WalSender['state']
  readonly slot: string | null
  /** Bytes of WAL that it has not confirmed to have taken; null where it confirms none (a backup), or that is hidden. */
  readonly behindBytes: number | null
  /** When it connected, by this host's clock; null where that is hidden from this role. */
  readonly since: number | null
}
