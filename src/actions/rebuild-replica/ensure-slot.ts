// Makes sure that the upstream has a slot which retains WAL from now on: creates it, or creates it again if it is lost.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { dropInactiveSlot, ensurePhysicalSlot } from '../repoint/physical-slots.ts'

const form = () =>
  arg.form({
    upstream: arg.text(),
    slot: arg.text(),
    /** True if it existed when the run was planned: then undo leaves it. */
    existed: arg.flag(),
  })
type Args = arg.Of<typeof form>

export interface EnsuredSlot extends Omit<Args, 'upstream'> {
  readonly upstream: DatabaseView
  /** Whether this role may create and drop it. */
  readonly may: boolean
}

export const ensureSlotKind = defineStep({
  kind: 'fresh-slot',
  version: 1,
  args: form,
  plan({ upstream, slot, existed, may }: EnsuredSlot): StepPlan<Args> {
    const dropped = existed
      ? `SELECT pg_catalog.pg_drop_replication_slot('${slot}'); -- only where it has lost its WAL\n`
      : ''
    return {
      id: 'slot',
      args: { upstream: upstream.id, slot, existed },
      title: `${upstream.name} retains WAL for it from now on, by the slot ${slot}`,
      how: may ? 'sql' : 'manual',
      where: upstream.name,
      detail: `${dropped}SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`,
      verify: 'it is in pg_replication_slots, with a restart_lsn',
      undo: existed ? null : 'it is dropped',
      ifStopped: 'An inactive slot retains WAL until the disk is full.',
      deadlineSeconds: may ? 20 : MANUAL_STEP_SECONDS,
    }
  },
  async run(args, tools) {
    const [upstream, slot] = [args.upstream, args.slot]
    const existing = await slotOn(upstream, slot, tools)
    if (existing?.active)
      throw new ActionError(
        `the slot ${slot} of ${upstream} is in use by process ${existing.pid ?? '?'}`,
        'Another client streams from it: stop that client, or give the rebuild another slot (--set slot=…).',
      )
    if (existing && (existing.type !== 'physical' || isLost(existing))) {
      if (existing.type !== 'physical')
        throw new ActionError(`the slot ${slot} of ${upstream} is a logical slot`, 'Choose another name.')
      await dropInactiveSlot(upstream, slot, tools)
      tools.writeOutput(
        `the slot ${slot} had lost its WAL (${existing.status ?? 'no position'}): pgdeck creates it again`,
      )
    }
    await ensurePhysicalSlot(upstream, slot, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const [upstream, slot] = [args.upstream, args.slot]
    const existing = await slotOn(upstream, slot, tools)
    if (!existing) return { result: 'not-yet', why: `${upstream} has no slot ${slot}` }
    if (isLost(existing)) return { result: 'not-yet', why: `the slot ${slot} has lost its WAL` }
    return { result: 'yes', evidence: `${slot} retains WAL from ${existing.lsn} on` }
  },
  async undo(args, tools) {
    const [upstream, slot] = [args.upstream, args.slot]
    if (args.existed) return `${slot} existed before: it stays`
    await dropInactiveSlot(upstream, slot, tools)
    return `${slot} was dropped`
  },
})

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
