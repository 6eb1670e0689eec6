// The steps of a rebuild as data: stop, slot, copy, swap, start, stream, remove. Where nothing leads into the host: by hand.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { addressForOthers } from '../hosts/address.ts'
import { type DatabaseService, manualStartCommand, manualStopCommand } from '../hosts/service.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import { startDatabaseStep } from '../steps/start-database.ts'
import { fenceStep, stopDatabaseArguments } from '../steps/stop-database.ts'
import { copyOriginArguments } from './copy-origin.ts'
import { copyUpstreamArguments } from './copy-upstream.ts'
import { ensureSlotArguments } from './ensure-slot.ts'
import { rebuildPathsOf } from './paths.ts'
import type { CopyMethod } from './run-copy.ts'

export interface Rebuild {
  readonly view: DatabaseView
  readonly upstream: DatabaseView
  readonly service: DatabaseService
  readonly way: CopyMethod
  readonly slot: string
  readonly slotExists: boolean
  /** Bytes that are expected; null where that is not known. */
  readonly bytes: number | null
  readonly keepOld: boolean
}

export async function rebuildSteps(rebuild: Rebuild, tools: ActionToolbox): Promise<readonly PlannedStep[]> {
  const { way, service, keepOld } = rebuild
  const slot = await slotStep(rebuild, tools)
  if (way.method === 'manual' || service.dataDirectory === null)
    return [
      stopStep({ ...rebuild, service: { ...service, control: 'manual' } }),
      slot,
      manualRebuildStep(rebuild, tools),
    ]
  return [
    stopStep(rebuild),
    slot,
    copyUpstreamStep(rebuild, way.method, service.dataDirectory, tools),
    swapDataStep(rebuild, service.dataDirectory, tools),
    {
      ...startDatabaseStep(rebuild.view, service, false),
      id: 'start-replica',
      detail: shellCommandLine(service.start ?? []),
      ifStopped: `${rebuild.view.name} is down, with the copy in place.`,
    },
    streamStep(rebuild),
    ...(keepOld ? [] : [removeStep(rebuild, service.dataDirectory, tools)]),
  ]
}

function stopStep({ view, service }: Rebuild): PlannedStep {
  const step = fenceStep('stop-replica', view, service)
  return {
    ...step,
    kind: 'stop-standby',
    undo:
      service.control === 'manual' || service.start === null
        ? null
        : `started again as a standby: ${shellCommandLine(service.start)}`,
    ifStopped: `${view.name} is down; its data is as it was.`,
    maySkip: false,
    changes: [view.id],
  }
}

async function slotStep({ upstream, slot, slotExists }: Rebuild, tools: ActionToolbox): Promise<PlannedStep> {
  const may = await mayManageSlots(upstream.id, tools).catch(() => false)
  return {
    id: 'slot',
    kind: 'fresh-slot',
    args: ensureSlotArguments({ upstream: upstream.id, slot, existed: slotExists }),
    title: `${upstream.name} keeps WAL for it from now on, by the slot ${slot}`,
    how: may ? 'sql' : 'manual',
    where: upstream.name,
    detail: `${slotExists ? `SELECT pg_catalog.pg_drop_replication_slot('${slot}'); -- only where it has lost its WAL\n` : ''}SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`,
    verify: 'it is in pg_replication_slots, with a restart_lsn',
    undo: slotExists ? null : 'it is dropped',
    ifStopped: 'A slot that nobody uses keeps WAL until the disk is full.',
    maySkip: false,
    changes: [],
    deadlineSeconds: may ? 20 : MANUAL_STEP_SECONDS,
  }
}

function streamStep({ view, upstream }: Rebuild): PlannedStep {
  return {
    id: 'streams',
    kind: 'streams-from',
    args: { database: view.id, upstream: upstream.id, startedAfter: null },
    title: `see ${view.name} stream from ${upstream.name}`,
    how: 'sql',
    where: upstream.name,
    detail: 'SELECT application_name, state, flush_lsn FROM pg_catalog.pg_stat_replication;',
    verify: `pg_stat_replication of ${upstream.name} shows it streaming, with bytes`,
    undo: null,
    ifStopped: 'Everything is in place; its log tells why it does not stream.',
    maySkip: true,
    changes: [],
    deadlineSeconds: 120,
  }
}

function removeStep({ view, service }: Rebuild, dataDirectory: string, tools: ActionToolbox): PlannedStep {
  const { previous } = rebuildPathsOf(dataDirectory, tools.run)
  return {
    id: 'remove-old-data',
    kind: 'remove-old-data',
    args: { host: service.host, path: previous },
    title: `remove the old data of ${view.name} for good`,
    how: service.control,
    where: service.host ?? view.host,
    detail: shellCommandLine(['rm', '-rf', previous]),
    verify: `${previous} is gone`,
    undo: null,
    ifStopped: `${view.name} streams; its old data takes room in ${previous}.`,
    maySkip: true,
    changes: [],
    deadlineSeconds: 60,
  }
}

function manualRebuildStep({ view, upstream, service, way, slot }: Rebuild, tools: ActionToolbox): PlannedStep {
  const to = addressForOthers(upstream.id, tools)
  const { dataDirectory, binDirectory } = service
  const folder = dataDirectory ?? 'DATA_DIRECTORY'
  const old = `${folder}.pgdeck-${tools.run}.old`
  const program = `${binDirectory === null ? '' : `${binDirectory}/`}pg_basebackup`
  const lines = [
    `On ${service.host ?? view.host}, as the owner of the data${way.method === 'manual' ? ` (${way.why})` : ''}:`,
    manualStopCommand(service),
    shellCommandLine(['mv', folder, old]),
    `${program} -d 'host=${to.host} port=${to.port} user=REPLICATION_USER' -D ${folder} -R -X stream -S ${slot} -c fast -P`,
    `cp -p ${old}/*.conf ${folder}/  # but keep the primary_conninfo of the new postgresql.auto.conf`,
    manualStartCommand(service),
    `rm -rf ${old}  # once it streams`,
  ]
  return {
    id: 'rebuild-by-hand',
    kind: 'streams-from',
    args: { database: view.id, upstream: upstream.id, startedAfter: new Date().toISOString() },
    title: `copy ${upstream.name} onto ${view.name} by hand, and start it`,
    how: 'manual',
    where: service.host ?? view.host,
    detail: lines.join('\n'),
    verify: `a server that was started since streams from ${upstream.name}`,
    undo: null,
    ifStopped: `${view.name} may be down; its old data is in ${old}.`,
    maySkip: false,
    changes: [view.id],
    deadlineSeconds: 6 * MANUAL_STEP_SECONDS,
  }
}

function copyUpstreamStep(
  rebuild: Rebuild,
  way: 'program' | 'own',
  dataDirectory: string,
  tools: ActionToolbox,
): PlannedStep {
  const { view, upstream, service, slot, bytes } = rebuild
  const { host, binDirectory, asOwner, control } = service
  const to = addressForOthers(upstream.id, tools)
  const { partial, complete } = rebuildPathsOf(dataDirectory, tools.run)
  const program = [
    ...asOwner,
    `${binDirectory ?? ''}/pg_basebackup`,
    '-d',
    `host=${to.host} port=${to.port} user=… passfile=…`,
  ]
  const words = ['-D', partial, '-X', 'stream', '-S', slot, '-c', 'fast', '-P']
  const command =
    way === 'program'
      ? shellCommandLine([...program, ...words])
      : `BASE_BACKUP (CHECKPOINT 'fast', WAL, MANIFEST 'yes') -- over replication, into ${partial}`
  return {
    id: 'copy',
    kind: 'copy-upstream',
    args: {
      ...copyOriginArguments(upstream),
      ...copyUpstreamArguments({
        database: view.id,
        upstream: upstream.id,
        to,
        host,
        dataDirectory,
        binDirectory,
        asOwner,
        way,
        slot,
        bytes: bytes ?? 0,
      }),
    },
    title: `copy ${bytes === null ? 'all data' : `about ${formatBytes(bytes)}`} of ${upstream.name}, beside the old data`,
    how: control === 'manual' ? 'ssh' : control,
    where: host ?? view.host,
    detail: [
      command,
      `touch ${partial}/standby.signal`,
      `cp -pR ${dataDirectory}/*.conf ${partial}/  # and certificates: its own settings`,
      `mv ${partial} ${complete}`,
    ].join('\n'),
    verify: `${complete} is whole, proven against its manifest, of ${upstream.name}’s system and timeline, and would start as a standby`,
    undo: 'the copy is removed',
    ifStopped: `${view.name} is down; its data is as it was, the copy beside it.`,
    maySkip: false,
    changes: [],
    deadlineSeconds: 30,
  }
}

function swapDataStep({ view, service }: Rebuild, dataDirectory: string, tools: ActionToolbox): PlannedStep {
  const { complete, previous } = rebuildPathsOf(dataDirectory, tools.run)
  return {
    id: 'swap',
    kind: 'swap-data',
    args: stopDatabaseArguments(view.id, service, false),
    title: `put the copy in the place of the old data, which is kept as ${previous}`,
    how: service.control,
    where: service.host ?? view.host,
    detail: `${shellCommandLine(['mv', dataDirectory, previous])}\n${shellCommandLine(['mv', complete, dataDirectory])}`,
    verify: `${dataDirectory} is the copy, ${previous} is there`,
    undo: 'the old data is put back',
    ifStopped: `${view.name} is down, with the copy in place.`,
    maySkip: false,
    changes: [view.id],
    deadlineSeconds: 30,
  }
}
