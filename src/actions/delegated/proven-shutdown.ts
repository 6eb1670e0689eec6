// The step that proves that a switchover by a manager lost nothing: the old primary shut down cleanly, and the new one
// had its last record.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { toLossProof } from '../../model/runs/proven-loss.ts'
import { formatLsn, type Lsn, parseLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    old: arg.text(),
    /** The timeline before the switchover; 0 if unknown. */
    timeline: arg.number(),
    /** What the old primary had written when it was last read. */
    lsn: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

/** A server that has come back keeps the checkpoint of its shutdown until its first restart point. */
const CHECKPOINT = `SELECT checkpoint_lsn::pg_catalog.text AS checkpoint, timeline_id AS timeline,
  redo_lsn = checkpoint_lsn AS shutdown FROM pg_catalog.pg_control_checkpoint()`

export const provenShutdownKind = defineStep({
  kind: 'proven-shutdown',
  version: 1,
  args: form,
  plan({ target, old }: { readonly target: DatabaseView; readonly old: DatabaseView }): StepPlan<Args> {
    const lsn = old.lsn === null ? null : formatLsn(old.lsn)
    return {
      id: 'last-record',
      args: { database: target.id, old: old.id, timeline: target.timeline ?? 0, lsn },
      title: `read whether ${old.name} shut down cleanly, and ${target.name} had its last record`,
      how: 'sql',
      where: old.name,
      detail: 'SELECT * FROM pg_catalog.pg_control_checkpoint();',
      verify: 'its checkpoint is that of its shutdown, and it follows the new timeline',
      ifStopped: 'Everything else is done.',
      maySkip: true,
      deadlineSeconds: 20,
    }
  },
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    await tools.refresh()
    const checkpoint = await lastCheckpoint(args, tools)
    const [from, to] = [databaseName(tools.view(), args.old), databaseName(tools.view(), args.database)]
    if (checkpoint === null)
      return { result: 'yes', evidence: `not proven: ${from} no longer shows the checkpoint of its shutdown` }
    const text = `nothing: ${from} shut down cleanly at ${formatLsn(checkpoint)}, and ${to} had that when it was promoted`
    return { result: 'yes', evidence: text, proof: toLossProof({ bytes: 0, bound: 'exact', ageSeconds: null, text }) }
  },
})

/**
 * The shutdown checkpoint of the old primary; null if that is not what it shows. A server follows another timeline only
 * if that began after its own last checkpoint. A checkpoint beyond what was read of it before is none that a rewind left
 * there.
 */
async function lastCheckpoint({ database, old, timeline, lsn }: Args, tools: ActionToolbox): Promise<Lsn | null> {
  const [before, after] = [timelineOf(old, tools), timelineOf(database, tools)]
  const seen = parseLsn(lsn)
  if (seen === null || before === null || before !== after || before <= timeline) return null
  const [row] = await tools
    .sql<{ checkpoint: string; timeline: number; shutdown: boolean }>(old, { text: CHECKPOINT })
    .catch(() => [])
  const checkpoint = parseLsn(row?.checkpoint ?? null)
  return row?.shutdown && row.timeline === timeline && checkpoint !== null && checkpoint >= seen ? checkpoint : null
}

function timelineOf(id: string, tools: ActionToolbox): number | null {
  return findDatabase(tools.view(), id)?.timeline ?? null
}
