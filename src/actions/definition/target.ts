// What an act acts on, found in the picture; and the common reasons why it can't.

import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import { isReadAsStandby } from '../../model/picture/roles.ts'
import { type ActionRequest, type ClusterView, PlanError } from './action.ts'

/** The database of that id; null when there is none. */
export function findDatabase({ picture }: ClusterView, id: string | null): DatabaseView | null {
  return picture.databases.find((database) => database.id === id) ?? null
}

export function findServer({ picture }: ClusterView, id: string | null): ServerView | null {
  return picture.servers.find((server) => server.id === id) ?? null
}

/** What the user calls it; the id of what is not known. */
export function databaseName(clusterView: ClusterView, id: string): string {
  return findDatabase(clusterView, id)?.name ?? id
}

/** Throws PlanError for a request without a database. */
export function requireTargetDatabase(clusterView: ClusterView, { action, target }: ActionRequest): string {
  const found = findDatabase(clusterView, target)
  if (found) return found.id
  throw new PlanError(`${action}: ${target ?? 'nothing'} is not a database of this cluster`)
}

/** Why an act on a database that has to answer can't be tried. */
export function needsDatabase(clusterView: ClusterView, target: string | null): string | null {
  const database = findDatabase(clusterView, target)
  if (!database) return 'select a database first'
  return database.problem ? `pgdeck can’t reach ${database.name}: ${database.problem.message}` : null
}

/** As `needsDatabase`, for a standby. */
export function needsStandby(clusterView: ClusterView, target: string | null): string | null {
  const database = findDatabase(clusterView, target)
  const reason = needsDatabase(clusterView, target)
  if (reason !== null || !database) return reason
  return isReadAsStandby(database) ? null : `${database.name} is not a standby`
}
