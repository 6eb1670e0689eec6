// Starts a proposed and confirmed run.

import type { Run } from '../../model/runs/run.ts'
import { withSkippedSteps } from '../../model/runs/skipped-proof.ts'
import { carryOutRun } from './carry-out-run.ts'
import type { ExecutorContext } from './executor-context.ts'
import type { RunConsent } from './executor-options.ts'
import { lockOverrideReason } from './hold-cluster.ts'
import { appendOrClose, beginRunLog } from './log/run-log.ts'
import { requireSamePlan } from './planning/replan.ts'
import { planRefusal, requireSkippable } from './planning/run-preconditions.ts'
import { renewedRun } from './renew-plan.ts'

/** Throws ActionError if it may not start: read-only, blocked, not confirmed, busy, no journal. */
export async function startRun(
  context: ExecutorContext,
  proposal: Run,
  { answer, givenBy, skips }: RunConsent,
): Promise<Run> {
  const plan = withSkippedSteps(proposal.plan, skips)
  const run = { ...proposal, plan }
  await context.requireWritable(run)
  requireSkippable(plan, skips)
  const refusal = planRefusal(plan, answer)
  if (refusal) {
    await context.refuse(run, refusal.note)
    throw refusal.error
  }
  return carryOutRun(context, run, {
    skips,
    overrule: lockOverrideReason(plan),
    ready: (isHeld) => renewedRun(context, run, { hold: requireSamePlan, isHeld, skips }),
    open: async (current) => {
      const runLog = await beginRunLog(context.logOptions(), current)
      return appendOrClose(runLog, { type: 'confirmed', who: context.options.principal, how: givenBy })
    },
  })
}
