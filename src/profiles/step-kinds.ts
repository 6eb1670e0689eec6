// The registry of kinds of steps: what journals may name, with those of each profile.

import type { StepKind } from '../actions/definition/step-kind.ts'
import { createStepKinds } from '../actions/step-kinds.ts'
import { PROFILE_ACTIONS } from './registered.ts'

const KINDS: readonly StepKind[] = createStepKinds(PROFILE_ACTIONS)

/** null for a kind that this version does not know. */
export function stepKindOf(kind: string): StepKind | null {
  return KINDS.find((each) => each.kind === kind) ?? null
}
