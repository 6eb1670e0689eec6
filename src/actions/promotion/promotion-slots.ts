// Slots after a change of roles: creates those that standbys need, drops those that have no user any more.

import type { DatabaseView } from '../../model/picture/picture.ts'
import * as arg from '../definition/step-arguments.ts'
import {
  defineStep,
  MANUAL_STEP_SECONDS,
  type StepPlan,
  type StepTexts,
  type Verification,
} from '../definition/step-kind.ts'
import { databaseName } from '../definition/target.ts'
import { dropInactiveSlot, ensurePhysicalSlot, physicalSlotsOn } from '../repoint/physical-slots.ts'

const form = () =>
  arg.form({
    primary: arg.text(),
    create: arg.texts(),
    drop: arg.list(arg.form({ database: arg.text(), slot: arg.text() })),
  })
type Args = arg.Of<typeof form>

/** A slot on a database other than the new primary, with the display name of that database. */
export interface DatabaseSlot {
  readonly database: string
  readonly name: string
  readonly slot: string
}

export interface PromotionSlots extends Pick<StepTexts, 'id' | 'title' | 'verify'> {
  readonly primary: DatabaseView
  readonly create: readonly string[]
  readonly drop: readonly DatabaseSlot[]
  /** Whether this role may create and drop all of them. */
  readonly may: boolean
}

export const promotionSlotsKind = defineStep({
  kind: 'promotion-slots',
  version: 1,
  args: form,
  plan({ primary, create, drop, may, ...texts }: PromotionSlots): StepPlan<Args> {
    return {
      ...texts,
      args: { primary: primary.id, create, drop: drop.map(({ database, slot }) => ({ database, slot })) },
      how: may ? 'sql' : 'manual',
      where: primary.name,
      detail: slotStatements(primary.name, create, drop),
      ifStopped: 'An inactive slot retains WAL until the disk is full.',
      maySkip: true,
      deadlineSeconds: may ? 20 : MANUAL_STEP_SECONDS,
    }
  },
  async run(args, tools) {
    for (const slot of args.create) await ensurePhysicalSlot(args.primary, slot, tools)
    for (const { database, slot } of args.drop) await dropInactiveSlot(database, slot, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const primary = args.primary
    const clusterView = tools.view()
    const create = args.create
    const there = await physicalSlotsOn(primary, tools)
    const lacking = create.filter((slot) => !there.has(slot))
    if (lacking.length > 0)
      return { result: 'not-yet', why: `${databaseName(clusterView, primary)} has no slot ${lacking.join(', ')}` }
    const parts = create.length === 0 ? [] : [`${create.join(', ')} on ${databaseName(clusterView, primary)}`]
    for (const { database, slot } of args.drop) {
      const active = (await physicalSlotsOn(database, tools)).get(slot)
      const place = databaseName(clusterView, database)
      if (active === false) return { result: 'not-yet', why: `${slot} is still on ${place}` }
      parts.push(active ? `${slot} stays on ${place}: it is in use` : `${slot} no longer exists on ${place}`)
    }
    return { result: 'yes', evidence: parts.length === 0 ? 'no slot to create or drop' : parts.join('; ') }
  },
})

/** The statements that a person would type, each with its database. */
function slotStatements(primary: string, create: readonly string[], drop: readonly DatabaseSlot[]): string {
  const lines = [
    ...create.map((slot) => `On ${primary}: SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`),
    ...drop.map(({ name, slot }) => `On ${name}: SELECT pg_catalog.pg_drop_replication_slot('${slot}');`),
  ]
  return lines.length === 0 ? 'nothing: no slot to create or drop' : lines.join('\n')
}
