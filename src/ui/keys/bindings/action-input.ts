// What of an act takes keys and text now.

import { requiredConfirmation } from '../../../model/runs/confirmation.ts'
import { blockingChecks } from '../../../model/runs/plan.ts'
import type { ActionState } from '../../../state/action-state.ts'
import type { State } from '../../../state/state.ts'

/** What is being typed into the act; null while it takes no text. */
export function actionInputText(state: State): string | null {
  const at = shownAction(state)?.current
  if (at?.phase === 'form') return at.text
  if (at?.phase === 'running') return at.reason
  return at?.phase === 'planned' && takesTypedText(at) ? at.text : null
}

/** The act, unless somebody looks at something else. */
export function shownAction({ action }: State): ActionState | null {
  return action?.isShown ? action : null
}

export type PlannedAction = Extract<ActionState['current'], { phase: 'planned' }>

/** Whether a text is typed into a plan, and not a key pressed. */
export function takesTypedText(at: PlannedAction): boolean {
  if (at.entry === 'override') return true
  return blockingChecks(at.run.plan).length === 0 && requiredConfirmation(at.run.plan) === 'typed'
}

/** Whether what is typed now confirms a plan: a paste must not. */
export function takesConfirmation(state: State): boolean {
  const at = shownAction(state)?.current
  return at?.phase === 'planned' && at.entry === 'confirm' && state.navigation.overlay.kind === 'none'
}
