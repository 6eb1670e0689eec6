// The keys of an action on the screen: they fill in its form, confirm it, answer its questions and leave it; with
// their conditions.

import { type ActionField, actionFieldsFor } from '../../actions/definition/action.ts'
import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { requiredConfirmation, whyNotConfirmed } from '../../model/runs/confirmation.ts'
import { currentManualStep } from '../../model/runs/manual-step.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import { ACTIONS, isReplaced } from '../../profiles/actions.ts'
import type { ActionEvent, ActionPhase, ActionState, RequestedAction } from '../../state/action-state.ts'
import { shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import { type PlannedAction, shownAction, takesTypedText } from '../keys/bindings/action-input.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { whyNotInHistory } from '../keys/bindings/history-mode.ts'
import { currentKey } from '../keys/names.ts'
import { actionTargetOf, inputFromSelection, resumedRunId } from './available-actions.ts'

/** Begins an action: with its form if it needs input, else with its plan. */
export function beginAction(context: CommandContext, name: string): void {
  const { bindingContext, controller } = context
  const { state } = bindingContext()
  const cluster = shownCluster(state)
  if (!cluster) return
  const run = resumedRunId(name)
  if (run !== null) return void controller.actions.resume(cluster.spec.name, run)
  const action = ACTIONS.find((each) => each.name === name && !isReplaced(each, cluster.spec.actions))
  const input = action ? inputFromSelection(state, action) : {}
  const target = action ? actionTargetOf(state, action) : null
  const { profile } = cluster.spec
  const asked: RequestedAction = { cluster: cluster.spec.name, profile, action: name, target, input, overrides: {} }
  const fields = action ? actionFieldsFor(action, profile) : []
  const missing = fields.findIndex((field) => (field.required || field.isAsked) && input[field.name] === undefined)
  if (missing >= 0) dispatch(context, { type: 'action-asked', asked, field: missing })
  else controller.actions.plan(asked)
}

/** Shows the run in progress. */
export function showRun(context: CommandContext): void {
  dispatch(context, { type: 'action-shown', shown: true })
}

/** `tab`. */
export function toggleFolded(context: CommandContext): void {
  const action = shownAction(context.store.latest())
  if (action) dispatch(context, { type: 'action-unfolded', unfolded: !action.isUnfolded })
}

/** `enter`. */
export function acceptActionInput(context: CommandContext): void {
  const at = shownAction(context.store.latest())?.current
  if (!at) return
  const past = whyNotInHistory(context.bindingContext().state)
  // Told in its own line: a notice is covered while a text is typed.
  if (past !== null && at.phase !== 'ended' && at.phase !== 'refused')
    dispatch(context, { type: 'action-problem', problem: past })
  else if (at.phase === 'form') takeField(context, at)
  else if (at.phase === 'planned' && at.entry === 'override') takeOverride(context, at)
  else if (at.phase === 'planned')
    confirm(context, at, takesTypedText(at) ? { kind: 'typed', text: at.text } : { kind: 'enter' })
  else if (at.phase === 'running' && at.reason !== null) skip(context, at.reason)
  else if (at.phase === 'ended' || at.phase === 'refused') dispatch(context, { type: 'action-left' })
}

/** `y`. */
export function confirmPlan(context: CommandContext): void {
  const at = shownAction(context.store.latest())?.current
  if (at?.phase === 'planned') confirm(context, at, { kind: 'yes' })
}

function confirm(context: CommandContext, at: PlannedAction, answer: Parameters<typeof whyNotConfirmed>[1]): void {
  const blocked = blockingChecks(at.run.plan)
  const doubt =
    blocked.length > 0 ? `blocked by ${blocked.map(({ id }) => id).join(', ')}` : whyNotConfirmed(at.run.plan, answer)
  if (doubt !== null) return void dispatch(context, { type: 'action-problem', problem: doubt })
  dispatch(context, { type: 'action-ran', run: at.run, ended: false })
  context.navigate({ type: 'marks-cleared' })
  context.controller.actions.start(at.run, at.asked, answer)
}

function takeField(context: CommandContext, at: Extract<ActionState['current'], { phase: 'form' }>): void {
  const fields = fieldsOf(at.request)
  const field = fields[at.field]
  if (!field) return
  const text = at.text.trim()
  if (text === '' && field.required)
    return void dispatch(context, { type: 'action-problem', problem: `needed: ${field.explains}` })
  const { [field.name]: _, ...others } = at.request.input
  const input = text === '' ? others : { ...others, [field.name]: text }
  const asked = { ...at.request, input }
  const next = nextField(fields, input, at.field)
  if (at.changes) changeField(context, asked, at.field + 1)
  else if (next === null) context.controller.actions.plan(asked)
  else dispatch(context, { type: 'action-asked', asked, field: next })
}

function fieldsOf({ action: wanted, profile = PLAIN_PROFILE }: RequestedAction): readonly ActionField[] {
  const action = ACTIONS.find(({ name }) => name === wanted)
  return action ? actionFieldsFor(action, profile) : []
}

/** Asks for that field with its value; after the last, makes the plan anew. */
function changeField(context: CommandContext, asked: RequestedAction, field: number): void {
  const next = fieldsOf(asked)[field]
  if (!next) return void context.controller.actions.plan(asked)
  dispatch(context, { type: 'action-asked', asked, field, changed: asked.input[next.name] ?? '' })
}

/** `i`: the inputs of a plan, one after the other, also those that have a default. */
export function changeInputs(context: CommandContext): void {
  const at = shownAction(context.store.latest())?.current
  if (at?.phase === 'planned' || at?.phase === 'refused') changeField(context, at.asked, 0)
}

/** Why the inputs can't be changed now; null if they can. */
export function whyNoInputs(state: State): string | null {
  const at = shownAction(state)?.current
  if (at?.phase !== 'planned' && at?.phase !== 'refused') return noPlan(at)
  return fieldsOf(at.asked).length > 0 ? null : 'this action takes no inputs'
}

/** The next field that has no value; null after the last. */
function nextField(fields: readonly ActionField[], input: RequestedAction['input'], field: number): number | null {
  const next = fields.findIndex(({ name }, index) => index > field && input[name] === undefined)
  return next < 0 ? null : next
}

/** `CHECK=REASON`: plans again with the check overruled. */
function takeOverride(context: CommandContext, at: PlannedAction): void {
  const [, id, reason] = /^\s*([\w-]+)\s*=\s*(\S.*)$/.exec(at.text) ?? []
  const check = at.run.plan.checks.find((each) => each.id === id)
  if (id === undefined || reason === undefined || !check?.mayOverride) {
    const names = overridableChecks(at).join(', ')
    return void dispatch(context, { type: 'action-problem', problem: `CHECK=REASON, with one of ${names}` })
  }
  context.controller.actions.plan({ ...at.asked, overrides: { ...at.asked.overrides, [id]: reason } })
}

function skip(context: CommandContext, reason: string): void {
  if (reason.trim() === '') return
  const { actions } = context.controller
  const at = shownAction(context.store.latest())?.current
  const manual = at?.phase === 'running' && at.question === null ? currentManualStep(at.run) : undefined
  dispatch(context, { type: 'action-entry', entry: 'none' })
  if (manual) actions.skipManualStep(manual.id, reason.trim())
  else actions.decide({ choice: 'skip', reason: reason.trim() })
}

/** `esc`: leaves an entry or the action; a run continues unseen. */
export function leaveAction(context: CommandContext): void {
  const at = shownAction(context.store.latest())?.current
  if (at?.phase === 'planned' && at.entry === 'override') dispatch(context, { type: 'action-entry', entry: 'confirm' })
  else if (at?.phase === 'running' && at.reason !== null) dispatch(context, { type: 'action-entry', entry: 'none' })
  else if (at?.phase === 'running') {
    dispatch(context, { type: 'action-shown', shown: false })
    context.notify('info', `the run continues; ${currentKey(context.store.latest(), 'a')} shows it`)
  } else dispatch(context, { type: 'action-left' })
}

export function pressRunKey(context: CommandContext, key: RunKey): void {
  const { controller, store } = context
  const at = shownAction(store.latest())?.current
  switch (key) {
    case 'override':
      return void dispatch(context, { type: 'action-entry', entry: 'override' })
    case 'by-hand':
      return void controller.actions.confirmManualStep()
    case 'skip':
      return void dispatch(context, { type: 'action-entry', entry: 'skip' })
    case 'retry':
    case 'undo':
      return void controller.actions.decide({ choice: key })
    case 'stop':
      if (at?.phase === 'running' && at.question) controller.actions.decide({ choice: 'stop' })
      else controller.actions.stop()
  }
}

function dispatch({ store }: CommandContext, event: ActionEvent): void {
  store.dispatch(event)
}

export type RunKey = 'retry' | 'skip' | 'undo' | 'stop' | 'by-hand' | 'override'

/** Keys that come early confirm nothing: the plan has to be seen first. */
function noPlan(at: ActionPhase | undefined): string {
  return at?.phase === 'planning' ? 'the plan is still being made' : 'there is no plan'
}

/** Why a key of a run or plan can't be used now; null if it can. */
export function whyNoRunKey(state: State, key: RunKey): string | null {
  const at = shownAction(state)?.current
  if (key === 'override') {
    if (at?.phase !== 'planned') return noPlan(at)
    return overridableChecks(at).length > 0 ? null : 'no failed check may be overruled'
  }
  if (at?.phase !== 'running') return 'nothing runs'
  const manual = currentManualStep(at.run)
  if (key === 'by-hand') return manual ? null : 'the current step is not a step to do by hand'
  // The second time it ends the step itself: a hanging step must not block the user.
  if (key === 'stop') return null
  const asked = at.question?.step ?? (key === 'skip' ? manual : undefined)
  if (!asked) return 'pgdeck asks no question now'
  return key === 'skip' && !asked.maySkip ? 'this step can’t be skipped' : null
}

/** Why `y` does not confirm; null if it does. */
export function whyNotConfirmable(state: State): string | null {
  const at = shownAction(state)?.current
  if (at?.phase !== 'planned') return noPlan(at)
  const blocked = blockingChecks(at.run.plan)
  if (blocked.length > 0) return `blocked by ${blocked.map(({ id }) => id).join(', ')}`
  return requiredConfirmation(at.run.plan) === 'typed' ? 'type the name' : null
}

/** Checks that failed and may be overruled. */
function overridableChecks({ run }: PlannedAction): readonly string[] {
  return blockingChecks(run.plan).flatMap(({ id, mayOverride }) => (mayOverride ? [id] : []))
}
