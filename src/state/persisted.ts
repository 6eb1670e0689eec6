// What outlives the program: display names, the last position of each primary, the acting primary.

import type { DatabaseRecord, LastSeenPrimary } from '../model/measured/snapshot.ts'
import { lastGood } from '../model/values/reading.ts'
import { updateCluster, updateRecord } from './cluster-update.ts'
import type { PersistedEvent } from './event.ts'
import { isReachedAt } from './measurements.ts'
import type { State } from './state.ts'

/** Returns the state after a value was loaded from the state directory, or is to be stored there. */
export function reducePersisted(state: State, event: PersistedEvent): State {
  switch (event.type) {
    case 'names-loaded':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        databases: cluster.databases.map((record) => named(record, event.names[record.spec.id])),
        servers: cluster.servers.map((record) => named(record, event.names[record.spec.id])),
      }))
    case 'renamed':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        databases: updateRecord(cluster.databases, event.id, (record) => named(record, event.name)),
        servers: updateRecord(cluster.servers, event.id, (record) => named(record, event.name)),
      }))
    case 'acting-loaded':
      return updateCluster(state, event.cluster, ({ actingPrimary: _, ...cluster }) =>
        event.actingPrimary ? { ...cluster, actingPrimary: event.actingPrimary } : cluster,
      )
    case 'manager-loaded':
      return updateCluster(state, event.cluster, (cluster) => ({ ...cluster, managerBefore: event.manager }))
    case 'servers-loaded':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        databases: cluster.databases.map((record) => {
          const seen = event.seen[record.spec.id]
          return seen && !record.servers ? { ...record, servers: seen } : record
        }),
      }))
    case 'last-seen-loaded':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        databases: cluster.databases.map((record) => withLastSeen(record, event.seen[record.spec.id] ?? null)),
      }))
  }
}

/** Not for a server that this program has read itself, nor for a name that has another address now. */
function withLastSeen(record: DatabaseRecord, seen: LastSeenPrimary | null): DatabaseRecord {
  if (lastGood(record.pulse) !== null || record.lastSeenAsPrimary !== null || seen === null) return record
  return seen.endpoint && !isReachedAt(record.spec, seen.endpoint) ? record : { ...record, lastSeenAsPrimary: seen }
}

function named<R extends { readonly spec: { readonly id: string }; readonly displayName: string }>(
  record: R,
  name: string | undefined,
): R {
  return { ...record, displayName: name || record.spec.id }
}
