// What starting, resuming and aborting a run share: the cluster is locked, the journal opened, the steps run or undone.

import { hostname } from 'node:os'
import { processStartTime } from '../../io/process/process.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { Run } from '../../model/runs/run.ts'
import type { ExecutorContext } from './executor-context.ts'
import type { RunBody, RunStart } from './executor-options.ts'
import { holdClusterFor, recordHold } from './hold-cluster.ts'
import { letUsersGoUnlogged } from './let-users-go.ts'
import type { ClusterLock } from './locks/lock-request.ts'
import { requireConfirmedSteps } from './log/confirmed-steps.ts'
import type { RunLog } from './log/run-log.ts'
import { requireKnownSteps, requireRunLog } from './planning/run-preconditions.ts'
import { requireSameServers } from './servers/same-servers.ts'
import { runSteps } from './steps/run-steps.ts'
import { whyLockLostInStep } from './steps/step-lock.ts'
import { serversForRun } from './tools/permitted-servers.ts'

/** Resolves to the run at its end. Throws ActionError if it can't start: then nothing was done. */
export async function carryOutRun(context: ExecutorContext, run: Run, start: RunStart): Promise<Run> {
  const { overrule, ready, open, instead } = start
  if (context.isRunning) throw new ActionError('a run of this cluster is already active here')
  context.isRunning = true
  context.takingUp = run.id
  try {
    if (!instead) await context.auditing(run, () => requireKnownSteps(run))
    await context.auditing(run, () => requireConfirmedSteps(context.options.folder, run.id))
    const view = await context.options.clusterAccess.refresh()
    await context.auditing(run, () => requireSameServers(run, view))
    const hold = await context.auditing(run, () => holdClusterFor(context.options, run, overrule))
    const lock = hold?.lock ?? null
    try {
      const current = await ready(hold !== null)
      return await withRunLog(context, await requireRunLog(() => open(current)), lock, async (runLog, tools) => {
        await recordHold(runLog, tools, hold, overrule)
        if (instead) return instead(runLog, tools, lock)
        const action = context.action(run.plan.action)
        const { principal, decide } = context.options
        const { skips } = start
        return runSteps({ log: runLog, action, tools, who: principal, lock, skips, decide, operator: context.input })
      })
    } finally {
      await hold?.release()
    }
  } catch (error) {
    await letUsersGoUnlogged(context, run.id)
    throw error
  } finally {
    context.takingUp = null
    context.isRunning = false
    context.input.reset()
  }
}

/** Journals which process has the run, gives it its log and tools, and closes both. */
async function withRunLog(
  context: ExecutorContext,
  runLog: RunLog,
  lock: ClusterLock | null,
  body: RunBody,
): Promise<Run> {
  const now = () => runLog.run().steps.find(({ state }) => state === 'running' || state === 'verifying')?.id ?? null
  const record = () => runLog.run()
  const servers = serversForRun(context.options.clusterAccess, record, lock)
  const lost = () => whyLockLostInStep(runLog.run(), lock)
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  context.current = { run: record, ended }
  const tools = context.toolbox(runLog.run().id, (text) => runLog.say(now(), text), servers, { record, lost })
  try {
    const start = processStartTime(process.pid)
    const itself = { pid: process.pid, host: hostname(), ...(start === null ? {} : { start }) }
    await runLog.append({ type: 'taken-up', ...itself })
    return await body(runLog, tools)
  } finally {
    await tools.close()
    await runLog.close()
    context.current = null
    resolve()
  }
}
