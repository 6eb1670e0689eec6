// Lets users go who wait because of a run: when this process is about to end, and when the run can't be taken up again.

import { hostname } from 'node:os'
import { isSameProcessAlive } from '../../io/process/process.ts'
import { isUnfinishedRun, type Run } from '../../model/runs/run.ts'
import type { ExecutorContext } from './executor-context.ts'
import { letsUsersWait, releaseUsers } from './steps/release-users.ts'
import { serversForRun } from './tools/permitted-servers.ts'

/** How long the current step may take to end, and then the run. */
const STEP_MS = 3_000
const END_MS = 20_000

/** See Executor. Never throws. */
export async function letUsersGo(context: ExecutorContext): Promise<void> {
  const { current, takingUp } = context
  if (current === null) {
    if (takingUp === null) return
    context.input.stop()
    await isOverWithin(letUsersGoUnlogged(context, takingUp), END_MS)
    return
  }
  if (!letsUsersWait(current.run())) return
  if (!context.input.isStopping()) {
    context.input.stop()
    if (await isOverWithin(current.ended, STEP_MS)) return
  }
  context.input.stop()
  await isOverWithin(current.ended, END_MS)
}

/** Runs the checks of a run that is to be taken up. Where they refuse it, users who wait because of it are let go. */
export async function lettingUsersGo<T>(context: ExecutorContext, id: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    // A run of this process has its own way out.
    if (!context.isRunning) await letUsersGoUnlogged(context, id)
    throw error
  }
}

/**
 * Undoes the steps by which users wait, without the lock and without a line in the journal: for a run that could not be
 * resumed or undone, and before one is undone. It leaves a run alone that another process may still carry out. Never throws.
 */
export async function letUsersGoUnlogged(context: ExecutorContext, id: string): Promise<void> {
  try {
    const run = await context.storedRun(id)
    if (!letsUsersWait(run) || mayBeRunning(run)) return
    const servers = serversForRun(context.options.clusterAccess, () => run, null)
    const tools = context.toolbox(id, () => {}, servers, { record: () => run })
    try {
      await releaseUsers({ log: { run: () => run, append: async () => {} }, tools })
    } finally {
      await tools.close()
    }
  } catch {
    // Why the run was refused is told, and the alert of the pooler names what is left.
  }
}

function mayBeRunning(run: Run): boolean {
  const { owner } = run
  if (!isUnfinishedRun(run) || owner === null) return false
  if (owner.host !== hostname()) return true
  return owner.pid !== process.pid && isSameProcessAlive(owner.pid, owner.start ?? null)
}

async function isOverWithin(ended: Promise<void>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(() => resolve(false), ms)
  return Promise.race([ended.then(() => true), late]).finally(() => clearTimeout(timer))
}
