// The check `pooler`: whether the connection strings of the databases in an action lead to the servers themselves.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { Draft, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase, findServer } from '../definition/target.ts'

/**
 * Fails if pgdeck reaches a database of the action through a connection pooler. Then each statement may go to another
 * server, and settings and locks of a session may end up with an application.
 */
export const noPooler: PreflightCheck = {
  id: 'pooler',
  mayOverride: false,
  run(clusterView, draft): PreflightResult {
    const pooled = databasesOf(clusterView, draft).flatMap((view) => {
      const why = view.problem?.code === 'pooler' ? view.problem.message : view.pulse?.pooler
      return why === undefined ? [] : [`the dsn of ${view.name} leads to a connection pooler (${why})`]
    })
    if (pooled.length === 0) return null
    const hint =
      'Connect to the server itself: put its own host and port into the dsn. Actions never go through a pooler.'
    return { result: 'fail', message: pooled.join('; '), hint }
  },
}

/** The target, its database, and every database that a step names. */
function databasesOf(clusterView: PlanningView, { target, steps }: Draft): readonly DatabaseView[] {
  const named = steps.flatMap(({ args, changes }) => [...Object.values(args), ...changes])
  const ids = new Set([target?.id, findServer(clusterView, target?.id ?? null)?.databaseId, ...named])
  return [...ids].flatMap((id) => (typeof id === 'string' ? (findDatabase(clusterView, id) ?? []) : []))
}
