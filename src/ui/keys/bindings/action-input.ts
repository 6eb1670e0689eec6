// The part of an action that takes keys and text now.

import { requiredConfirmation } from '../../../model/runs/confirmation.ts'
import { blockingChecks } from '../../../model/runs/plan.ts'
import type { ActionState } from '../../../state/action-state.ts'
import type { State } from '../../../state/state.ts'

/** The text being typed into the action; null while it takes none. */
export function actionInputText(state: State): string | null {
  const at = shownAction(state)?.current
  if (at?.phase === 'form') return at.text
  if (at?.phase === 'running') return at.reason
  return at?.phase === 'planned' && takesTypedText(at) ? at.text : null
}

/** The action, unless another view covers it. */
export function shownAction({ action }: State): ActionState | null {
  return action?.isShown ? action : null
}

export type PlannedAction = Extract<ActionState['current'], { phase: 'planned' }>

/** Whether a text is typed into a plan, rather than a key pressed. */
export function takesTypedText(at: PlannedAction): boolean {
  if (at.entry === 'override') return true
  return blockingChecks(at.run.plan).length === 0 && requiredConfirmation(at.run.plan) === 'typed'
}

/** Whether the typed text confirms a plan: pasted text must not. */
export function takesConfirmation(state: State): boolean {
  const at = shownAction(state)?.current
  return at?.phase === 'planned' && at.entry === 'confirm' && state.navigation.overlay.kind === 'none'
}
