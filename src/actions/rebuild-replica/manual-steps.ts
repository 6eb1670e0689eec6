// A rebuild that nothing leads to from here: the commands for a person, and what shows that they were given.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { addressForOthers } from '../hosts/address.ts'
import { manualStartCommand, manualStopCommand } from '../hosts/service.ts'
import type { Rebuild } from './planned-steps.ts'

export function manualRebuildStep({ view, upstream, service, way, slot }: Rebuild, tools: ActionToolbox): PlannedStep {
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
