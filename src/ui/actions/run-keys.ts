// When the keys of plans and runs can be used, and why not.

import { requiredConfirmation } from '../../model/runs/confirmation.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import type { State } from '../../state/state.ts'
import { type PlannedAction, shownAction } from '../keys/bindings/action-input.ts'

export type RunKey = 'retry' | 'skip' | 'undo' | 'stop' | 'by-hand' | 'override'

/** Why a key of a run or plan can't be used now; null when it can. */
export function whyNoRunKey(state: State, key: RunKey): string | null {
  const at = shownAction(state)?.current
  if (key === 'override') {
    if (at?.phase !== 'planned') return 'there is no plan'
    return overridableChecks(at).length > 0 ? null : 'no check that failed may be overruled'
  }
  if (at?.phase !== 'running') return 'nothing runs'
  const isManual = at.run.plan.steps.some(({ id, how }) => how === 'manual' && isNow(at.run.steps, id))
  if (key === 'by-hand') return isManual ? null : 'the present step is not one to do by hand'
  // A second time ends the step itself: one that hangs must not keep anybody.
  if (key === 'stop') return null
  if (!at.question) return 'nothing is asked'
  return key === 'skip' && !at.question.step.maySkip ? 'this step can’t be left out' : null
}

function isNow(steps: readonly { readonly id: string; readonly state: string }[], id: string): boolean {
  return steps.some((step) => step.id === id && (step.state === 'running' || step.state === 'verifying'))
}

/** Why `y` does not confirm; null when it does. */
export function whyNotConfirmable(state: State): string | null {
  const at = shownAction(state)?.current
  if (at?.phase !== 'planned') return 'there is no plan'
  const blocked = blockingChecks(at.run.plan)
  if (blocked.length > 0) return `blocked by ${blocked.map(({ id }) => id).join(', ')}`
  return requiredConfirmation(at.run.plan) === 'typed' ? 'the name has to be typed' : null
}

/** Checks that failed and may be overruled. */
export function overridableChecks({ run }: PlannedAction): readonly string[] {
  return blockingChecks(run.plan).flatMap(({ id, mayOverride }) => (mayOverride ? [id] : []))
}
