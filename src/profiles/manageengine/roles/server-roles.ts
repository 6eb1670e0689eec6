// The roles in a cluster of the vendor's product: the server of a database, its former primary and secondary.

import type { ClusterView, PlanningView } from '../../../actions/definition/action.ts'
import type { HostConfig } from '../../../config/config.ts'
import type { ProfileId } from '../../../model/measured/spec.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { MANAGEENGINE_PROFILES } from '../facts.ts'

/** True for the profiles with the vendor's procedures. */
export function isManageEngine(profile: ProfileId): boolean {
  return MANAGEENGINE_PROFILES.includes(profile)
}

/** Returns the server that uses a database: the read-only one on its host first, else any. */
export function serverUsing({ picture, snapshot }: ClusterView, database: string): ServerView | null {
  const hostId = snapshot.spec.databases.find(({ id }) => id === database)?.hostId ?? null
  const specs = snapshot.spec.servers.filter((spec) => spec.databaseId === database)
  const spec =
    specs.find(({ type }) => type === 'read-only') ??
    specs.find((each) => hostId !== null && each.hostId === hostId) ??
    specs.find(({ type }) => type === 'primary') ??
    specs[0]
  return picture.servers.find(({ id }) => id === spec?.id) ?? null
}

/** The host of the server's installation: its own, else that of its database. */
export function installationHostId(
  { config }: Pick<PlanningView, 'config'>,
  server: string | null,
  database: string,
): string | null {
  const own = config.servers.find(({ spec }) => spec.id === server)?.spec.hostId ?? null
  return own ?? config.databases.find(({ spec }) => spec.id === database)?.spec.hostId ?? null
}

/** The servers other than this one: the former primary and secondary. */
export function formerServers({ picture }: ClusterView, actingId: string | null): readonly ServerView[] {
  return picture.servers.filter(({ id, type }) => id !== actingId && type !== 'read-only')
}

/** The databases of those servers that are not the acting one's. */
export function formerDatabases(
  clusterView: ClusterView,
  actingPrimary: DatabaseView,
  server: string | null,
): readonly DatabaseView[] {
  const used = new Set(formerServers(clusterView, server).map(({ databaseId }) => databaseId))
  return clusterView.picture.databases.filter(({ id }) => id !== actingPrimary.id && used.has(id))
}

export function hostConfigById({ config }: Pick<PlanningView, 'config'>, id: string | null): HostConfig | null {
  return config.hosts.find((host) => host.id === id) ?? null
}
