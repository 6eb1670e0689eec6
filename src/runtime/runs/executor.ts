// The only way to change a cluster: propose, start, resume and abort runs. Each of the four has a file beside this one,
// which binds them to one cluster. executor-context.ts holds what they share: read-only mode, one run at a time.

import { abortRun } from './abort-run.ts'
import { ExecutorContext } from './executor-context.ts'
import type { Executor } from './executor-interface.ts'
import type { ExecutorOptions } from './executor-options.ts'
import { letUsersGo } from './let-users-go.ts'
import { proposeRun } from './propose-run.ts'
import { hasNoServers } from './reconfirm.ts'
import { resumeRun } from './resume-run.ts'
import { startRun } from './start-run.ts'

export type { Executor } from './executor-interface.ts'
export type { ExecutorOptions } from './executor-options.ts'

/** Returns an executor for one cluster. It runs one run at a time. */
export function createExecutor(options: ExecutorOptions): Executor {
  const context = new ExecutorContext(options)
  return {
    propose: (request, overrides = {}) => proposeRun(context, request, overrides),
    mayAct: (run) => context.requireWritable(run),
    mayTakeUp: async (id) => context.requireWritable(await context.storedRun(id)),
    start: (run, consent) => startRun(context, run, consent),
    async needsConfirmation(id) {
      const run = await context.storedRun(id)
      return hasNoServers(run) ? run : null
    },
    resume: (id, reasons) => resumeRun(context, id, reasons),
    abort: (id, how, overrides) => abortRun(context, id, how, overrides),
    markManualDone: () => context.input.byHand(),
    skipManualStep: (step, reason) => context.input.skip(step, reason),
    stop: () => context.input.stop(),
    letUsersGo: () => letUsersGo(context),
  }
}
