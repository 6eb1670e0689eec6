// A slot on the upstream that keeps WAL from now on: made where there is none, made anew where it has lost what it kept.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { flagArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { dropInactiveSlot, ensurePhysicalSlot } from '../repoint/physical-slots.ts'

export interface EnsuredSlot {
  readonly upstream: string
  readonly slot: string
  /** There was one when this was planned: then taking it back leaves it. */
  readonly existed: boolean
}

export function ensureSlotArguments(args: EnsuredSlot): JsonRecord {
  return { ...args }
}

export const ensureSlotKind: StepKind = {
  kind: 'fresh-slot',
  async run(args, tools) {
    const [upstream, slot] = [textArgument(args, 'upstream'), textArgument(args, 'slot')]
    const found = await slotOn(upstream, slot, tools)
    if (found?.active)
      throw new ActionError(
        `the slot ${slot} of ${upstream} is in use by process ${found.pid ?? '?'}`,
        'Something else streams by it: stop that, or give the rebuild another slot (--set slot=…).',
      )
    if (found && (found.type !== 'physical' || isLost(found))) {
      if (found.type !== 'physical')
        throw new ActionError(`the slot ${slot} of ${upstream} is a logical one`, 'Choose another name.')
      await dropInactiveSlot(upstream, slot, tools)
      tools.writeOutput(`the slot ${slot} had lost its WAL (${found.status ?? 'no position'}): it is made anew`)
    }
    await ensurePhysicalSlot(upstream, slot, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const [upstream, slot] = [textArgument(args, 'upstream'), textArgument(args, 'slot')]
    const found = await slotOn(upstream, slot, tools)
    if (!found) return { result: 'not-yet', why: `${upstream} has no slot ${slot}` }
    if (isLost(found)) return { result: 'not-yet', why: `the slot ${slot} has lost its WAL` }
    return { result: 'yes', evidence: `${slot} keeps WAL from ${found.lsn} on` }
  },
  async undo(args, tools) {
    const [upstream, slot] = [textArgument(args, 'upstream'), textArgument(args, 'slot')]
    if (flagArgument(args, 'existed')) return `${slot} was there before: it is left`
    await dropInactiveSlot(upstream, slot, tools)
    return `${slot} was dropped`
  },
}

interface Slot {
  readonly active: boolean
  readonly pid: number | null
  readonly lsn: string | null
  readonly status: string | null
  readonly type: string
}

function isLost({ lsn, status }: Slot): boolean {
  return lsn === null || status === 'lost' || status === 'unreserved'
}

async function slotOn(upstream: string, slot: string, tools: ActionToolbox): Promise<Slot | null> {
  const text = `SELECT active, active_pid AS pid, restart_lsn::pg_catalog.text AS lsn,
      wal_status AS status, slot_type AS type
    FROM pg_catalog.pg_replication_slots WHERE slot_name = $1`
  const [row] = await tools.sql<Slot>(upstream, { text, values: [slot] })
  return row ?? null
}
