// The status of a database: by what it answers, and by its links.

import type { DatabaseRole, DatabaseStatus } from '../picture/picture.ts'
import { isPrimary, standbyPositionOf } from '../picture/roles.ts'
import { isReceiverUnknown } from '../picture/unknown-receiver.ts'
import type { Member } from './member.ts'
import type { ReplicationLink } from './replication-link.ts'

/** `edge` is the link that it is the downstream of, `below` those that it is the upstream of. */
export function databaseStatus(
  node: Member,
  role: DatabaseRole,
  edge: ReplicationLink | null,
  below: readonly ReplicationLink[],
): DatabaseStatus {
  switch (node.state) {
    case 'waiting':
    case 'unseen':
      return 'unknown'
    case 'starting':
      return isStopping(node, below) ? 'stopping' : 'starting'
    case 'down':
      return 'inactive'
    case 'undecided':
      return node.previousView?.status ?? 'unknown'
    case 'unreadable':
    case 'unasked':
      // Its source may still tell that it replicates.
      return edge?.sender ? linkStatus(edge) : 'unknown'
    case 'answers':
      if (isPrimary({ role })) return 'active'
      if (isReceiverUnknown(node) && (edge === null || edge.state === 'unknown')) return 'unknown'
      return edge ? linkStatus(edge) : 'disconnected'
  }
}

/**
 * It refuses sessions, and a standby hears from it all the same: a server that starts has no connections yet. Its own word is in the
 * language of the server: where that is English it tells too.
 */
function isStopping({ problem }: Member, below: readonly ReplicationLink[]): boolean {
  if (problem === null) return false
  const { reason } = problem
  if (reason !== undefined) return reason === 'shutting-down'
  return below.some(({ downstream }) => {
    const age = downstream?.isFresh ? standbyPositionOf(downstream)?.receiver?.lastMessageAgeSeconds : null
    return age != null && downstream?.readAt != null && downstream.readAt - age * 1000 > problem.since
  })
}

function linkStatus(edge: ReplicationLink): DatabaseStatus {
  if (edge.state === 'streaming') return 'streaming'
  if (edge.state === 'archive' || edge.state === 'shared-storage') return edge.state
  return edge.state === 'catchup' ? 'catching-up' : 'disconnected'
}
