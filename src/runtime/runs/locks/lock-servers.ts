// The servers that a run must lock: every readable one of its system, each once, in an order that is the same
// everywhere.

import type { PlanningView } from '../../../actions/definition/action.ts'
import { findServer } from '../../../actions/definition/target.ts'
import {
  isOtherSystem,
  isSameServer,
  isSameSystem,
  type ServerIdentity,
} from '../../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'

export interface LockServer {
  /** Ids of the configured databases that lead to it. */
  readonly ids: readonly string[]
  /** Display name of the first of them. */
  readonly name: string
  readonly identity: ServerIdentity
}

/**
 * Ordered by the start of their postmasters: that is the same for every pgdeck, whatever its configuration calls them.
 */
export function serversToLock(view: PlanningView, target: string | null): readonly LockServer[] {
  const places: LockServer[] = []
  for (const { id, name, identity } of ofSystem(view, target)) {
    if (identity === null) continue
    const known = places.findIndex((place) => isSameServer(place.identity, identity))
    const place = places[known]
    if (place) places[known] = { ...place, ids: [...place.ids, id] }
    else places.push({ ids: [id], name, identity })
  }
  return places.toSorted((one, other) => inOrder(one.identity, other.identity))
}

/** Returns the names of the databases of that system that can't be read now: they show no runs and can't be locked. */
export function unreadableServers(clusterView: PlanningView, target: string | null): readonly string[] {
  const system = systemOf(clusterView, target)
  return clusterView.picture.databases
    .filter((view) => !isRead(view) && !isOtherSystem(view, { systemIdentifier: system }))
    .map(({ name }) => name)
}

/** Readable databases with the target's system identifier; all readable ones if that is unknown. */
function ofSystem(clusterView: PlanningView, target: string | null): readonly DatabaseView[] {
  const system = systemOf(clusterView, target)
  return clusterView.picture.databases.filter(
    (view) => isRead(view) && (system === null || isSameSystem(view, { systemIdentifier: system })),
  )
}

function systemOf(clusterView: PlanningView, target: string | null): string | null {
  const id = findServer(clusterView, target)?.databaseId ?? target
  return clusterView.picture.databases.find((view) => view.id === id)?.systemIdentifier ?? null
}

function isRead({ problem, pulse }: DatabaseView): boolean {
  return problem === null && pulse !== null
}

function inOrder(one: ServerIdentity, other: ServerIdentity): number {
  if (one.postmasterStart === other.postmasterStart) return one.port - other.port
  return BigInt(one.postmasterStart) < BigInt(other.postmasterStart) ? -1 : 1
}
