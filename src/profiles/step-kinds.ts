// The registry of kinds of steps: what journals may name, with those of each profile.

import type { Restart, StepKind } from '../actions/definition/step-kind.ts'
import { createStepKinds } from '../actions/step-kinds.ts'
import type { PlannedStep } from '../model/runs/plan.ts'
import { PROFILE_ACTIONS } from './registered.ts'

export const STEP_KINDS: readonly StepKind[] = createStepKinds(PROFILE_ACTIONS)

/** null for a kind that this version does not know. */
export function stepKindOf(kind: string): StepKind | null {
  return STEP_KINDS.find((each) => each.kind === kind) ?? null
}

/** The server that a step stops, starts or restarts; null: none. */
export function restartOf(step: PlannedStep): Restart | null {
  return stepKindOf(step.kind)?.restartedBy(step) ?? null
}
