// Every key in one table: dispatch, the footer, `?`, the palette, `pgdeck keys` and docs/keys.md use it.

import { isHistoryShown } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import { ALERT_BINDINGS } from '../../actions/alert-bindings.ts'
import { ACTION_BINDINGS } from '../../actions/bindings.ts'
import { whyNoLogs } from '../../actions/collect-logs.ts'
import { DIAGNOSE_BINDING } from '../../actions/diagnose.ts'
import { HBA_BINDING } from '../../actions/hba-check.ts'
import { whyNoPsql } from '../../actions/leave-screen.ts'
import { VIEWS } from '../../views/index.ts'
import { type Binding, KEY_MODES, type KeyMode } from '../bindings/binding.ts'
import { withCustomBindings } from '../bindings/custom-keys.ts'
import { isRecordingOnly, whyNoMark, whyNoStepBack, whyNoStepForward } from '../bindings/history-mode.ts'
import { openView } from '../bindings/selection.ts'
import { whyNoNextPane, whyNotOpened, whyNotRenamed, whyNotSorted } from '../bindings/selection-target.ts'
import { TYPING_BINDINGS } from '../bindings/typing-bindings.ts'
import { viewBindings } from '../bindings/view-bindings.ts'
import { type CustomKeys, currentActionKey } from '../names.ts'

const LISTS: readonly KeyMode[] = ['rows', 'details', 'help', 'menu', 'plan', 'run']
const CALM: readonly KeyMode[] = ['rows', 'details']
const OVERLAYS: readonly KeyMode[] = ['menu', 'palette', 'entry']

export const BINDINGS: readonly Binding[] = [
  { keys: ['j', 'down'], id: 'down', title: 'next row or line', group: 'Move', modes: LISTS },
  { keys: ['k', 'up'], id: 'up', title: 'previous row or line', group: 'Move', modes: LISTS },
  { keys: ['down', 'ctrl+n'], id: 'down', title: 'next entry', group: 'Entry', modes: ['palette'] },
  { keys: ['up', 'ctrl+p'], id: 'up', title: 'previous entry', group: 'Entry', modes: ['palette'] },
  { keys: ['g', 'home'], id: 'first', title: 'first row', group: 'Move', modes: LISTS },
  { keys: ['G', 'end'], id: 'last', title: 'last row', group: 'Move', modes: LISTS },
  { keys: ['pagedown'], id: 'page-down', title: 'one page down', group: 'Move', modes: LISTS },
  { keys: ['pageup'], id: 'page-up', title: 'one page up', group: 'Move', modes: LISTS },
  {
    keys: ['enter'],
    id: 'open',
    title: 'details of the selected row',
    group: 'Look',
    modes: ['rows'],
    footer: { label: ({ state }) => openView(state).enter, rank: 1 },
    reason: ({ state }) => whyNotOpened(state),
  },
  {
    keys: ['esc'],
    id: 'back',
    title: 'back; leave recorded time; clear the filter',
    group: 'Move',
    modes: ['rows'],
    footer: { label: ({ state }) => wayBack(state), rank: 1 },
  },
  {
    keys: ['esc'],
    id: 'back',
    title: 'back',
    group: 'Move',
    modes: ['details', 'help'],
    footer: { label: ({ state }) => (returnsToNow(state) ? 'to now' : 'back'), rank: 1 },
  },
  {
    keys: ['tab'],
    id: 'next-pane',
    title: 'next pane',
    group: 'Move',
    modes: ['rows'],
    footer: { label: 'next pane', rank: 3 },
    reason: ({ state }) => whyNoNextPane(state),
  },
  ...viewBindings(VIEWS),
  {
    keys: ['/'],
    id: 'filter',
    title: 'filter the rows, or the menu of actions',
    group: 'Look',
    modes: ['rows', 'menu'],
    footer: { label: 'filter', rank: 6 },
    inPalette: true,
  },
  {
    keys: [':'],
    id: 'palette',
    title: 'command palette: every view and action by name',
    group: 'Look',
    modes: CALM,
    footer: { label: 'command', rank: 5 },
  },
  {
    keys: ['s'],
    id: 'sort',
    title: 'sort by the next column',
    group: 'Look',
    modes: ['rows'],
    footer: { label: 'sort', rank: 8 },
    inPalette: true,
    reason: ({ state }) => whyNotSorted(state),
  },
  {
    keys: ['S'],
    id: 'sort-reverse',
    title: 'reverse the order',
    group: 'Look',
    modes: ['rows'],
    inPalette: true,
    reason: ({ state }) => whyNotSorted(state),
  },
  {
    keys: ['space'],
    id: 'pause',
    title: 'pause and resume polling',
    group: 'Poll',
    modes: CALM,
    footer: { label: 'pause', rank: 7 },
    inPalette: true,
  },
  { keys: ['+'], id: 'faster', title: 'poll more often', group: 'Poll', modes: CALM, inPalette: true },
  { keys: ['-'], id: 'slower', title: 'poll less often', group: 'Poll', modes: CALM, inPalette: true },
  {
    keys: ['['],
    id: 'earlier',
    title: 'step back in recorded time',
    group: 'Look',
    modes: CALM,
    footer: { label: 'earlier', rank: 9 },
    inPalette: true,
    reason: ({ state }) => whyNoStepBack(state),
  },
  {
    keys: [']'],
    id: 'later',
    title: 'step forward in recorded time, up to now',
    group: 'Look',
    modes: CALM,
    footer: { label: 'later', rank: 2 },
    inPalette: true,
    reason: ({ state }) => whyNoStepForward(state),
  },
  {
    keys: ['N'],
    id: 'mark-before',
    title: 'previous mark in recorded time: an alert, a run, a change of roles',
    group: 'Look',
    modes: CALM,
    inPalette: true,
    reason: ({ state }) => whyNoMark(state, 'before'),
  },
  {
    keys: ['n'],
    id: 'mark-after',
    title: 'next mark in recorded time',
    group: 'Look',
    modes: CALM,
    footer: { label: ({ state }) => (isHistoryShown(state) ? 'next mark' : ''), rank: 3 },
    inPalette: true,
    reason: ({ state }) => whyNoMark(state, 'after'),
  },
  {
    keys: ['y'],
    id: 'copy',
    title: 'copy the selected row, or the details, to the clipboard of the terminal',
    group: 'Look',
    modes: CALM,
    inPalette: true,
  },
  {
    keys: ['e'],
    id: 'export',
    title: 'export the screen to a file: text, SVG, JSON',
    group: 'Look',
    modes: CALM,
    inPalette: true,
  },
  HBA_BINDING,
  DIAGNOSE_BINDING,
  {
    keys: ['r'],
    id: 'rename',
    title: 'rename: set a display name',
    group: 'Act',
    modes: CALM,
    footer: { label: 'rename', rank: 4 },
    inPalette: true,
    reason: ({ state }) => whyNotRenamed(state),
  },
  ...ACTION_BINDINGS,
  ...ALERT_BINDINGS,
  {
    keys: ['l'],
    id: 'collect-logs',
    title: 'collect logs of the selected server or database into a file',
    group: 'Act',
    modes: CALM,
    inPalette: true,
    reason: ({ state }) => whyNoLogs(state),
  },
  {
    // Not a key: this is typed into the palette.
    keys: [':psql'],
    id: 'psql',
    title: 'psql on the selected database',
    group: 'Act',
    modes: CALM,
    inPalette: true,
    reason: (context) => whyNoPsql(context),
  },
  {
    keys: [':edit'],
    id: 'edit',
    title: 'edit the configuration in your editor',
    group: 'Program',
    modes: CALM,
    inPalette: true,
  },
  {
    keys: ['f'],
    id: 'faults',
    title: 'demo: make a fault and heal it',
    group: 'Act',
    modes: CALM,
    footer: { label: 'faults', rank: 2 },
    inPalette: true,
    reason: ({ faults }) => (faults > 0 ? null : 'faults can only be made in the demo: pgdeck demo'),
  },
  {
    keys: ['enter'],
    id: 'accept',
    title: 'confirm the choice or the text',
    group: 'Entry',
    modes: OVERLAYS,
    footer: { label: 'confirm', rank: 0 },
  },
  {
    keys: ['esc'],
    id: 'leave',
    title: 'cancel',
    group: 'Entry',
    modes: OVERLAYS,
    footer: { label: 'cancel', rank: 0 },
  },
  {
    keys: ['?'],
    id: 'help',
    title: 'help: the keys of this view',
    group: 'Program',
    modes: ['rows', 'details', 'menu'],
    footer: { label: 'help', rank: 0 },
    inPalette: true,
  },
  { keys: ['ctrl+z'], id: 'suspend', title: 'suspend: fg resumes', group: 'Program', modes: KEY_MODES },
  {
    keys: ['ctrl+l'],
    id: 'redraw',
    title: 'redraw the screen',
    group: 'Program',
    modes: KEY_MODES,
    inPalette: true,
  },
  {
    keys: ['q'],
    id: 'quit',
    title: 'quit',
    group: 'Program',
    modes: LISTS,
    footer: { label: 'quit', rank: 0 },
    inPalette: true,
    reason: ({ state }) =>
      state.action?.current.phase === 'running'
        ? `a run is in progress: stop it first with ${currentActionKey(state, 'run-stop', 'x')}; ${currentActionKey(state, 'interrupt', 'ctrl+c')} interrupts it`
        : null,
  },
  { keys: ['ctrl+c'], id: 'interrupt', title: 'quit, whatever is open', group: 'Program', modes: KEY_MODES },
  ...TYPING_BINDINGS,
]

function returnsToNow(state: State): boolean {
  return isHistoryShown(state) && !isRecordingOnly(state)
}

/** The effect of `esc` on rows; no text while it has none. */
function wayBack(state: State): string {
  if (returnsToNow(state)) return 'to now'
  return state.navigation.filter === '' ? '' : 'all rows'
}

const madeFor = new WeakMap<CustomKeys, readonly Binding[]>()

/** The whole table with the user's own keys in it. */
export function bindingsWithCustomKeys(customKeys: CustomKeys): readonly Binding[] {
  const known = madeFor.get(customKeys)
  if (known) return known
  const made = withCustomBindings(BINDINGS, customKeys)
  madeFor.set(customKeys, made)
  return made
}

/** The binding of a key in a mode. */
export function bindingFor(key: string, mode: KeyMode, customKeys: CustomKeys = {}): Binding | null {
  return (
    bindingsWithCustomKeys(customKeys).find(({ keys, modes }) => modes.includes(mode) && keys.includes(key)) ?? null
  )
}
