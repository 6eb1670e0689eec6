// The two steps of a rebuild that move data: the copy comes beside the old data, then takes its place.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import { stopDatabaseArguments } from '../steps/stop-database.ts'
import { copyOriginArguments } from './copy-origin.ts'
import { copyUpstreamArguments } from './copy-upstream.ts'
import { rebuildPathsOf } from './paths.ts'
import type { Rebuild } from './planned-steps.ts'

export function copyUpstreamStep(
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

export function swapDataStep({ view, service }: Rebuild, dataDirectory: string, tools: ActionToolbox): PlannedStep {
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
