// Proposes a run: a plan with its checks as of now. It changes nothing.

import { type ActionRequest, PlanError } from '../../actions/definition/action.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import { plannedRun, type Run } from '../../model/runs/run.ts'
import type { ExecutorContext } from './executor-context.ts'
import { runLockCheck } from './locks/run-lock-check.ts'
import { newRunId, preparePlan } from './planning/prepare-plan.ts'
import { serversForPlanning } from './tools/permitted-servers.ts'

/** `overrides`: reasons by check. Throws PlanError for an invalid request. */
export async function proposeRun(
  context: ExecutorContext,
  request: ActionRequest,
  overrides: Readonly<Record<string, string>>,
): Promise<Run> {
  const { principal, folder, clusterAccess } = context.options
  const action = context.action(request.action)
  for (const [check, reason] of Object.entries(overrides))
    if (reason.trim() === '') throw new PlanError(`${action.name}: --override ${check}: a reason is needed`)
  const id = newRunId(request, Date.now())
  const tools = context.toolbox(id, () => {}, serversForPlanning(clusterAccess))
  try {
    const also = action.locks === 'cluster' ? [runLockCheck(folder)] : []
    const plan = await preparePlan(action, request, tools, overrides, also)
    return plannedRun(id, principal, plan, blockingChecks(plan).length > 0)
  } finally {
    await tools.close()
  }
}
