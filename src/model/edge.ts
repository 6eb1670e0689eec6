// A replication link between nodes, before it is put into figures and names.

import type { Sender } from './facts.ts'
import type { Node } from './node.ts'
import type { LinkState } from './picture.ts'

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
