// The step that starts a stopped database.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { type DatabaseService, manualStartCommand } from '../hosts/service.ts'
import { startDatabaseArguments } from '../steps/start-database.ts'

/** `asPrimary`: what a fence put there to keep it from being one is taken away. */
export function startDatabaseStep(view: DatabaseView, service: DatabaseService, asPrimary: boolean): PlannedStep {
  const { control: leads, start, dataDirectory } = service
  const how = leads !== 'manual' && start !== null ? leads : 'manual'
  const signal = `${dataDirectory ?? 'the data directory'}/standby.signal`
  const file = shellCommandLine([asPrimary ? 'rm' : 'touch', signal])
  const command = how === 'manual' ? manualStartCommand(service) : shellCommandLine(start ?? [])
  return {
    id: 'start',
    kind: 'start-database',
    args: startDatabaseArguments({
      database: view.id,
      host: service.host,
      start: start ?? [],
      dataDirectory,
      asPrimary,
    }),
    title: `start ${view.name}`,
    how,
    where: service.host ?? view.host,
    detail: `${file}${asPrimary ? '  # only if a fence made it' : ''}\n${command}`,
    verify: `${view.name} answers`,
    undo: null,
    ifStopped: `${view.name} may be on its way up.`,
    maySkip: false,
    changes: [view.id],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
  }
}
