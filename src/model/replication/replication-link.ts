// A replication link between nodes, before it is put into figures and names.

import type { WalSender } from '../measured/pulse.ts'
import type { LinkState } from '../picture/picture.ts'
import type { Member } from './member.ts'

/** One upstream → downstream pair. An end that is not watched is null; `upstreamAddress` then says where it is. */
export interface ReplicationLink {
  readonly upstream: Member | null
  readonly downstream: Member | null
  /** The connection as its source sees it; null while it sees none. */
  readonly sender: WalSender | null
  readonly upstreamAddress: string | null
  readonly state: LinkState
  readonly evidence: readonly string[]
}
