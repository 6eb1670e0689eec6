// Who and what takes part in a rebuild, and everything that is checked before it.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import { noTablespaces, sizeOf } from '../backup/checks.ts'
import { hbaInReverse, walsendersAndSlots } from '../checks/attaching-standbys.ts'
import { descends, upstreamAnswers } from '../checks/new-upstream.ts'
import { noManager } from '../checks/no-manager.ts'
import { requiredSettingsFor } from '../checks/required-settings.ts'
import { type CheckCode, type Glance, PlanProblem, type Request, type Sight, type Tools } from '../definition/action.ts'
import { isWritable } from '../definition/participants.ts'
import { databaseOf } from '../definition/target.ts'
import { serviceOf } from '../hosts/service.ts'
import { systemOf } from '../hosts/system-identifier.ts'
import { slotsOn } from '../repoint/physical-slots.ts'
import { sameSystem, standbysBelow, takesNoWrites } from './checks.ts'
import { copyWay } from './copy-method.ts'
import { canBePutAside, conninfoKnown, copiedBy, roomOnHost } from './host-checks.ts'
import type { Rebuild } from './planned-steps.ts'

/** Why a database can't be rebuilt. One that is down can. */
export function needsRebuildable(sight: Glance, target: string | null): string | null {
  const view = databaseOf(sight, target)
  if (!view) return 'select a database first'
  if (isWritable(view)) return `${view.name} takes writes`
  const others = sight.picture.databases.some((each) => each.id !== view.id && each.problem === null)
  return others ? null : 'no other database answers that it could be a copy of'
}

/** Throws PlanProblem where there is nothing to copy. */
export async function rebuildOf(
  sight: Sight,
  target: string,
  { input, action }: Request,
  keepOld: boolean,
  tools: Tools,
): Promise<Rebuild> {
  const view = databaseOf(sight, target)
  if (!view) throw new PlanProblem(`${action}: ${target} is not a database of this cluster`)
  const system = await systemOf(view, tools)
  const upstream = upstreamOf(sight, view, system, input.upstream)
  if (!upstream)
    throw new PlanProblem(
      `${action}: no database answers that ${view.name} could be a copy of; name one with --set upstream=…`,
    )
  const service = await serviceOf(target, tools)
  const [way, bytes, slots] = await Promise.all([
    copyWay(service, majorOf(upstream), tools),
    sizeOf(upstream.id, tools),
    slotsOn(upstream.id, tools).catch(() => new Set<string>()),
  ])
  const slot = slotFor(sight, view, input.slot)
  if (!/^[a-z0-9_]{1,63}$/.test(slot)) throw new PlanProblem(`${action}: "${slot}" is no name of a slot`)
  return { view, upstream, service, way, slot, slotExists: slots.has(slot), bytes, keepOld }
}

/** Where its system is not known only one that all primaries are of can be meant. */
function upstreamOf(
  sight: Sight,
  view: DatabaseView,
  system: string | null,
  wanted: string | undefined,
): DatabaseView | null {
  const { databases } = sight.picture
  if (wanted !== undefined)
    return databases.find(({ id }) => id === wanted) ?? databases.find(({ name }) => name === wanted) ?? null
  const isFitting = (each: DatabaseView) =>
    (system === null || each.systemIdentifier === system) && !areMirrored(sight.picture, each, view)
  const former = databaseOf(sight, view.upstreamId)
  if (former && former.problem === null && isFitting(former)) return former
  const primaries = databases.filter((each) => each.id !== view.id && isWritable(each) && isFitting(each))
  const isOneSystem = new Set(primaries.map(({ systemIdentifier }) => systemIdentifier)).size === 1
  // On a split brain only the one to keep; where that is not clear a person names it.
  const kept = sight.picture.splitBrains.map(({ keep }) => keep)
  if (primaries.length > 1) return isOneSystem ? (primaries.find(({ id }) => kept.includes(id)) ?? null) : null
  return primaries[0] ?? null
}

/** As given, as it uses it now, as the config has it, else by its name. */
function slotFor({ config }: Sight, { id, pulse }: DatabaseView, wanted: string | undefined): string {
  if (wanted !== undefined) return wanted
  const used = pulse?.position.kind === 'standby' ? (pulse.position.receiver?.slot ?? null) : null
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

function majorOf({ pulse }: DatabaseView): number | null {
  return pulse ? Math.floor(pulse.versionNumber / 10_000) : null
}

export function rebuildChecks(action: string, rebuild: Rebuild): readonly CheckCode[] {
  const { view, upstream, service, way, bytes } = rebuild
  const isOurs = way.way !== 'manual'
  return [
    takesNoWrites(view.id),
    noManager(action, view.id),
    upstreamAnswers(upstream.id),
    sameSystem(view, upstream),
    descends(view.id, upstream.id),
    copiedBy(way),
    ...(isOurs ? [canBePutAside(service), conninfoKnown(view.id, upstream.id, service)] : []),
    roomOnHost(service, bytes),
    noTablespaces(upstream.id),
    requiredSettingsFor(view.id, 'started'),
    standbysBelow(view.id),
    walsendersAndSlots(upstream.id, 2),
    hbaInReverse(upstream.id),
  ]
}
