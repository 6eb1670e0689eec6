// Waits until the control file of a new primary names its new timeline. Before that, pg_rewind compares with the old
// timeline and does nothing.

import { ActionError } from '../../model/runs/action-error.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** The first checkpoint after a promotion may be spread over minutes. */
const TRIES = 300
const TRY_AGAIN_MS = 1_000
const CHECKPOINT_MS = 120_000

const STATE = `SELECT (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()) AS written,
  ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int AS real`

/** Runs a checkpoint if it is needed and allowed. Throws ActionError, FaultError. */
export async function awaitTimelineInControlFile(database: string, tools: ActionToolbox): Promise<void> {
  for (let tried = 0; tried < TRIES; tried++) {
    const [row] = await tools.sql<{ written: number; real: number }>(database, { text: STATE })
    if (row && row.written >= row.real) return
    if (tried === 0) {
      tools.writeOutput(`${database} has had no checkpoint on its timeline yet: pgdeck requests one first`)
      await tools.sql(database, { text: 'CHECKPOINT', limitMs: CHECKPOINT_MS }).catch((error: unknown) => {
        tools.writeOutput(`pgdeck waits for it: ${messageOf(error)}`)
      })
    } else await tools.wait(TRY_AGAIN_MS)
  }
  throw new ActionError(
    `${database} has had no checkpoint since its promotion, so pg_rewind would do nothing`,
    `As a superuser on ${database}: CHECKPOINT; then try again.`,
  )
}
