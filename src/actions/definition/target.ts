// Finds the target of an action in the picture, and the common reasons why an action is impossible.

import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import { isReadAsStandby } from '../../model/picture/roles.ts'
import { type ActionRequest, type ClusterView, PlanError } from './action.ts'

/** Returns the database with that id; null if there is none. */
export function findDatabase({ picture }: ClusterView, id: string | null): DatabaseView | null {
  return picture.databases.find((database) => database.id === id) ?? null
}

export function findServer({ picture }: ClusterView, id: string | null): ServerView | null {
  return picture.servers.find((server) => server.id === id) ?? null
}

/** Returns its display name; the id if the database is unknown. */
export function databaseName(clusterView: ClusterView, id: string): string {
  return findDatabase(clusterView, id)?.name ?? id
}

/** Returns the target. Throws PlanError for a request without a database. */
export function requireTargetDatabase(clusterView: ClusterView, { action, target }: ActionRequest): string {
  const database = findDatabase(clusterView, target)
  if (database) return database.id
  throw new PlanError(`${action}: ${target ?? 'nothing'} is not a database of this cluster`)
}

/** Why an action on a database that must answer is impossible; null if it is possible. */
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
