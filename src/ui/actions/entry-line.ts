// The line above the footer for an action: the question or entry, its problem, and the keys that answer.

import { actionFieldsFor } from '../../actions/definition/action.ts'
import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { commitsLost, requiredConfirmation } from '../../model/runs/confirmation.ts'
import { blockingChecks, type Plan } from '../../model/runs/plan.ts'
import { dataLossPhrase } from '../../model/runs/skipped-proof.ts'
import { ACTIONS } from '../../profiles/actions.ts'
import type { ActionPhase, ActionState } from '../../state/action-state.ts'
import type { State } from '../../state/state.ts'
import type { PlannedAction } from '../keys/bindings/action-input.ts'
import { currentActionKey } from '../keys/names.ts'
import { withCustomKeys } from '../keys/sentences.ts'

/** Label, typed text, help. `text` is null if nothing is typed. */
export interface ActionEntryLine {
  readonly label: string
  readonly text: string | null
  readonly problem: string | null
  readonly help: string
}

type Keys = Pick<State, 'keys'>

/** The question in the line above the footer; null without one. */
export function actionEntryLine({ current }: ActionState, state: Keys): ActionEntryLine | null {
  switch (current.phase) {
    case 'form':
      return formEntry(current, state)
    case 'running':
      return runEntry(current, state)
    case 'planned':
      return planEntry(current, state)
    default:
      return null
  }
}

function formEntry(at: Extract<ActionPhase, { phase: 'form' }>, state: Keys): ActionEntryLine {
  const action = ACTIONS.find(({ name }) => name === at.request.action)
  const field = action && actionFieldsFor(action, at.request.profile ?? PLAIN_PROFILE)[at.field]
  const help = `${take(state)} selects, ${leave(state)} cancels`
  return { label: field?.name ?? '', text: at.text, problem: at.problem, help }
}

function runEntry(at: Extract<ActionPhase, { phase: 'running' }>, state: Keys): ActionEntryLine | null {
  if (at.reason !== null) {
    const help = `${take(state)} confirms, ${leave(state)} cancels`
    const isProof = at.question?.step.proves === 'loss'
    const label = isProof ? `Type "${dataLossPhrase(at.run.plan)}:" and why` : 'Skip the step, because'
    return { label, text: at.reason, problem: null, help }
  }
  if (!at.question) return null
  const { step, state: is } = at.question
  const number = at.run.plan.steps.findIndex(({ id }) => id === step.id) + 1
  const skip = step.maySkip ? `, ${currentActionKey(state, 'run-skip', 's')} skip` : ''
  const rest = `${currentActionKey(state, 'run-undo', 'u')} undo, ${currentActionKey(state, 'run-stop', 'x')} stop`
  const help = `${currentActionKey(state, 'run-retry', 'r')} try again${skip}, ${rest}`
  // Why is above, with the step: here it would be cut.
  return { label: `Step ${number} ${is === 'failed' ? 'failed' : 'is unknown'}`, text: null, problem: null, help }
}

function planEntry(at: PlannedAction, state: Keys): ActionEntryLine {
  const problem = at.problem === null ? null : withCustomKeys(state, at.problem)
  if (at.entry === 'override') return { label: 'Overrule', text: at.text, problem, help: 'CHECK=REASON' }
  const blocked = blockingChecks(at.run.plan)
  if (blocked.length > 0) {
    const label = `Blocked by ${blocked.map(({ id }) => id).join(', ')}`
    return { label, text: null, problem, help: `nothing was changed; ${leave(state)} closes it` }
  }
  const wanted = requiredConfirmation(at.run.plan)
  const help = {
    enter: `${take(state)} runs it, ${leave(state)} cancels`,
    yes: `${currentActionKey(state, 'agree', 'y')} runs it, ${leave(state)} cancels`,
    typed: `then ${take(state)}; ${leave(state)} cancels`,
  }[wanted]
  const label = wanted === 'typed' ? typedLabel(at.run.plan) : 'Run this plan'
  return { label, text: wanted === 'typed' ? at.text : null, problem, help }
}

/** Where data is lost, it says so beside the text that is typed. */
function typedLabel(plan: Plan): string {
  return plan.danger === 'data-loss' ? `Lose ${commitsLost(plan)}? Type ${plan.confirm}` : `Type ${plan.confirm}`
}

function take(state: Keys): string {
  return currentActionKey(state, 'accept', 'enter')
}

function leave(state: Keys): string {
  return currentActionKey(state, 'leave', 'esc')
}
