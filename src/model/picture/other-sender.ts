// Connections in the picture that replicate to no standby.

import type { WalSender } from '../measured/pulse.ts'

/** A connection that receives something else than a standby or an archiver does. It has no link. */
export interface OtherSenderView {
  readonly databaseId: string
  readonly kind: 'backup' | 'capture' | 'logical' | 'stale'
  /** Application name, and where it connects from. */
  readonly name: string
  readonly address: string | null
  readonly state: WalSender['state']
  readonly slot: string | null
  /** Bytes of WAL that it has not confirmed; null if it confirms none (a backup), or if hidden. */
  readonly behindBytes: number | null
  /** When it connected, by this host's clock; null if hidden from this role. */
  readonly since: number | null
}
