// Physical slots of standbys: creates missing ones, drops inactive ones.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { standbyPositionOf } from '../../model/picture/roles.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'

/** The slot that a standby is set to use; without that setting the one in use. A temporary one of its walreceiver is not set. */
export function usedSlotOf(view: Pick<DatabaseView, 'pulse'>): string | null {
  const position = standbyPositionOf(view)
  return position?.walSources ? position.walSources.slot : (position?.receiver?.slot ?? null)
}

/** The name of the slot that a standby has, or will have, on its upstream: as in use now, as configured, else its id. */
export function slotNameFor(view: DatabaseView, { config }: Pick<PlanningView, 'config'>): string {
  const { id } = view
  const used = usedSlotOf(view)
  const configured = config.databases.find(({ spec }) => spec.id === id)?.spec.slot ?? null
  return (
    used ??
    configured ??
    id
      .toLowerCase()
      .replace(/[^a-z0-9_]/g, '_')
      .slice(0, 63)
  )
}

/** Returns whether this role may create and drop slots on that database. */
export async function mayManageSlots(database: string, tools: ActionToolbox): Promise<boolean> {
  const text = `SELECT rolreplication OR rolsuper AS may FROM pg_catalog.pg_roles WHERE rolname = current_user`
  const [row] = await tools.sql<{ may: boolean }>(database, { text })
  return row?.may ?? false
}

const IS_THERE = 'SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1'

/** Creates the slot, which retains WAL from now on. Does nothing if it exists. */
export async function ensurePhysicalSlot(database: string, slot: string, tools: ActionToolbox): Promise<void> {
  const text = `SELECT pg_catalog.pg_create_physical_replication_slot($1::pg_catalog.name, true)
    WHERE NOT EXISTS (${IS_THERE}::pg_catalog.name)`
  await tools.callFunction(database, { text, values: [slot] })
}

/** Drops the slot. Does nothing if it is gone or active. */
export async function dropInactiveSlot(database: string, slot: string, tools: ActionToolbox): Promise<void> {
  const text = `SELECT pg_catalog.pg_drop_replication_slot($1::pg_catalog.name)
    WHERE EXISTS (${IS_THERE}::pg_catalog.name AND NOT active)`
  await tools.callFunction(database, { text, values: [slot] })
}

/** Returns the physical slots by name, and whether each is active. */
export async function physicalSlotsOn(database: string, tools: ActionToolbox): Promise<ReadonlyMap<string, boolean>> {
  const text = `SELECT slot_name::pg_catalog.text AS name, active
    FROM pg_catalog.pg_replication_slots WHERE slot_type = 'physical'`
  const rows = await tools.sql<{ name: string; active: boolean }>(database, { text })
  return new Map(rows.map(({ name, active }) => [name, active]))
}
