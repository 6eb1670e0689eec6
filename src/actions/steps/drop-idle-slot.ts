// Drops a slot once nobody uses it: the sender of a standby that was just stopped may hold it for a moment.

import { ActionError } from '../../model/runs/action-error.ts'
import type { Tools } from '../definition/action.ts'
import { textOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { dropIdleSlot } from '../repoint/physical-slots.ts'

const TRIES = 20
const TRY_AGAIN_MS = 500

export const dropIdleSlotStep: StepKind = {
  kind: 'drop-idle-slot',
  async run(args, tools) {
    const [database, slot] = [textOf(args, 'database'), textOf(args, 'slot')]
    for (let tried = 1; ; tried++) {
      const found = await slotOn(database, slot, tools)
      if (!found) return
      if (!found.active) return dropIdleSlot(database, slot, tools)
      if (tried === TRIES)
        throw new ActionError(
          `the slot ${slot} is in use by process ${found.pid ?? '?'}`,
          'Whoever uses it has to be stopped first; of a host that is gone the sender ends after wal_sender_timeout.',
        )
      await tools.pause(TRY_AGAIN_MS)
    }
  },
  async verify(args, tools): Promise<Seen> {
    const slot = textOf(args, 'slot')
    if (await slotOn(textOf(args, 'database'), slot, tools))
      return { seen: 'not-yet', why: `the slot ${slot} is there` }
    return { seen: 'yes', evidence: `there is no slot ${slot}` }
  },
}

async function slotOn(database: string, slot: string, tools: Tools) {
  const text = 'SELECT active, active_pid AS pid FROM pg_catalog.pg_replication_slots WHERE slot_name = $1'
  const [row] = await tools.sql<{ active: boolean; pid: number | null }>(database, { text, values: [slot] })
  return row ?? null
}
