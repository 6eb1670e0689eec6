// The slots after a change of roles: those that followers need are there, those that nobody uses any more are gone.

import type { JsonRecord } from '../../model/runs/plan.ts'
import { recordListArgument, textArgument, textListArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { databaseName } from '../definition/target.ts'
import { dropInactiveSlot, ensurePhysicalSlot, physicalSlotsOn } from '../repoint/physical-slots.ts'

/** A slot on a database other than the new primary. */
export interface DatabaseSlot {
  readonly database: string
  readonly slot: string
}

export function promotionSlotsArguments(
  primary: string,
  create: readonly string[],
  drop: readonly DatabaseSlot[],
): JsonRecord {
  return { primary, create, drop: drop.map(({ database, slot }) => ({ database, slot })) }
}

export const promotionSlotsKind: StepKind = {
  kind: 'promotion-slots',
  async run(args, tools) {
    for (const slot of textListArgument(args, 'create'))
      await ensurePhysicalSlot(textArgument(args, 'primary'), slot, tools)
    for (const { database, slot } of droppedOf(args)) await dropInactiveSlot(database, slot, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const primary = textArgument(args, 'primary')
    const sight = tools.view()
    const create = textListArgument(args, 'create')
    const there = await physicalSlotsOn(primary, tools)
    const lacking = create.filter((slot) => !there.has(slot))
    if (lacking.length > 0)
      return { result: 'not-yet', why: `${databaseName(sight, primary)} has no slot ${lacking.join(', ')}` }
    const parts = create.length === 0 ? [] : [`${create.join(', ')} on ${databaseName(sight, primary)}`]
    for (const { database, slot } of droppedOf(args)) {
      const active = (await physicalSlotsOn(database, tools)).get(slot)
      const place = databaseName(sight, database)
      if (active === false) return { result: 'not-yet', why: `${slot} is still on ${place}` }
      parts.push(active ? `${slot} stays on ${place}: it is in use` : `${slot} is gone from ${place}`)
    }
    return { result: 'yes', evidence: parts.length === 0 ? 'no slot is to be made or dropped' : parts.join('; ') }
  },
}

function droppedOf(args: JsonRecord): readonly DatabaseSlot[] {
  return recordListArgument(args, 'drop').map((each) => ({
    database: textArgument(each, 'database'),
    slot: textArgument(each, 'slot'),
  }))
}

/** What a person would type, each on its database. */
export function promotionSlotsText(
  primary: string,
  create: readonly string[],
  drop: readonly { readonly name: string; readonly slot: string }[],
): string {
  const lines = [
    ...create.map((slot) => `On ${primary}: SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`),
    ...drop.map(({ name, slot }) => `On ${name}: SELECT pg_catalog.pg_drop_replication_slot('${slot}');`),
  ]
  return lines.length === 0 ? 'nothing: no slot is to be made or dropped' : lines.join('\n')
}
