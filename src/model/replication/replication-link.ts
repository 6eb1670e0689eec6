// A replication link between nodes, before it is put into figures and names.

import type { Sender } from '../measured/pulse.ts'
import type { LinkState } from '../picture/picture.ts'
import type { Node } from './member.ts'

/** One upstream → downstream pair. An end that is not watched is null; `upstreamAddress` then says where it is. */
export interface Edge {
  readonly upstream: Node | null
  readonly downstream: Node | null
  /** The connection as its source sees it; null while it sees none. */
  readonly sender: Sender | null
  readonly upstreamAddress: string | null
  readonly state: LinkState
  readonly evidence: readonly string[]
}
