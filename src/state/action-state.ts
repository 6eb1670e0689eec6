// The action on the screen: its request, its plan, its run. The executor does the work; this is what the screen shows.

import type { ProfileId } from '../model/measured/spec.ts'
import type { StepQuestion } from '../model/runs/confirmation.ts'
import { currentManualStep } from '../model/runs/manual-step.ts'
import type { Run } from '../model/runs/run.ts'

/** The request so far. */
export interface RequestedAction {
  readonly cluster: string
  /** The profile of the cluster, which decides on the fields. Absent: the general one. */
  readonly profile?: ProfileId
  readonly action: string
  /** Id of the server or database; null for the cluster. */
  readonly target: string | null
  readonly input: Readonly<Record<string, string>>
  /** Reasons by check. */
  readonly overrides: Readonly<Record<string, string>>
}

export type ActionPhase =
  /** The user types a value of a field. */
  | {
      readonly phase: 'form'
      readonly request: RequestedAction
      readonly field: number
      readonly text: string
      readonly problem: string | null
      /** Every field comes in turn, with its value: the plan was seen already. */
      readonly changes?: true
    }
  | { readonly phase: 'planning'; readonly asked: RequestedAction }
  | { readonly phase: 'refused'; readonly asked: RequestedAction; readonly why: string; readonly hint: string | null }
  | {
      readonly phase: 'planned'
      readonly asked: RequestedAction
      readonly run: Run
      /** What the user types: the confirmation, or `CHECK=REASON`. */
      readonly entry: 'confirm' | 'override'
      readonly text: string
      readonly problem: string | null
    }
  | {
      readonly phase: 'running'
      readonly run: Run
      readonly question: StepQuestion | null
      /** The reason for skipping a step; null while none is asked for. */
      readonly reason: string | null
      readonly stopping: boolean
    }
  | { readonly phase: 'ended'; readonly run: Run }

export interface ActionState {
  readonly current: ActionPhase
  /** First line shown; null follows the output. */
  readonly scroll: number | null
  /** A plan shows its passed checks and all of its steps, a run its finished steps and all of its output. */
  readonly isUnfolded: boolean
  /** False while another view covers it. */
  readonly isShown: boolean
}

/** An interrupted run, which can be resumed. */
export interface InterruptedRun {
  readonly cluster: string
  readonly id: string
  readonly title: string
}

export type InterruptedRunsEvent = { readonly type: 'interrupted-runs-found'; readonly runs: readonly InterruptedRun[] }

export type ActionEvent =
  /** `changed`: the present value of the field, where the inputs of a plan are changed. */
  | {
      readonly type: 'action-asked'
      readonly asked: RequestedAction
      readonly field: number | null
      readonly changed?: string
    }
  | { readonly type: 'action-planning'; readonly asked: RequestedAction }
  | {
      readonly type: 'action-refused'
      readonly asked: RequestedAction
      readonly why: string
      readonly hint: string | null
    }
  | { readonly type: 'action-planned'; readonly asked: RequestedAction; readonly run: Run }
  | { readonly type: 'action-ran'; readonly run: Run; readonly ended: boolean }
  | { readonly type: 'action-question'; readonly question: StepQuestion | null }
  | { readonly type: 'action-stopping' }
  /** The text typed so far; `entry` says what it is for. */
  | { readonly type: 'action-typed'; readonly text: string }
  | { readonly type: 'action-entry'; readonly entry: 'confirm' | 'override' | 'skip' | 'none' }
  | { readonly type: 'action-problem'; readonly problem: string }
  | { readonly type: 'action-scrolled'; readonly to: number | null }
  | { readonly type: 'action-unfolded'; readonly unfolded: boolean }
  | { readonly type: 'action-shown'; readonly shown: boolean }
  | { readonly type: 'action-left' }

/** True for an event of the action on the screen. */
export function isActionEvent(event: { readonly type: string }): event is ActionEvent {
  return event.type.startsWith('action-')
}

/** Returns the next state of the action on the screen; null without an action. */
export function reduceAction(state: ActionState | null, event: ActionEvent): ActionState | null {
  switch (event.type) {
    case 'action-asked':
      return opened({
        phase: 'form',
        request: event.asked,
        field: event.field ?? 0,
        text: event.changed ?? '',
        problem: null,
        ...(event.changed === undefined ? {} : { changes: true as const }),
      })
    case 'action-planning':
      return opened({ phase: 'planning', asked: event.asked })
    case 'action-refused':
      return { ...opened({ phase: 'refused', asked: event.asked, why: event.why, hint: event.hint }), isShown: true }
    case 'action-planned':
      return planned(state, event.asked, event.run)
    case 'action-ran':
      return ran(state, event.run, event.ended)
    case 'action-left':
      return null
    default:
      return state && { ...state, ...changed(state, event) }
  }
}

function opened(at: ActionPhase): ActionState {
  return { current: at, scroll: 0, isUnfolded: false, isShown: true }
}

/** A user who has left meanwhile does not get the plan. */
function planned(state: ActionState | null, asked: RequestedAction, run: Run): ActionState | null {
  if (state?.current.phase !== 'planning' || state.current.asked !== asked) return state
  return opened({ phase: 'planned', asked, run, entry: 'confirm', text: '', problem: null })
}

function ran(state: ActionState | null, run: Run, ended: boolean): ActionState {
  const shown = state?.isShown ?? true
  if (ended) return opened({ phase: 'ended', run })
  const before = state?.current.phase === 'running' ? state.current : { question: null, stopping: false }
  const { question, stopping } = before
  return {
    current: { phase: 'running', run, question, reason: reasonFor(run, state), stopping },
    scroll: state?.current.phase === 'running' ? state.scroll : 0,
    isUnfolded: state?.current.phase === 'running' && state.isUnfolded,
    isShown: shown,
  }
}

/** The reason typed so far, unless the manual step that it is for has ended meanwhile. */
function reasonFor(run: Run, state: ActionState | null): string | null {
  if (state?.current.phase !== 'running') return null
  const { current } = state
  const isSame = current.question !== null || currentManualStep(current.run)?.id === currentManualStep(run)?.id
  return isSame ? current.reason : null
}

type Change = Exclude<
  ActionEvent,
  { type: 'action-asked' | 'action-planning' | 'action-refused' | 'action-planned' | 'action-ran' | 'action-left' }
>

function changed({ current }: ActionState, event: Change): Partial<ActionState> {
  switch (event.type) {
    case 'action-question':
      return current.phase === 'running'
        ? { current: { ...current, question: event.question, reason: null }, scroll: 0, isShown: true }
        : {}
    case 'action-stopping':
      return current.phase === 'running' ? { current: { ...current, stopping: true } } : {}
    case 'action-typed':
      return { current: typed(current, event.text) }
    case 'action-entry':
      return { current: entered(current, event.entry) }
    case 'action-problem':
      return current.phase === 'form' || current.phase === 'planned'
        ? { current: { ...current, problem: event.problem } }
        : {}
    case 'action-scrolled':
      return { scroll: event.to === null ? null : Math.max(0, event.to) }
    case 'action-unfolded':
      return { isUnfolded: event.unfolded, scroll: 0 }
    case 'action-shown':
      return { isShown: event.shown }
  }
}

function typed(at: ActionPhase, text: string): ActionPhase {
  if (at.phase === 'form' || at.phase === 'planned') return { ...at, text, problem: null }
  return at.phase === 'running' && at.reason !== null ? { ...at, reason: text } : at
}

function entered(at: ActionPhase, entry: 'confirm' | 'override' | 'skip' | 'none'): ActionPhase {
  if (at.phase === 'planned' && (entry === 'confirm' || entry === 'override'))
    return { ...at, entry, text: '', problem: null }
  if (at.phase === 'running') return { ...at, reason: entry === 'skip' ? '' : null }
  return at
}
