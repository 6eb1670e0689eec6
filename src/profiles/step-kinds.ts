// The registry of kinds of steps that journals may name, with those of each profile.

import type { ReadyStep, Restart, StepKind } from '../actions/definition/step-kind.ts'
import { createStepKinds } from '../actions/step-kinds.ts'
import type { PlannedStep } from '../model/runs/plan.ts'
import { PROFILE_ACTIONS } from './registered.ts'

export const STEP_KINDS: readonly StepKind[] = createStepKinds(PROFILE_ACTIONS)

/** Returns null for a kind that this version does not have. */
export function stepKindOf(kind: string): StepKind | null {
  return STEP_KINDS.find((each) => each.kind === kind) ?? null
}

/** Returns the servers that a step stops, starts or restarts. */
export function restartsOf(step: PlannedStep): readonly Restart[] {
  return stepKindOf(step.kind)?.restartedBy(step) ?? []
}

/** Returns what of a plan may be why such a step does not work: ids of checks, and kinds of steps. */
export function explainedBy({ kind }: Pick<PlannedStep, 'kind'>): readonly string[] {
  return stepKindOf(kind)?.explainedBy ?? []
}

type KnownStep =
  | { readonly fits: true; readonly step: ReadyStep; readonly isOnce: boolean }
  | { readonly fits: false; readonly why: string }

/** Returns the step ready to run; or why this version can't run it, in one sentence that names it. */
export function readStep(step: PlannedStep): KnownStep {
  const kind = stepKindOf(step.kind)
  if (!kind) return { fits: false, why: `this version of pgdeck has no steps of kind ${step.kind}` }
  const reading = kind.read(step)
  if (!reading.fits) return { fits: false, why: `step ${step.id} (${step.kind}): ${reading.why}` }
  return { fits: true, step: reading.step, isOnce: kind.isOnce ?? false }
}
