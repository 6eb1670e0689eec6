// `checkpoint`: writes all changed pages to disk now, so that a shutdown or a crash recovery takes less time.

import { noImpact } from '../model/runs/plan.ts'
import type { Action, Draft, PreflightCheck } from './definition/action.ts'
import { databaseName, needsDatabase, requireTargetDatabase } from './definition/target.ts'
import { sqlCallKind } from './steps/sql-call.ts'

const LIMIT_SECONDS = 600

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
    const [before] = await tools.sql<{ at: string }>(database, {
      text: `SELECT pg_catalog.clock_timestamp()::pg_catalog.text AS at`,
    })
    return {
      target: { id: database, name },
      title: `checkpoint on ${name}`,
      danger: 'routine',
      impact: noImpact('The server writes as fast as it can until then: other reads and writes may be slower.'),
      checks: [mayCheckpoint(database)],
      input: request.input,
      steps: [
        sqlCallKind.plan({
          id: 'checkpoint',
          call: {
            database,
            text: 'CHECKPOINT',
            limitMs: LIMIT_SECONDS * 1000,
            verifySql: { text: SEEN, values: [before?.at ?? null] },
          },
          title: `${name} writes a checkpoint`,
          where: name,
          detail: 'CHECKPOINT;',
          verify: 'pg_control_checkpoint() shows a newer one, or that a standby can make no newer one',
          ifStopped: 'The server continues it by itself.',
          deadlineSeconds: LIMIT_SECONDS,
        }),
      ],
    }
  },
}

/** A restartpoint of a standby can only repeat a checkpoint of its primary, and the newest one may be done already. */
const SEEN = `SELECT checkpoint_time >= pg_catalog.date_trunc('second', $1::pg_catalog.timestamptz)
    OR pg_catalog.pg_is_in_recovery() AS seen,
  'the last checkpoint began at ' || checkpoint_time::pg_catalog.text
    || ', redo from ' || redo_lsn::pg_catalog.text AS evidence
  FROM pg_catalog.pg_control_checkpoint()`

function mayCheckpoint(database: string): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    async run(_, __, tools) {
      const [row] = await tools.sql<{ role: string; may: boolean; version: number }>(database, {
        text: `SELECT current_user AS role, pg_catalog.current_setting('server_version_num')::int AS version,
          (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR EXISTS (
            SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pg_checkpoint'
              AND pg_catalog.pg_has_role(oid, 'member')) AS may`,
      })
      if (row?.may) return { result: 'pass', message: `${row.role} may checkpoint`, hint: null }
      const hint =
        (row?.version ?? 0) >= 150_000
          ? `As a superuser, on the primary: GRANT pg_checkpoint TO "${row?.role}";`
          : 'Before version 15 only a superuser may.'
      return { result: 'fail', message: `${row?.role ?? 'this role'} may not checkpoint`, hint }
    },
  }
}
