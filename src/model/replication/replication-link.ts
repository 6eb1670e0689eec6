// A replication link between nodes, before it is put into figures and names.

import type { WalSender } from '../measured/pulse.ts'
import type { SenderKind } from '../measured/sender-kind.ts'
import type { OtherHistory } from '../picture/other-history.ts'
import type { LinkState } from '../picture/picture.ts'
import type { Member } from './member.ts'
import type { SenderOffer } from './sender-score.ts'

/** One upstream → downstream pair. An end that is not watched is null; `upstreamAddress` then says where it is. */
export interface ReplicationLink {
  readonly upstream: Member | null
  readonly downstream: Member | null
  /** What is at the lower end. */
  readonly kind: SenderKind
  /** The connection as its source sees it; null while it sees none, or which of several it is can't be told. */
  readonly sender: WalSender | null
  /** The connections that the source sees, of which one is this: which, can't be told. Empty where `sender` tells. */
  readonly ambiguousSenders: readonly WalSender[]
  readonly upstreamAddress: string | null
  readonly state: LinkState
  readonly evidence: readonly string[]
  /** Why the standby can’t be a copy of its primary. Absent: nothing says so. */
  readonly otherHistory?: OtherHistory
}

/** A row of pg_stat_replication of a database that was just read, and what it is for. */
export interface ReplicationSender extends SenderOffer {
  readonly kind: SenderKind
  /** The watched standby that it feeds; null where none does or which one can't be told. */
  readonly downstream: Member | null
}
