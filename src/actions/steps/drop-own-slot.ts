// Drops the own logical slot of a former primary that is a standby now, so that the slot of its new upstream is
// synchronized to it.

import type { DatabaseView, Picture, SlotView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'

const TRIES = 20
const TRY_AGAIN_MS = 500

const form = () => arg.form({ database: arg.text(), slot: arg.text() })
type Args = arg.Of<typeof form>

interface OwnSlotDrop {
  readonly view: DatabaseView
  readonly upstream: DatabaseView
  readonly slot: string
  /** Whether this role may drop it. */
  readonly may: boolean
}

export const dropOwnSlotKind = defineStep({
  kind: 'drop-own-slot',
  version: 1,
  args: form,
  plan({ view, upstream, slot, may }: OwnSlotDrop): StepPlan<Args> {
    return {
      id: `drop-own-slot-${slot}`,
      args: { database: view.id, slot },
      title: `drop the own slot ${slot} of ${view.name}: it blocks the synchronization of slots from ${upstream.name}`,
      how: may ? 'sql' : 'manual',
      where: view.name,
      detail: `SELECT pg_catalog.pg_drop_replication_slot('${slot}');`,
      verify: 'pg_replication_slots has no slot of that name, or only a synchronized copy',
      ifStopped: `No slot is synchronized to ${view.name}.`,
      maySkip: true,
      deadlineSeconds: may ? 20 : MANUAL_STEP_SECONDS,
    }
  },
  async run(args, tools) {
    for (let tried = 1; ; tried++) {
      const existing = await slotOn(args, tools)
      if (!existing || existing.synced) return
      // On a primary it is the slot that its consumer uses.
      if (!existing.standby)
        throw new ActionError(`${args.database} is not a standby: its slot ${args.slot} is not dropped`)
      if (!existing.active) return drop(args, tools)
      if (tried === TRIES)
        throw new ActionError(
          `the slot ${args.slot} is in use by process ${existing.pid ?? '?'}`,
          'Stop its client first: it belongs on the new primary.',
        )
      await tools.wait(TRY_AGAIN_MS)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const existing = await slotOn(args, tools)
    if (!existing) return { result: 'yes', evidence: `there is no own slot ${args.slot}` }
    if (existing.synced) return { result: 'yes', evidence: `the slot ${args.slot} is a synchronized copy` }
    return { result: 'not-yet', why: `the own slot ${args.slot} exists` }
  },
})

/**
 * A failover slot that `upstream` has continues there. The former primary returns with its own slot of that name, and as
 * long as that exists no slot is synchronized to it: a later failover to it would lose them. `names`: the failover slots
 * of which it may have its own.
 */
export async function ownSlotSteps(
  view: DatabaseView,
  upstream: DatabaseView,
  names: readonly string[],
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  if (names.length === 0) return []
  const may = await mayManageSlots(view.id, tools).catch(() => null)
  return names.map((slot) => dropOwnSlotKind.plan({ view, upstream, slot, may: may ?? true }))
}

/** The logical failover slots of that database. On a primary they are those that its standbys copy. */
export function failoverSlotsOf({ slots }: Pick<Picture, 'slots'>, databaseId: string): readonly SlotView[] {
  return slots.filter(
    (slot) => slot.databaseId === databaseId && slot.type === 'logical' && slot.failover === true && !slot.temporary,
  )
}

/** `synced` is in the row from PostgreSQL 17 on. */
async function slotOn({ database, slot }: Args, tools: ActionToolbox) {
  const text = `SELECT s.active, s.active_pid AS pid, pg_catalog.pg_is_in_recovery() AS standby,
      coalesce((pg_catalog.to_jsonb(s) ->> 'synced')::pg_catalog.bool, false) AS synced
    FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = $1 AND s.slot_type = 'logical'`
  const [row] = await tools.sql<{ active: boolean; pid: number | null; standby: boolean; synced: boolean }>(database, {
    text,
    values: [slot],
  })
  return row ?? null
}

/** Does nothing on a primary, to a synchronized copy, or to a slot that is active. */
async function drop({ database, slot }: Args, tools: ActionToolbox): Promise<void> {
  const text = `SELECT pg_catalog.pg_drop_replication_slot($1::pg_catalog.name)
    WHERE pg_catalog.pg_is_in_recovery() AND EXISTS (
      SELECT FROM pg_catalog.pg_replication_slots AS s
      WHERE s.slot_name = $1::pg_catalog.name AND s.slot_type = 'logical' AND NOT s.active
        AND NOT coalesce((pg_catalog.to_jsonb(s) ->> 'synced')::pg_catalog.bool, false))`
  await tools.callFunction(database, { text, values: [slot] })
}
