// Drops a slot once it is inactive: the walsender of a standby that was just stopped may hold it for a moment.

import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { dropInactiveSlot } from '../repoint/physical-slots.ts'

const TRIES = 20
const TRY_AGAIN_MS = 500

const form = () => arg.form({ database: arg.text(), slot: arg.text() })
type Args = arg.Of<typeof form>

export interface IdleSlotDrop {
  readonly id: string
  readonly database: string
  readonly databaseName: string
  readonly slot: string
  readonly title: string
  /** Whether this role may drop it. */
  readonly may: boolean
}

export const dropIdleSlotKind = defineStep({
  kind: 'drop-idle-slot',
  version: 1,
  args: form,
  plan({ id, database, databaseName, slot, title, may }: IdleSlotDrop): StepPlan<Args> {
    return {
      id,
      args: { database, slot },
      title,
      how: may ? 'sql' : 'manual',
      where: databaseName,
      detail: `SELECT pg_catalog.pg_drop_replication_slot('${slot}');`,
      verify: 'it is no longer in pg_replication_slots',
      ifStopped: 'An inactive slot retains WAL until the disk is full.',
      maySkip: true,
      deadlineSeconds: may ? 20 : MANUAL_STEP_SECONDS,
    }
  },
  async run(args, tools) {
    const [database, slot] = [args.database, args.slot]
    for (let tried = 1; ; tried++) {
      const existing = await slotOn(database, slot, tools)
      if (!existing) return
      if (!existing.active) return dropInactiveSlot(database, slot, tools)
      if (tried === TRIES)
        throw new ActionError(
          `the slot ${slot} is in use by process ${existing.pid ?? '?'}`,
          'Stop its client first; the walsender for a lost host ends after wal_sender_timeout.',
        )
      await tools.wait(TRY_AGAIN_MS)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const slot = args.slot
    if (await slotOn(args.database, slot, tools)) return { result: 'not-yet', why: `the slot ${slot} exists` }
    return { result: 'yes', evidence: `there is no slot ${slot}` }
  },
})

async function slotOn(database: string, slot: string, tools: ActionToolbox) {
  const text = 'SELECT active, active_pid AS pid FROM pg_catalog.pg_replication_slots WHERE slot_name = $1'
  const [row] = await tools.sql<{ active: boolean; pid: number | null }>(database, { text, values: [slot] })
  return row ?? null
}
