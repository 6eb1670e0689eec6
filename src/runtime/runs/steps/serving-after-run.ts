// After a change of roles: gives application servers time to reconnect, then reports which of them serve the users.

import type { Picture } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import type { Plan } from '../../../model/runs/plan.ts'
import { haveRolesChanged, type ServingAfterRun, servingAfterRun } from '../../../model/runs/serving-after-run.ts'
import type { RunStepsOptions } from './run-steps-options.ts'

/** How long the pool of an application server may take to notice dead connections and make new ones. */
const COME_OVER_MS = 10_000
const LOOK_AGAIN_MS = 500

/** Reports who serves the users after all steps; null for an action that changes no roles. */
export async function servedAfterRun({
  log,
  action,
  tools,
  operator,
}: Pick<RunStepsOptions, 'log' | 'action' | 'tools' | 'operator'>): Promise<ServingAfterRun | null> {
  if (action.roles === undefined && action.locks === 'none') return null
  const change = { before: log.run().plan.basis, endsWrites: action.roles === 'ends-writes' }
  const until = performance.now() + COME_OVER_MS
  let isTold = false
  for (;;) {
    const view = await tools.refresh()
    if (action.roles === 'brings-back' && !isTargetWritable(log.run().plan, view.picture)) return null
    if (action.roles === undefined && !haveRolesChanged(change.before, view.picture)) return null
    const served = servingAfterRun(view, change)
    const isSettled = served.suffices && served.access !== null
    if (isSettled || view.picture.servers.length === 0 || operator.isStopping()) return served
    if (tools.signal.aborted || performance.now() > until) return served
    if (!isTold)
      tools.writeOutput(`waiting up to ${COME_OVER_MS / 1000} s for the application servers: ${served.words}`)
    isTold = true
    // A user who does not want to wait gets what is known.
    await tools.wait(LOOK_AGAIN_MS).catch(() => {})
  }
}

function isTargetWritable({ target }: Plan, { databases }: Picture): boolean {
  return databases.some((view) => view.id === target?.id && isWritable(view))
}
