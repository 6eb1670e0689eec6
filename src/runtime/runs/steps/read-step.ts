// Reads the steps of a run as their kinds have them: one that does not fit is refused, and never run.

import type { ReadyStep } from '../../../actions/definition/step-kind.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { stepKindOf } from '../../../profiles/step-kinds.ts'

export type KnownStep =
  | { readonly fits: true; readonly step: ReadyStep; readonly isOnce: boolean }
  | { readonly fits: false; readonly why: string }

/** What is to be done with a run whose steps don't fit. */
export const PLAN_AGAIN =
  'This step was not done. Look at what the run has done (pgdeck runs), then plan again; --abort takes back what can be.'

/** The step, ready to be run; or why this version can't: in one sentence that names it. */
export function readStep(step: PlannedStep): KnownStep {
  const kind = stepKindOf(step.kind)
  if (!kind) return { fits: false, why: `this version of pgdeck does not know how to do ${step.kind}` }
  const found = kind.read(step)
  if (!found.fits) return { fits: false, why: `step ${step.id} (${step.kind}): ${found.why}` }
  return { fits: true, step: found.step, isOnce: kind.isOnce ?? false }
}

/** Throws ActionError where a step of the run that is not over can't be read: nothing of the run is done then. */
export function requireKnownSteps({ id, plan, steps }: Run): void {
  const problems = plan.steps.flatMap((step, index) => {
    const state = steps[index]?.state
    const known = state === 'done' || state === 'skipped' ? null : readStep(step)
    return known === null || known.fits ? [] : [known.why]
  })
  if (problems.length === 0) return
  throw new ActionError(
    `run ${id} can’t be carried out: ${problems.join('; ')}`,
    `Nothing was changed. Plan again with pgdeck do ${plan.action}; pgdeck runs ${id} shows what was done.`,
  )
}
