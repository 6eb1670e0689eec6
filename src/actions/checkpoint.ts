// `checkpoint`: writes all changed pages to disk now, so that a shutdown or a crash recovery takes less time.

import { noImpact } from '../model/runs/plan.ts'
import type { Action, Draft, PreflightCheck } from './definition/action.ts'
import { databaseName, needsDatabase, requireTargetDatabase } from './definition/target.ts'
import { CLOCK, checkpointPrivilege, checkpointStep } from './steps/checkpoint-step.ts'

export const checkpointAction: Action = {
  name: 'checkpoint',
  title: 'checkpoint',
  explains: 'Writes all changed pages to disk now; on a standby a restart point.',
  key: null,
  danger: 'routine',
  target: 'database',
  locks: 'none',
  fields: [],
  whyNot: needsDatabase,
  async draft(clusterView, request, tools): Promise<Draft> {
    const database = requireTargetDatabase(clusterView, request)
    const name = databaseName(clusterView, database)
    const [before] = await tools.sql<{ at: string }>(database, { text: CLOCK })
    return {
      target: { id: database, name },
      title: `checkpoint on ${name}`,
      danger: 'routine',
      impact: noImpact('The server writes as fast as it can until then: other reads and writes may be slower.'),
      checks: [mayCheckpoint(database)],
      input: request.input,
      steps: [checkpointStep(database, name, before?.at ?? null)],
    }
  },
}

function mayCheckpoint(database: string): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    async run(_, __, tools) {
      const row = await checkpointPrivilege(database, tools)
      if (row?.may) return { result: 'pass', message: `${row.role} may checkpoint`, hint: null }
      const hint =
        (row?.version ?? 0) >= 150_000
          ? `As a superuser, on the primary: GRANT pg_checkpoint TO "${row?.role}";`
          : 'Before version 15 only a superuser may.'
      return { result: 'fail', message: `${row?.role ?? 'this role'} may not checkpoint`, hint }
    },
  }
}
