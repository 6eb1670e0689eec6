// The participants of a rebuild, and all checks before it.

import { parseDsnText } from '../../config/dsn/dsn-text.ts'
import { isSameSystem } from '../../model/measured/server-identity.ts'
import { upstreamOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { wasPrimary } from '../../model/replication/member.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import { isLoopback } from '../../model/values/address.ts'
import { lastGood } from '../../model/values/reading.ts'
import type { AttachingPlan } from '../add-hba-entry/attaching.ts'
import { backupWindow } from '../backup/backup-window.ts'
import { minimumBackupSize } from '../backup/checks.ts'
import { enoughWalSendersAndSlots } from '../checks/attaching-standbys.ts'
import { dataAccess } from '../checks/data-access.ts'
import { noReplicationLoop, upstreamIsReadable } from '../checks/new-upstream.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { requiredSettingsFor } from '../checks/required-settings.ts'
import {
  type ActionRequest,
  type ActionToolbox,
  type ClusterView,
  PlanError,
  type PlanningView,
  type PreflightCheck,
} from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { addressForOthers } from '../hosts/address.ts'
import { knownSystemIdentifier } from '../hosts/server-on-host.ts'
import { type DatabaseService, databaseServiceOf } from '../hosts/service.ts'
import { physicalSlotsOn, slotNameFor } from '../repoint/physical-slots.ts'
import { tablespacesHavePlaces } from '../tablespaces/checks.ts'
import { planTablespaces } from '../tablespaces/plan-tablespaces.ts'
import { cascadingStandbysCheck, notWritable, sameSystemCheck } from './checks.ts'
import { upstreamConninfo } from './conninfo.ts'
import { conninfoKnown, copyMethodCheck, dataDirectoryMovable, hostDiskSpaceCheck } from './host-checks.ts'
import type { Rebuild } from './planned-steps.ts'
import { copyMethodFor } from './run-copy.ts'

/** Why a database can't be rebuilt; null if it can. It may be down. */
export function needsRebuildable(clusterView: ClusterView, target: string | null): string | null {
  const view = findDatabase(clusterView, target)
  if (!view) return 'select a database first'
  if (isWritable(view)) return `${view.name} is writable`
  const others = clusterView.picture.databases.some((each) => each.id !== view.id && each.problem === null)
  return others ? null : 'no other database that it could follow answers'
}

/** False for a standby: it holds nothing that its primary does not have. */
export function mayHoldMore({ snapshot }: ClusterView, id: string): boolean {
  const record = snapshot.databases.find(({ spec }) => spec.id === id)
  return record !== undefined && wasPrimary({ pulse: lastGood(record.pulse), record })
}

/** Throws PlanError if there is no server to copy. */
export async function planRebuild(
  clusterView: PlanningView,
  target: string,
  { input, action }: ActionRequest,
  keepOld: boolean,
  tools: ActionToolbox,
): Promise<Rebuild> {
  const view = findDatabase(clusterView, target)
  if (!view) throw new PlanError(`${action}: ${target} is not a database of this cluster`)
  const system = await knownSystemIdentifier(view, tools)
  const upstream = copySource(clusterView, view, system, input.upstream)
  if (!upstream)
    throw new PlanError(`${action}: no database that ${view.name} could follow answers; name one with --set upstream=…`)
  const service = await databaseServiceOf(target, tools)
  const [copyMethod, bytes, slots, role] = await Promise.all([
    copyMethodFor(service, majorOf(upstream), tools),
    minimumBackupSize(upstream.id, tools),
    physicalSlotsOn(upstream.id, tools).catch(() => new Set<string>()),
    replicationRoleOf(view.id, upstream.id, service, tools).catch(() => null),
  ])
  // A slow host has enough to do with what is asked at once above.
  const request = { action, upstream: upstream.id, service, given: input.tablespaces }
  const tablespaces = await planTablespaces(request, tools)
  const slot = input.slot ?? slotNameFor(view, clusterView)
  if (!/^[a-z0-9_]{1,63}$/.test(slot)) throw new PlanError(`${action}: "${slot}" is not a valid slot name`)
  return {
    view,
    upstream,
    service,
    copyMethod,
    slot,
    slotExists: slots.has(slot),
    bytes,
    tablespaces,
    keepOld,
    role,
  }
}

async function replicationRoleOf(
  database: string,
  upstream: string,
  { host, dataDirectory }: DatabaseService,
  tools: ActionToolbox,
): Promise<string | null> {
  const connection = tools.host(host)
  if (!connection || dataDirectory === null) return null
  const wanted = { database, upstream, to: addressForOthers(upstream, tools), folders: [dataDirectory] }
  return parseDsnText(await upstreamConninfo(wanted, connection, tools)).get('user') ?? null
}

/** If its system identifier is unknown, a source is certain only if all primaries have the same one. */
function copySource(
  clusterView: PlanningView,
  view: DatabaseView,
  system: string | null,
  wanted: string | undefined,
): DatabaseView | null {
  const { databases } = clusterView.picture
  if (wanted !== undefined)
    return databases.find(({ id }) => id === wanted) ?? databases.find(({ name }) => name === wanted) ?? null
  const isFitting = (each: DatabaseView) =>
    (system === null || isSameSystem(each, { systemIdentifier: system })) &&
    !areMirrored(clusterView.picture, each, view)
  const former = upstreamOf(clusterView.picture, view)
  if (former && former.problem === null && isFitting(former)) return former
  const primaries = databases.filter((each) => each.id !== view.id && isWritable(each) && isFitting(each))
  const isOneSystem = new Set(primaries.map(({ systemIdentifier }) => systemIdentifier)).size === 1
  // In a split brain, only the database to keep can be the source. If that is unclear, the user names it.
  const kept = clusterView.picture.splitBrains.map(({ keep }) => keep)
  if (primaries.length > 1) return isOneSystem ? (primaries.find(({ id }) => kept.includes(id)) ?? null) : null
  return primaries[0] ?? null
}

function majorOf({ pulse }: DatabaseView): number | null {
  return pulse ? Math.floor(pulse.versionNumber / 10_000) : null
}

/** By their addresses: tunnels of several hosts may end at one. */
export function mayShareHost(one: DatabaseView, other: DatabaseView): boolean {
  return one.host === other.host || (isLoopback(one.host) && isLoopback(other.host))
}

export function rebuildChecks(action: string, rebuild: Rebuild, attaching: AttachingPlan): readonly PreflightCheck[] {
  const { view, upstream, service, copyMethod, bytes, tablespaces } = rebuild
  const command = `pgdeck do ${action} ${view.id}`
  const placed = tablespaces.kind === 'known' ? tablespaces.tablespaces.placed : []
  const isOurs = copyMethod.method !== 'manual'
  return [
    notWritable(view.id),
    noClusterManager(action, view.id),
    upstreamIsReadable(upstream.id),
    sameSystemCheck(view, upstream),
    backupWindow(view, !rebuild.keepOld),
    noReplicationLoop(view.id, upstream.id),
    copyMethodCheck(copyMethod),
    dataAccess(service),
    ...(isOurs ? [dataDirectoryMovable(service), conninfoKnown(view.id, upstream.id, service)] : []),
    hostDiskSpaceCheck(service, bytes, placed),
    tablespacesHavePlaces(tablespaces, command, mayShareHost(view, upstream)),
    requiredSettingsFor(view.id, 'started'),
    cascadingStandbysCheck(view.id),
    enoughWalSendersAndSlots(upstream.id, 2),
    attaching.check,
  ]
}
