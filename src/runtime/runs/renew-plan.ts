// Makes the plan of a run again before it runs, if its readings are old or the cluster was locked only just now.

import { PlanError } from '../../actions/definition/action.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { plannedRun, type Run } from '../../model/runs/run.ts'
import { withSkippedSteps } from '../../model/runs/skipped-proof.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { ExecutorContext } from './executor-context.ts'
import type { RunConsent } from './executor-options.ts'
import { preparePlan } from './planning/prepare-plan.ts'
import { isPlanOld, mergeReplanned, planOverrides, type requireSamePlan } from './planning/replan.ts'
import { recentServerCheck } from './planning/two-servers-check.ts'
import { requireSameServers } from './servers/same-servers.ts'
import { serversForPlanning } from './tools/permitted-servers.ts'

export interface Renewal {
  /** Throws ActionError if the current plan differs from the confirmed one. */
  readonly hold: typeof requireSamePlan
  /** Whether the cluster was locked only just now: other runs may have changed it before. */
  readonly isHeld: boolean
  readonly skips: RunConsent['skips']
}

/** Returns the run with its current plan. Throws ActionError if that is another plan. */
export async function renewedRun(context: ExecutorContext, run: Run, { hold, isHeld, skips }: Renewal): Promise<Run> {
  const { plan } = run
  const { clusterAccess } = context.options
  const { intervalMs } = clusterAccess.config().spec
  if (!isHeld && !isPlanOld(plan, Date.now(), intervalMs)) return run
  const request = { action: plan.action, target: plan.target?.id ?? null, input: plan.input }
  const tools = context.toolbox(run.id, () => {}, serversForPlanning(clusterAccess))
  try {
    const looked = recentServerCheck(plan, Date.now())
    const action = context.action(plan.action)
    const now = withSkippedSteps(await preparePlan(action, request, tools, planOverrides(plan), [], looked), skips)
    hold(plan, now)
    requireSameServers(run, clusterAccess.view(), now)
    return plannedRun(run.id, run.who, mergeReplanned(plan, now), false)
  } catch (error) {
    const why = messageOf(error)
    await context.refuse(run, why)
    throw error instanceof PlanError ? new ActionError(why, 'Nothing was changed. Plan again.') : error
  } finally {
    await tools.close()
  }
}
