// What logical slots of a primary depend on: its successor, and standbys that must confirm first.

import type { DatabasePulse, ReplicationSlot } from '../measured/pulse.ts'
import { refusalOf, SLOTS_FUNCTION } from '../values/refused-function.ts'
import { clean, listText } from '../values/text.ts'

/** The names of the physical slots in synchronized_standby_slots. */
export function synchronizedSlotsOf({
  synchronizedStandbySlots,
}: Pick<DatabasePulse, 'synchronizedStandbySlots'>): readonly string[] {
  const names = (synchronizedStandbySlots ?? '').split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
  return names.filter((name) => name !== '')
}

/**
 * The failover slots whose consumers wait until `slot` is used again, because synchronized_standby_slots names it.
 * Empty if it is active, or if they wait for nothing. `slots` are those of a primary: the consumers of slots that were
 * synchronized copies before its promotion wait too.
 */
export function slotsWaitingFor(
  slot: Pick<ReplicationSlot, 'name' | 'active'>,
  { slots, synchronizedStandbySlots }: Pick<DatabasePulse, 'slots' | 'synchronizedStandbySlots'>,
): readonly ReplicationSlot[] {
  const named = synchronizedSlotsOf({ synchronizedStandbySlots })
  if (slot.active || !named.includes(slot.name)) return []
  return slots.filter(({ type, failover }) => type === 'logical' && failover === true)
}

/**
 * - `kept`: the standby has a synchronized copy that is ready, and its consumer continues there. - `not-ready`: a
 * failover slot without a usable copy on the standby yet. - `lost`: it exists only on the primary.
 */
export type SlotFate = 'kept' | 'not-ready' | 'lost'

/**
 * `copies` are the slots of the standby as last read. Only a persistent copy that is not invalidated survives a
 * promotion.
 */
export function slotFate(
  slot: Pick<ReplicationSlot, 'name' | 'failover'>,
  copies: readonly ReplicationSlot[],
): SlotFate {
  const copy = copies.find(({ name, type, synced }) => name === slot.name && type === 'logical' && synced === true)
  if (copy && !copy.temporary && copy.invalidationReason === null && copy.walStatus !== 'lost') return 'kept'
  return copy || slot.failover === true ? 'not-ready' : 'lost'
}

interface SlotHolder {
  readonly name: string
  readonly pulse: (Pick<DatabasePulse, 'slots' | 'refused'> & Partial<Pick<DatabasePulse, 'position'>>) | null
}

/**
 * Why a promotion would lose a failover slot of `primary`, whichever of the standbys is promoted; null where one has a copy that is
 * ready. Names what each standby lacks for the synchronization.
 */
export function withoutCopyText(
  slot: Pick<ReplicationSlot, 'name' | 'failover'>,
  standbys: readonly SlotHolder[],
  primary: SlotHolder,
): string | null {
  const copiesOf = ({ pulse }: SlotHolder) => pulse?.slots ?? []
  if (standbys.some(({ pulse }) => refusalOf(pulse, SLOTS_FUNCTION) !== null)) return null
  if (standbys.length === 0 || standbys.some((standby) => slotFate(slot, copiesOf(standby)) === 'kept')) return null
  const own = standbys.filter((standby) =>
    copiesOf(standby).some(({ name, type, synced }) => name === slot.name && type === 'logical' && synced === false),
  )
  const blocked = own.map(({ name }) => name)
  if (blocked.length > 0) {
    return `is not synchronized: ${listText(blocked)} ${blocked.length === 1 ? 'has' : 'have'} an own slot of that name, which has to be dropped there`
  }
  const reasons = standbys.flatMap((standby) => {
    const found = [...missingForSync(standby, primary), ...copyProblems(slot.name, copiesOf(standby))]
    return found.length === 0 ? [] : [`on ${standby.name} ${listText(found)}`]
  })
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return `has no synchronized copy that is ready on any standby: a promotion would lose it${why}`
}

/** The settings because of which a standby copies no slots, with their values. Empty also where they were not read. */
function missingForSync({ pulse }: SlotHolder, primary: SlotHolder): readonly string[] {
  if (pulse?.position?.kind !== 'standby') return []
  const { slotSync, walSources } = pulse.position
  if (!slotSync) return []
  const missing: string[] = []
  const { worker, feedback, hasDatabase, walLevel } = slotSync
  if (worker !== 'on') missing.push(`sync_replication_slots is ${worker}`)
  if (feedback !== 'on') missing.push(`hot_standby_feedback is ${feedback}`)
  if (walSources) missing.push(...slotProblems(walSources.slot, primary))
  if (walSources?.upstream === false) missing.push('primary_conninfo is empty')
  else if (hasDatabase === false) missing.push('primary_conninfo has no dbname')
  else if (hasDatabase === null) missing.push('whether primary_conninfo has a dbname is hidden from this role')
  if (walLevel !== 'logical') missing.push(`wal_level is ${walLevel}`)
  return missing
}

function slotProblems(name: string | null, primary: SlotHolder): readonly string[] {
  if (name === null) return ['primary_slot_name is empty']
  const exists = primary.pulse?.slots.some((slot) => slot.type === 'physical' && slot.name === name) ?? true
  return exists ? [] : [`primary_slot_name is ${clean(name)}, which ${primary.name} does not have`]
}

function copyProblems(name: string, copies: readonly ReplicationSlot[]): readonly string[] {
  const copy = copies.find((each) => each.name === name && each.synced === true)
  if (!copy) return []
  if (copy.invalidationReason !== null) return [`its copy is invalidated: ${copy.invalidationReason}`]
  const skipped = copy.skipReason ? `, the last synchronization was skipped: ${copy.skipReason}` : ''
  return copy.temporary ? [`its copy is not caught up yet${skipped}`] : []
}
