// The step that writes a checkpoint: an action of its own, and before a shutdown, which takes less time then.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { sqlCallKind } from './sql-call.ts'

const LIMIT_SECONDS = 600

/** The server's own clock. */
export const CLOCK = `SELECT pg_catalog.clock_timestamp()::pg_catalog.text AS at`

/** A restartpoint of a standby can only repeat a checkpoint of its primary, and the newest one may be done already. */
const SEEN = `SELECT checkpoint_time >= pg_catalog.date_trunc('second', $1::pg_catalog.timestamptz)
    OR pg_catalog.pg_is_in_recovery() AS seen,
  'the last checkpoint began at ' || checkpoint_time::pg_catalog.text
    || ', redo from ' || redo_lsn::pg_catalog.text AS evidence
  FROM pg_catalog.pg_control_checkpoint()`

/** `before`: the server's clock when this was planned; null: unknown. */
export function checkpointStep(database: string, name: string, before: string | null, id = 'checkpoint'): PlannedStep {
  return sqlCallKind.plan({
    id,
    call: {
      database,
      text: 'CHECKPOINT',
      limitMs: LIMIT_SECONDS * 1000,
      verifySql: { text: SEEN, values: [before] },
    },
    title: `${name} writes a checkpoint`,
    where: name,
    detail: 'CHECKPOINT;',
    verify: 'pg_control_checkpoint() shows a newer one, or that a standby can make no newer one',
    ifStopped: 'The server continues it by itself.',
    deadlineSeconds: LIMIT_SECONDS,
  })
}

/** The step before a shutdown, which may be left out; none where the server does not answer or this role may not. */
export async function checkpointBeforeStop(
  { id, name, problem }: DatabaseView,
  tools: ActionToolbox,
  step = 'checkpoint',
): Promise<readonly PlannedStep[]> {
  if (problem !== null) return []
  try {
    if (!(await checkpointPrivilege(id, tools))?.may) return []
    const [before] = await tools.sql<{ at: string }>(id, { text: CLOCK })
    return [{ ...checkpointStep(id, name, before?.at ?? null, step), maySkip: true }]
  } catch {
    return []
  }
}

/** Before clients are paused for a shutdown; none where nobody is paused. A shutdown checkpoint may take longer than they wait. */
export async function checkpointBeforePause(
  view: DatabaseView,
  pauses: readonly PlannedStep[],
  tools: ActionToolbox,
  id?: string,
): Promise<readonly PlannedStep[]> {
  return pauses.length === 0 ? [] : checkpointBeforeStop(view, tools, id)
}

/** This role, and whether it may checkpoint there. Throws FaultError. */
export async function checkpointPrivilege(database: string, tools: ActionToolbox) {
  const [row] = await tools.sql<{ role: string; may: boolean; version: number }>(database, {
    text: `SELECT current_user AS role, pg_catalog.current_setting('server_version_num')::int AS version,
      (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR EXISTS (
        SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pg_checkpoint'
          AND pg_catalog.pg_has_role(oid, 'member')) AS may`,
  })
  return row
}
