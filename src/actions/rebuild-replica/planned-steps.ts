// The steps of a rebuild as data: stop, slot, copy, swap, start, stream, remove. Where nothing leads into the host: by hand.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { fenceStep } from '../promotion/fence-step.ts'
import { startDatabaseStep } from '../promotion/start-step.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import type { CopyMethod } from './copy-method.ts'
import { copyUpstreamStep, swapDataStep } from './copy-steps.ts'
import { ensureSlotArguments } from './ensure-slot.ts'
import { manualRebuildStep } from './manual-steps.ts'
import { rebuildPathsOf } from './paths.ts'

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
