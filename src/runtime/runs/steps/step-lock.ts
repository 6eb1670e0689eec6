// Whether a run still has its cluster, before a step and while a manual step is waited for.

import type { PlanningView } from '../../../actions/definition/action.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { restartsOf, stepKindOf } from '../../../profiles/step-kinds.ts'
import type { ClusterLock } from '../locks/lock-request.ts'
import type { RunStepsOptions } from './run-steps-options.ts'

type StepLockContext = Pick<RunStepsOptions, 'log' | 'tools' | 'lock'>

/** Why the run lost the cluster; null if it has it, or if the step is harmless without it. */
export async function whyLockLost(
  { log, lock, tools }: StepLockContext,
  step: PlannedStep,
  view: PlanningView,
): Promise<string | null> {
  if (lock === null) return null
  const run = log.run()
  const number = run.plan.steps.findIndex(({ id }) => id === step.id) + 1
  const lost = await lock.keep({ clusterView: view, step: number, restarted: restartedBy(run) })
  if (lost === null || !stepKindOf(step.kind)?.isReadOnly) return lost
  tools.writeOutput(`${lost}; this step only reads, so it runs all the same`)
  return null
}

/** Why a manual step is not waited for any longer: the user's work might now interfere with another run. */
export function whyLockLostMeanwhile({ log, lock }: StepLockContext): string | null {
  return lock?.lostBy(restartedBy(log.run())) ?? null
}

/** Why a running step must send nothing more to a host; null if it may, or if the step only reads. */
export function whyLockLostInStep(run: Run, lock: ClusterLock | null): string | null {
  const changes = run.steps.some(({ id, state }) => {
    const kind = run.plan.steps.find((step) => step.id === id)?.kind
    return state === 'running' && !(kind !== undefined && stepKindOf(kind)?.isReadOnly)
  })
  return run.isUndoing || changes ? (lock?.lostBy(restartedBy(run)) ?? null) : null
}

/** Ids of the databases whose servers steps of the run have stopped or started, or are about to. */
function restartedBy(run: Run): ReadonlySet<string> {
  return new Set(startedSteps(run).flatMap((step) => restartsOf(step).map(({ database }) => database)))
}

export function startedSteps({ plan, steps }: Run): readonly PlannedStep[] {
  return plan.steps.filter(({ id }) => steps.some((step) => step.id === id && step.attempts > 0))
}
