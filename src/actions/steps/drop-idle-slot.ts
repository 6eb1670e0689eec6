// Drops a slot once nobody uses it: the sender of a standby that was just stopped may hold it for a moment.

import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { dropInactiveSlot } from '../repoint/physical-slots.ts'

const TRIES = 20
const TRY_AGAIN_MS = 500

export const dropIdleSlotKind: StepKind = {
  kind: 'drop-idle-slot',
  async run(args, tools) {
    const [database, slot] = [textArgument(args, 'database'), textArgument(args, 'slot')]
    for (let tried = 1; ; tried++) {
      const found = await slotOn(database, slot, tools)
      if (!found) return
      if (!found.active) return dropInactiveSlot(database, slot, tools)
      if (tried === TRIES)
        throw new ActionError(
          `the slot ${slot} is in use by process ${found.pid ?? '?'}`,
          'Whoever uses it has to be stopped first; of a host that is gone the sender ends after wal_sender_timeout.',
        )
      await tools.wait(TRY_AGAIN_MS)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const slot = textArgument(args, 'slot')
    if (await slotOn(textArgument(args, 'database'), slot, tools))
      return { result: 'not-yet', why: `the slot ${slot} is there` }
    return { result: 'yes', evidence: `there is no slot ${slot}` }
  },
}

async function slotOn(database: string, slot: string, tools: ActionToolbox) {
  const text = 'SELECT active, active_pid AS pid FROM pg_catalog.pg_replication_slots WHERE slot_name = $1'
  const [row] = await tools.sql<{ active: boolean; pid: number | null }>(database, { text, values: [slot] })
  return row ?? null
}
