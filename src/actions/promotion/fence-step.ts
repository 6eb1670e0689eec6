// The step that stops a primary and keeps it from coming back as one.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { type DatabaseService, manualStopCommand } from '../hosts/service.ts'
import { stopDatabaseArguments } from '../steps/stop-database.ts'

/** `fence-old-primary` of a promotion, `stop-old-primary` of a switchover, `fence` by itself. */
export function fenceStep(
  id: string,
  { id: database, name, host, port, problem }: DatabaseView,
  service: DatabaseService,
): PlannedStep {
  const { control, stop, dataDirectory } = service
  const bars = control !== 'manual' && dataDirectory !== null
  const where = service.host ?? host
  const barText = dataDirectory === null ? '' : `\n${shellCommandLine(['touch', `${dataDirectory}/standby.signal`])}`
  const byHand = `On ${where}, and see that nothing starts it again (systemctl disable):\n${manualStopCommand(service)}${barText}`
  return {
    id,
    kind: 'stop-database',
    args: stopDatabaseArguments(database, service, bars, problem === null),
    title:
      control === 'manual'
        ? `stop ${name} by hand: nothing leads from here into its host`
        : `stop ${name}${bars ? ', and keep it from starting as a primary' : ''}`,
    how: control,
    where,
    detail: control === 'manual' ? byHand : `${shellCommandLine(stop ?? [])}${bars ? barText : ''}`,
    verify:
      control === 'manual'
        ? `its host or a person says that ${name} is stopped; a refused connection to ${host}:${port} does not show it`
        : `its host says that no postmaster of ${name} runs`,
    undo:
      control === 'manual' || service.start === null
        ? null
        : problem === null
          ? `started again, unless another one takes writes by then: ${shellCommandLine(service.start)}`
          : 'what keeps it from being a primary is taken away; it stays down',
    ifStopped: `${name} is down and nothing is promoted: nobody takes writes.`,
    maySkip: true,
    changes: [],
    deadlineSeconds: control === 'manual' ? MANUAL_STEP_SECONDS : 30,
  }
}
