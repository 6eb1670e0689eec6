// The restore gate: which former databases and servers must not start before the acting primary's backup is restored.

import type { ActingPrimary } from '../measured/acting-primary.ts'
import { isOtherSystem } from '../measured/server-identity.ts'
import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { Picture } from './picture.ts'
import { isReadableStandby } from './roles.ts'

interface RestoreGate {
  readonly acting: ActingPrimary
  /** Ids of those that must not take writes, or serve, before the restore. */
  readonly databases: readonly string[]
  readonly servers: readonly string[]
}

/** Returns the gate while it is closed; null while nothing has to wait for a restore. */
export function closedRestoreGate(
  { actingPrimary = null }: Pick<ClusterSnapshot, 'actingPrimary'>,
  { databases, servers }: Pick<Picture, 'databases' | 'servers'>,
): RestoreGate | null {
  if (!actingPrimary || actingPrimary.restoredAt !== null) return null
  const { former, restoring } = actingPrimary
  const byId = (id: string | null) => databases.find((view) => view.id === id)
  const acting = byId(actingPrimary.database)
  // The acting primary is a standby again: it acts no more, whatever was to be restored.
  if (acting && isReadableStandby(acting)) return null
  const isOther = (id: string) => {
    const view = byId(id)
    return view !== undefined && isOtherSystem(view, actingPrimary)
  }
  const isGated = (id: string | null) => id !== null && id !== restoring && !isOther(id)
  return {
    acting: actingPrimary,
    databases: databases.flatMap(({ id }) => (former.databases.includes(id) && isGated(id) ? [id] : [])),
    servers: servers.flatMap(({ id, databaseId }) => (former.servers.includes(id) && isGated(databaseId) ? [id] : [])),
  }
}
