// The keys that act: one for each action that has a key, and those of plans and runs.

import type { Action } from '../../actions/definition/action.ts'
import { ACTIONS } from '../../profiles/actions.ts'
import { shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import type { BindingId } from '../keys/binding-id.ts'
import { shownAction } from '../keys/bindings/action-input.ts'
import type { Binding, KeyMode } from '../keys/bindings/binding.ts'
import { selectedRow } from '../keys/bindings/selection.ts'
import { actionRow, selectedNodeId } from '../keys/bindings/selection-target.ts'
import { type RunKey, whyNoInputs, whyNoRunKey, whyNotConfirmable } from './action-keys.ts'
import { whyNoAction } from './available-actions.ts'
import { markedSessions } from './marked-sessions.ts'

const CALM: readonly KeyMode[] = ['rows', 'details']
const ACTING: readonly KeyMode[] = ['plan', 'run']

export const ACTION_BINDINGS: readonly Binding[] = [
  {
    keys: ['a'],
    id: 'actions',
    title: 'actions for the selected row',
    group: 'Act',
    modes: CALM,
    footer: { label: 'actions', rank: 3 },
    inPalette: true,
  },
  {
    keys: ['m'],
    id: 'mark',
    title: 'mark the selected session, or unmark it: C and K then take all marked ones',
    group: 'Act',
    modes: ['rows'],
    footer: { label: ({ state }) => (isSessionRow(state) ? 'mark' : ''), rank: 5 },
    inPalette: true,
    reason: ({ state }) => (isSessionRow(state) ? null : 'only sessions can be marked'),
  },
  ...ACTIONS.filter(({ key }) => key !== 'r' && key !== 'l').map(actBinding),
  {
    keys: ['y'],
    id: 'agree',
    title: 'confirm the plan',
    group: 'Act',
    modes: ['plan'],
    footer: { label: 'yes', rank: 1 },
    reason: ({ state }) => whyNotConfirmable(state),
  },
  {
    keys: ['enter'],
    id: 'accept',
    title: 'confirm a routine plan; close an ended run',
    group: 'Act',
    modes: ['plan'],
  },
  {
    keys: ['tab'],
    id: 'fold',
    title: 'all checks, steps and output, or the short form',
    group: 'Act',
    modes: ACTING,
    footer: { label: ({ state }) => (state.action?.isUnfolded ? 'short' : 'all'), rank: 1 },
  },
  {
    keys: ['tab'],
    id: 'fold',
    title: 'all checks and steps of the plan, or the short form',
    group: 'Entry',
    modes: ['entry'],
    footer: { label: ({ state }) => (isPlanTyped(state) ? 'all' : ''), rank: 1 },
    reason: ({ state }) => (isPlanTyped(state) ? null : 'there is no plan'),
  },
  {
    keys: ['i'],
    id: 'change-inputs',
    title: 'change the inputs of the plan, such as when or where',
    group: 'Act',
    modes: ['plan'],
    footer: { label: ({ state }) => (whyNoInputs(state) === null ? 'inputs' : ''), rank: 1 },
    reason: ({ state }) => whyNoInputs(state),
  },
  {
    keys: ['ctrl+e'],
    id: 'change-inputs',
    title: 'change the inputs of the plan',
    group: 'Entry',
    modes: ['entry'],
    footer: { label: ({ state }) => (isPlanTyped(state) && whyNoInputs(state) === null ? 'inputs' : ''), rank: 1 },
    reason: ({ state }) => (isPlanTyped(state) ? whyNoInputs(state) : 'there is no plan'),
  },
  running('o', 'run-override', 'overrule a failed check, with a reason', 'overrule', 'override', ['plan']),
  running('r', 'run-retry', 'try the step again', 'try again', 'retry'),
  running('s', 'run-skip', 'skip the step, with a reason', 'skip', 'skip'),
  running('u', 'run-undo', 'undo the finished steps, and stop', 'undo', 'undo'),
  running('x', 'run-stop', 'stop the run', 'stop', 'stop'),
  running('m', 'run-by-hand', 'the step was done by hand', 'done by hand', 'by-hand'),
  {
    keys: ['esc'],
    id: 'leave',
    title: 'close; a run continues',
    group: 'Act',
    modes: ACTING,
    footer: { label: 'leave', rank: 0 },
  },
]

/** Names of actions in the footer, where the selected row is what they are for. */
function footerOf(action: Action): Pick<Binding, 'footer'> {
  const { name } = action
  if (name === 'promote') return { footer: { label: 'promote', rank: 5 } }
  if (name === 'start') return { footer: { label: ({ state }) => (isDownSelected(state) ? 'start' : ''), rank: 4 } }
  const words: Readonly<Record<string, string>> = { 'cancel-query': 'cancel', 'terminate-session': 'terminate' }
  const word = words[name]
  if (word === undefined) return {}
  const label = (state: State) => {
    const marked = markedSessions(state, action)
    if (marked) return `${word} ${marked.count} marked`
    return actionRow(state)?.actionTarget ? word : ''
  }
  return { footer: { label: ({ state }) => label(state), rank: 2 } }
}

/** Whether the selected server or database is down. */
function isDownSelected(state: State): boolean {
  const { servers = [], databases = [] } = shownCluster(state)?.picture ?? {}
  const id = selectedNodeId(state)
  return [...servers, ...databases].some((view) => view.id === id && view.problem !== null)
}

function isSessionRow(state: State): boolean {
  const row = selectedRow(state)
  return row?.alert === undefined && row?.actionTarget?.input.pid !== undefined
}

function isPlanTyped(state: State): boolean {
  return state.navigation.overlay.kind === 'none' && shownAction(state)?.current.phase === 'planned'
}

/** An act by its key, or by its name in the palette. */
function actBinding(action: Action): Binding {
  const { name, key, title } = action
  return {
    keys: [key ?? `:${name}`],
    id: `do-${name}`,
    title,
    group: 'Act',
    modes: CALM,
    inPalette: true,
    ...footerOf(action),
    reason: ({ state }) => whyNoAction(state, action),
  }
}

function running(
  key: string,
  id: BindingId,
  title: string,
  word: string,
  what: RunKey,
  modes: readonly KeyMode[] = ['run'],
): Binding {
  return {
    keys: [key],
    id,
    title,
    group: 'Act',
    modes,
    footer: { label: word, rank: 1 },
    reason: ({ state }) => whyNoRunKey(state, what),
  }
}
