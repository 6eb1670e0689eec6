// The steps of a rebuild as data: stop, slot, copy, swap, start, stream, remove. Without access to the host they are
// manual.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine, shellQuote } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { addressForOthers } from '../hosts/address.ts'
import { type DatabaseService, manualStartCommand, manualStopCommand } from '../hosts/service.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import { startDatabaseKind } from '../steps/start-database.ts'
import { stopStandbyKind } from '../steps/stop-standby.ts'
import { waitStreamingKind } from '../steps/wait-streaming.ts'
import { NO_TABLESPACES, type PlannedTablespaces, type TablespacePlan } from '../tablespaces/plan-tablespaces.ts'
import { copyUpstreamKind } from './copy-upstream.ts'
import { ensureSlotKind } from './ensure-slot.ts'
import { manualTablespaces } from './manual-tablespaces.ts'
import { rebuildPathsOf } from './paths.ts'
import type { CopyMethod } from './run-copy.ts'
import { removeOldDataKind, swapDataKind } from './swap-data.ts'

export interface Rebuild {
  readonly view: DatabaseView
  readonly upstream: DatabaseView
  readonly service: DatabaseService
  readonly copyMethod: CopyMethod
  readonly slot: string
  readonly slotExists: boolean
  /** Expected bytes; null if unknown. */
  readonly bytes: number | null
  readonly tablespaces: TablespacePlan
  readonly keepOld: boolean
  /** The role of its connection string; null if pgdeck can't read that. */
  readonly role: string | null
}

/** As whom it will replicate, by its id; empty if unknown. */
export function roleOfRebuilt({ view, role }: Pick<Rebuild, 'view' | 'role'>): ReadonlyMap<string, string> {
  return new Map(role === null ? [] : [[view.id, role]])
}

export async function rebuildSteps(rebuild: Rebuild, tools: ActionToolbox): Promise<readonly PlannedStep[]> {
  const { view, upstream, copyMethod, service, keepOld } = rebuild
  const slot = await slotStep(rebuild, tools)
  const tablespaces = knownTablespaces(rebuild)
  if (copyMethod.method === 'manual' || service.dataDirectory === null)
    return [
      stopStep({ ...rebuild, service: { ...service, control: 'manual' } }),
      slot,
      manualRebuildStep(rebuild, tools),
    ]
  const place = { dataDirectory: service.dataDirectory, run: tools.run }
  return [
    stopStep(rebuild),
    slot,
    copyUpstreamKind.plan({
      ...rebuild,
      ...place,
      tablespaces,
      method: copyMethod.method,
      to: addressForOthers(upstream.id, tools),
    }),
    swapDataKind.plan({ view, service, tablespaces, ...place }),
    {
      ...startDatabaseKind.plan({ view, service, as: 'standby' }),
      id: 'start-replica',
      detail: shellCommandLine(service.start ?? []),
      ifStopped: `${view.name} is down, with the base backup in place.`,
    },
    streamStep(rebuild),
    ...(keepOld ? [] : [removeOldDataKind.plan({ view, service, tablespaces, ...place })]),
  ]
}

function stopStep({ view, service }: Rebuild): PlannedStep {
  return stopStandbyKind.plan({
    id: 'stop-replica',
    view,
    service,
    undo:
      service.control === 'manual' || service.start === null
        ? null
        : `started again as a standby: ${shellCommandLine(service.start)}`,
    ifStopped: `${view.name} is down; its data is unchanged.`,
    maySkip: false,
  })
}

async function slotStep({ upstream, slot, slotExists }: Rebuild, tools: ActionToolbox): Promise<PlannedStep> {
  const may = await mayManageSlots(upstream.id, tools).catch(() => false)
  return ensureSlotKind.plan({ upstream, slot, existed: slotExists, may })
}

function streamStep({ view, upstream }: Rebuild): PlannedStep {
  return waitStreamingKind.plan({
    id: 'streams',
    database: view.id,
    upstream: upstream.id,
    startedAfter: null,
    title: `verify that ${view.name} streams from ${upstream.name}`,
    how: 'sql',
    where: upstream.name,
    detail: 'SELECT application_name, state, flush_lsn FROM pg_catalog.pg_stat_replication;',
    verify: `pg_stat_replication of ${upstream.name} shows it streaming, with bytes`,
    ifStopped: 'Everything is in place; its log has the reason why it does not stream.',
    maySkip: true,
    deadlineSeconds: 120,
  })
}

/** Unknown ones block the plan. */
function knownTablespaces({ tablespaces }: Rebuild): PlannedTablespaces {
  return tablespaces.kind === 'known' ? tablespaces.tablespaces : NO_TABLESPACES
}

function manualRebuildStep(rebuild: Rebuild, tools: ActionToolbox): PlannedStep {
  const { view, upstream, service, copyMethod, slot } = rebuild
  const to = addressForOthers(upstream.id, tools)
  const { dataDirectory, binDirectory } = service
  const folder = dataDirectory ?? 'DATA_DIRECTORY'
  const { previous: old } = rebuildPathsOf(folder, tools.run)
  const program = shellQuote(`${binDirectory === null ? '' : `${binDirectory}/`}pg_basebackup`)
  const { mappings, asideFirst, intoPlace, former } = manualTablespaces(knownTablespaces(rebuild), folder, tools.run)
  const lines = [
    `On ${service.host ?? view.host}, as the owner of the data${copyMethod.method === 'manual' ? ` (${copyMethod.why})` : ''}:`,
    manualStopCommand(service),
    shellCommandLine(['mv', folder, old]),
    ...asideFirst,
    `${program} -d 'host=${to.host} port=${to.port} user=REPLICATION_USER' -D ${shellQuote(folder)}${mappings} -R -X stream -S ${slot} -c fast -P`,
    ...intoPlace,
    `cp -p ${shellQuote(old)}/*.conf ${shellQuote(`${folder}/`)}  # but keep the primary_conninfo of the new postgresql.auto.conf`,
    manualStartCommand(service),
    `${shellCommandLine(['rm', '-rf', old, ...former])}  # once it streams`,
  ]
  return waitStreamingKind.plan({
    id: 'rebuild-by-hand',
    database: view.id,
    upstream: upstream.id,
    startedAfter: new Date().toISOString(),
    title: `take a base backup of ${upstream.name} onto ${view.name} by hand, and start it`,
    how: 'manual',
    where: service.host ?? view.host,
    detail: lines.join('\n'),
    verify: `a server started after this step streams from ${upstream.name}`,
    ifStopped: `${view.name} may be down; its old data is in ${old}.`,
    changes: [view.id],
    deadlineSeconds: 6 * MANUAL_STEP_SECONDS,
  })
}
