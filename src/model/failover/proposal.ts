// Which standby a promotion is proposed for while the primary is down.

import type { Picture } from '../picture/picture.ts'

/**
 * Returns the candidate of the failover estimate if this server or database is the primary that is down, or uses it;
 * null otherwise. `null` stands for the cluster as a whole.
 */
export function promotionProposal(
  { failover, databases, servers, splitBrains }: Picture,
  node: string | null,
): string | null {
  const { ifFails, candidate, basis } = failover
  if (basis !== 'last-seen' || candidate === null || ifFails === null || splitBrains.length > 0) return null
  if (!databases.find(({ id }) => id === ifFails)?.problem) return null
  const uses = node === null || node === ifFails || servers.find(({ id }) => id === node)?.databaseId === ifFails
  return uses ? candidate : null
}
