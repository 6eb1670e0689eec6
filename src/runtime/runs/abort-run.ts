// Undoes the steps of a stopped run, as far as they can be undone.

import type { Run } from '../../model/runs/run.ts'
import { carryOutRun } from './carry-out-run.ts'
import type { ExecutorContext } from './executor-context.ts'
import type { InsteadOfSteps, ResumeReasons } from './executor-options.ts'
import { letUsersGoUnlogged } from './let-users-go.ts'
import { RUN_LOCK_CHECK } from './locks/lock-request.ts'
import { reopenRunLog } from './log/run-log.ts'
import { undoSteps } from './steps/undo-steps.ts'

/** `how`: how the user agreed to it. Throws ActionError as `startRun`. */
export async function abortRun(
  context: ExecutorContext,
  id: string,
  how: string,
  overrides: ResumeReasons['overrides'] = {},
): Promise<Run> {
  const run = await context.storedRun(id)
  await context.requireWritable(run)
  // The lock may take long, or be refused, while servers are away. The undo journals it.
  if (!context.isRunning) await letUsersGoUnlogged(context, id)
  return carryOutRun(context, run, {
    skips: {},
    overrule: overrides[RUN_LOCK_CHECK] ?? null,
    ready: () => context.storedRun(id),
    open: (now) => reopenRunLog(context.logOptions(), now),
    instead: async (runLog, tools, lock) => {
      const text = `${context.options.principal.user} undoes the run: ${how}`
      await runLog.append({ type: 'said', step: null, text })
      return takeBack(runLog, tools, lock)
    },
  })
}

/** Replaces the steps of a run: undoes the completed ones, the last one first. */
export const takeBack: InsteadOfSteps = async (runLog, tools, lock) => {
  await runLog.append({ type: 'ended', ...(await undoSteps({ log: runLog, tools, lock })) })
  return runLog.run()
}
