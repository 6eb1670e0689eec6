// Ends a run because of which users wait, when this process is about to end.

import type { ExecutorContext } from './executor-context.ts'
import { letsUsersWait } from './steps/release-users.ts'

/** How long the current step may take to end, and then the run. */
const STEP_MS = 3_000
const END_MS = 20_000

/** See Executor. Never throws. */
export async function letUsersGo(context: ExecutorContext): Promise<void> {
  const { current } = context
  if (current === null || !letsUsersWait(current.run())) return
  if (!context.input.isStopping()) {
    context.input.stop()
    if (await isOverWithin(current.ended, STEP_MS)) return
  }
  context.input.stop()
  await isOverWithin(current.ended, END_MS)
}

async function isOverWithin(ended: Promise<void>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(() => resolve(false), ms)
  return Promise.race([ended.then(() => true), late]).finally(() => clearTimeout(timer))
}
