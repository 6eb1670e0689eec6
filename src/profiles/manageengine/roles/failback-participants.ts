// The participants in the vendor's failback, and the servers that must not run before the restore.

import type { ClusterView } from '../../../actions/definition/action.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { startedWithoutRestore } from '../conditions/restore-conditions.ts'
import { formerServers } from './server-roles.ts'

/** The participants in a failback. */
export interface FailbackParticipants {
  /** The acting primary and its application server. */
  readonly actingPrimary: DatabaseView
  readonly actingServer: ServerView | null
  /** The recovered primary and its application server. */
  readonly primary: DatabaseView
  readonly primaryServer: ServerView | null
}

/** Returns the current participants, or why there are none. */
export function failbackParticipants(clusterView: ClusterView): FailbackParticipants | string {
  const { picture, snapshot } = clusterView
  const kept = snapshot.actingPrimary ?? null
  const record = kept?.restoredAt === null ? kept : null
  const readOnly = picture.servers.filter(({ type }) => type === 'read-only')
  const formerServer = readOnly.find(({ databaseId }) => {
    const view = findDatabase(clusterView, databaseId)
    return view !== null && isWritable(view)
  })
  const actingPrimary = findDatabase(clusterView, record?.database ?? formerServer?.databaseId ?? null)
  if (!actingPrimary && kept) return 'the backup of the acting primary is already restored'
  if (!actingPrimary) return 'no read-only server acts as the primary here'
  const actingServer = findServer(clusterView, record?.server ?? formerServer?.id ?? null)
  const former = formerServers(clusterView, actingServer?.id ?? null)
  const primaryServer = former.find(({ type }) => type === 'primary') ?? null
  const id = primaryServer?.databaseId ?? record?.former.databases[0] ?? null
  const primary = findDatabase(clusterView, id)
  if (!primary || primary === actingPrimary) return 'the former primary is unknown: set its server in the config'
  return { actingPrimary, actingServer, primary, primaryServer }
}

export interface FormerNodes {
  readonly databases: readonly string[]
  readonly servers: readonly string[]
}

/** The databases and servers that must not run before the restore. */
export function formerNodesOf({ primary, actingServer }: FailbackParticipants, clusterView: ClusterView): FormerNodes {
  return {
    databases: [primary.id],
    servers: formerServers(clusterView, actingServer?.id ?? null).map(({ id }) => id),
  }
}

/** Those of them that run, whatever the state directory says. */
export function startedFormerNodes(former: FormerNodes, { snapshot, picture }: ClusterView) {
  const actingPrimary = snapshot.actingPrimary ?? NOBODY
  const record = { ...actingPrimary, former, restoring: null, restoredAt: null }
  return startedWithoutRestore({ snapshot: { ...snapshot, actingPrimary: record }, ...picture })
}

const NOBODY = {
  database: '',
  server: null,
  since: 0,
  run: '',
  timeline: null,
  systemIdentifier: null,
  sameTimeline: false,
  held: null,
}
