// The step of a run that waits for a person.

import type { PlannedStep } from './plan.ts'
import type { Run } from './run.ts'

/** The manual step that is in progress; undefined without one. */
export function currentManualStep({ plan, steps }: Run): PlannedStep | undefined {
  const now = steps.find(({ state }) => state === 'running' || state === 'verifying')
  return plan.steps.find(({ id, how }) => how === 'manual' && id === now?.id)
}
