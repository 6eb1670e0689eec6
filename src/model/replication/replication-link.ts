// A replication link between members, before it has figures and names.

import type { WalSender } from '../measured/pulse.ts'
import type { SenderKind } from '../measured/sender-kind.ts'
import type { OtherHistory } from '../picture/other-history.ts'
import type { LinkState } from '../picture/picture.ts'
import type { Member } from './member.ts'
import type { SenderOffer } from './sender-score.ts'

/** One link from an upstream to its receiver. An unwatched end is null; `upstreamAddress` then is its address. */
export interface ReplicationLink {
  readonly upstream: Member | null
  readonly downstream: Member | null
  /** The kind of its receiver. */
  readonly kind: SenderKind
  /** The connection as the upstream shows it; null if it shows none, or if several match. */
  readonly sender: WalSender | null
  /** The connections of the upstream that match; empty if `sender` is known. */
  readonly ambiguousSenders: readonly WalSender[]
  readonly upstreamAddress: string | null
  readonly state: LinkState
  readonly evidence: readonly string[]
  /** Why the standby has another history than its primary. Absent: nothing shows that. */
  readonly otherHistory?: OtherHistory
}

/** A row of pg_stat_replication of a fresh reading, with its kind. */
export interface ReplicationSender extends SenderOffer {
  readonly kind: SenderKind
  /** Its watched standby; null without one, or if several match. */
  readonly downstream: Member | null
}
