// Resumes an interrupted or stopped run. A run that was being undone continues with that.

import type { Run } from '../../model/runs/run.ts'
import { takeBack } from './abort-run.ts'
import { carryOutRun } from './carry-out-run.ts'
import type { ExecutorContext } from './executor-context.ts'
import type { ResumeReasons } from './executor-options.ts'
import { lettingUsersGo } from './let-users-go.ts'
import { RUN_LOCK_CHECK } from './locks/lock-request.ts'
import { requireNoMissingSecret } from './log/configured-commands.ts'
import { reopenRunLog } from './log/run-log.ts'
import { resumeRequirement } from './planning/replan.ts'
import { requireResumable, requireSkippable } from './planning/run-preconditions.ts'
import { hasNoServers, requireReconfirmed, withCurrentServers } from './reconfirm.ts'
import { renewedRun } from './renew-plan.ts'

/** Throws ActionError as `startRun`. */
export async function resumeRun(
  context: ExecutorContext,
  id: string,
  { skips, overrides = {}, anew }: ResumeReasons,
): Promise<Run> {
  const run = await context.storedRun(id)
  await context.requireWritable(run)
  await lettingUsersGo(context, id, async () => {
    requireSkippable(run.plan, skips)
    requireResumable(run)
    await context.auditing(run, () => requireReconfirmed(run, anew))
  })
  return carryOutRun(context, run, {
    skips,
    overrule: overrides[RUN_LOCK_CHECK] ?? null,
    ready: async (isHeld) => {
      const hold = run.isUndoing ? null : resumeRequirement(run, Date.now())
      if (hold) await renewedRun(context, run, { hold, isHeld, skips })
      // Loaded again under the lock: another process may just have ended it.
      const now = await context.storedRun(id)
      requireResumable(now)
      if (!now.isUndoing) requireNoMissingSecret(now)
      return now
    },
    open: async (now) => {
      const runLog = await reopenRunLog(context.logOptions(), now)
      const { clusterAccess, principal } = context.options
      return anew && hasNoServers(now) ? withCurrentServers(runLog, clusterAccess.view(), principal, anew) : runLog
    },
    ...(run.isUndoing ? { instead: takeBack } : {}),
  })
}
