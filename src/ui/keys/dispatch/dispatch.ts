// From a key to its effect: finds the binding, reports why it can't be used now, or runs it.

import { clean } from '../../../model/values/text.ts'
import type { NavigationEvent } from '../../../state/navigation.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import { isHistoryShown, shownState } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import {
  acceptActionInput,
  beginAction,
  changeInputs,
  confirmPlan,
  leaveAction,
  pressRunKey,
  showRun,
  toggleFolded,
} from '../../actions/action-keys.ts'
import { collectSelectedLogs } from '../../actions/collect-logs.ts'
import { copySelection } from '../../actions/copy.ts'
import { openDiagnosis } from '../../actions/diagnose.ts'
import { openHbaCheck } from '../../actions/hba-check.ts'
import { openEditor, openPsql, suspendProgram } from '../../actions/leave-screen.ts'
import { endSilence, openSilenceEntry } from '../../actions/silence.ts'
import type { TerminalMouseEvent } from '../../terminal/mouse.ts'
import type { FixedBindingId } from '../binding-id.ts'
import { actionInputText, shownAction, takesConfirmation } from '../bindings/action-input.ts'
import { actionBegunBy, keyModeOf, viewOpenedBy, whyNot } from '../bindings/binding.ts'
import type { CommandContext, TerminalContext } from '../bindings/command-context.ts'
import { isRecordingOnly, stepInHistory, stepToMark } from '../bindings/history-mode.ts'
import { focusedViewPane, openView } from '../bindings/selection.ts'
import { currentEnterTarget, selectedNodeId } from '../bindings/selection-target.ts'
import { textOfKey } from '../input.ts'
import { bindingFor } from '../keymap/keymap.ts'
import { updateActiveQueries } from './active-queries.ts'
import { clickRow, focusPaneWithMatch, markRow, moveSelection, sortPane } from './moves.ts'
import { acceptOverlay, openFaults, overlayText } from './overlay-input.ts'
import { openWorstAlert, selectNode } from './select-node.ts'

export interface KeyDispatcher {
  /** Selects a server or database by its id or display name. False if there is none. */
  select(name: string): boolean
  /** A key by its name. */
  press(key: string): void
  /** Pasted text: it is typed where text is accepted, and never counts as keys. */
  paste(text: string): void
  mouse(event: TerminalMouseEvent): void
}

/** Changes of these fields change the shown figures. */
const LOOKED_AT_ANEW: ReadonlySet<string> = new Set<NavigationEvent['type']>([
  'view-opened',
  'cluster-shown',
  'details-opened',
  'details-closed',
])
/** The longest typed text. A page pasted by mistake would block the polls. */
const LONGEST_PASTE = 500
const HOUR_MS = 3_600_000
const INTERVALS_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const

/** The effects of keys, pasted text and the mouse on this terminal and its program. */
export function createKeyDispatcher(terminal: TerminalContext): KeyDispatcher {
  const { store, controller } = terminal
  const context: CommandContext = {
    ...terminal,
    bindingContext: () => ({ state: shownState(store.latest()), faults: controller.faults.length }),
    navigate(event) {
      store.dispatch(event)
      if (LOOKED_AT_ANEW.has(event.type)) updateActiveQueries(controller, store.latest())
    },
    notify: (severity, text) =>
      store.dispatch({ type: 'notified', notice: { at: store.latest().now, severity, text } }),
    run(id) {
      const view = viewOpenedBy(id)
      const act = actionBegunBy(id)
      if (view !== null) {
        context.navigate({ type: 'view-opened', view })
        focusPaneWithMatch(context)
      } else if (act !== null) beginAction(context, act)
      else COMMANDS[id as FixedBindingId](context)
    },
  }
  const type = (text: string) => {
    retype(context, (before) => before + text)
  }
  return {
    select: (name) => selectNode(context, name),
    press(key) {
      const bindingContext = context.bindingContext()
      const mode = keyModeOf(bindingContext.state)
      const binding = bindingFor(key, mode, bindingContext.state.keys)
      const text = textOfKey(key)
      if (binding) {
        const reason = whyNot(binding, bindingContext)
        if (reason === null) context.run(binding.id)
        else context.notify('warning', `${binding.keys[0]}: ${reason}`)
      } else if (text !== null && (mode === 'entry' || mode === 'palette')) type(text)
    },
    paste(text) {
      if (takesConfirmation(store.latest()))
        context.notify('warning', 'type the confirmation: pasted text is not accepted')
      else if (typedText(store.latest()) === null) context.notify('info', 'pasted text is not used as keys')
      else type(clean(text.slice(0, LONGEST_PASTE)))
    },
    mouse(event) {
      if (event.kind === 'click') clickRow(context, event.row)
      else moveSelection(context, event.by)
    },
  }
}

const COMMANDS: Readonly<Record<FixedBindingId, (context: CommandContext) => void>> = {
  down: (context) => moveSelection(context, 1),
  up: (context) => moveSelection(context, -1),
  first: (context) => moveSelection(context, Number.NEGATIVE_INFINITY),
  last: (context) => moveSelection(context, Number.POSITIVE_INFINITY),
  'page-down': (context) => moveSelection(context, page(context)),
  'page-up': (context) => moveSelection(context, -page(context)),
  open,
  back,
  'next-pane': nextPane,
  filter: ({ navigate, store }) => {
    const { filter, overlay } = store.latest().navigation
    if (overlay.kind === 'actions') return navigate({ type: 'typed', text: '' })
    navigate({ type: 'overlay-opened', overlay: { kind: 'filter', text: filter, before: filter } })
  },
  palette: ({ navigate }) => navigate({ type: 'overlay-opened', overlay: { kind: 'palette', text: '', chosen: 0 } }),
  sort: (context) => sortPane(context, 'next'),
  'sort-reverse': (context) => sortPane(context, 'reverse'),
  pause: ({ controller, store }) => controller.setPaused(!store.latest().paused),
  faster: (context) => changeInterval(context, 'faster'),
  slower: (context) => changeInterval(context, 'slower'),
  earlier: (context) => stepInHistory(context, 'back'),
  later: (context) => stepInHistory(context, 'forward'),
  'mark-before': (context) => stepToMark(context, 'before'),
  'mark-after': (context) => stepToMark(context, 'after'),
  copy: copySelection,
  export: ({ navigate }) => navigate({ type: 'overlay-opened', overlay: { kind: 'export', chosen: 0 } }),
  hba: openHbaCheck,
  diagnose: openDiagnosis,
  rename: openRename,
  actions: openActions,
  agree: confirmPlan,
  fold: toggleFolded,
  'change-inputs': changeInputs,
  'run-override': (context) => pressRunKey(context, 'override'),
  'run-retry': (context) => pressRunKey(context, 'retry'),
  'run-skip': (context) => pressRunKey(context, 'skip'),
  'run-undo': (context) => pressRunKey(context, 'undo'),
  'run-stop': (context) => pressRunKey(context, 'stop'),
  'run-by-hand': (context) => pressRunKey(context, 'by-hand'),
  faults: openFaults,
  help: ({ navigate }) => navigate({ type: 'overlay-opened', overlay: { kind: 'help', scroll: 0 } }),
  mark: markRow,
  'worst-alert': openWorstAlert,
  acknowledge: (context) => openSilenceEntry(context, 'while it lasts'),
  'silence-1-h': (context) => openSilenceEntry(context, HOUR_MS),
  'silence-8-h': (context) => openSilenceEntry(context, 8 * HOUR_MS),
  'silence-until': (context) => openSilenceEntry(context, 'until'),
  unsilence: endSilence,
  'collect-logs': collectSelectedLogs,
  psql: openPsql,
  edit: openEditor,
  suspend: suspendProgram,
  redraw: ({ redraw }) => redraw(),
  quit: ({ quit }) => quit(),
  interrupt: ({ controller }) => controller.interrupt(),
  accept: (context) => (takesAct(context) ? acceptActionInput(context) : acceptOverlay(context)),
  leave: (context) => {
    const { navigate, store } = context
    if (takesAct(context)) return leaveAction(context)
    if (store.latest().navigation.overlay.kind === 'filter') navigate({ type: 'filtered', text: '' })
    navigate({ type: 'overlay-closed' })
  },
  erase: (context) => retype(context, (text) => [...text].slice(0, -1).join('')),
  'erase-word': (context) => retype(context, (text) => text.replace(/\S*\s*$/, '')),
  'erase-all': (context) => retype(context, () => ''),
}

/** Whether the action on the screen has the keys and nothing covers it. */
function takesAct({ store }: CommandContext): boolean {
  const state = store.latest()
  return shownAction(state) !== null && state.navigation.overlay.kind === 'none'
}

/** The run in progress, else the menu. */
function openActions(context: CommandContext): void {
  if (context.store.latest().action) showRun(context)
  else context.navigate({ type: 'overlay-opened', overlay: { kind: 'actions', chosen: 0, text: null } })
}

function page({ screen }: CommandContext): number {
  return Math.max(1, Math.floor(screen().rows / 2))
}

function retype(context: CommandContext, change: (text: string) => string): void {
  const { navigate, store } = context
  const state = store.latest()
  const text = typedText(state)
  if (text === null) return
  if (keyModeOf(state) === 'entry' && state.navigation.overlay.kind === 'none')
    store.dispatch({ type: 'action-typed', text: change(text) })
  else navigate({ type: 'typed', text: change(text) })
  if (state.navigation.overlay.kind === 'filter') focusPaneWithMatch(context)
}

/** The text being typed, into an entry or an action; null if nothing takes text. */
function typedText(state: State): string | null {
  return state.navigation.overlay.kind === 'none' ? actionInputText(state) : overlayText(state)
}

function open({ navigate, bindingContext }: CommandContext): void {
  const opening = currentEnterTarget(bindingContext().state)
  if (opening.kind === 'details') {
    const { view, pane, id } = opening
    navigate({ type: 'details-opened', view, pane, id })
  } else if (opening.kind === 'cluster') {
    navigate({ type: 'cluster-shown', cluster: opening.name })
    navigate({ type: 'view-opened', view: 'topology' })
  }
}

function back({ navigate, store }: CommandContext): void {
  const state = store.latest()
  const { overlay, details, filter } = state.navigation
  if (overlay.kind !== 'none') navigate({ type: 'overlay-closed' })
  // The header announces this key in every mode.
  else if (isHistoryShown(state) && !isRecordingOnly(state)) navigate({ type: 'history-shown', at: null })
  else if (details) navigate({ type: 'details-closed' })
  else if (filter !== '') navigate({ type: 'filtered', text: '' })
  else if (hasMarks(state)) navigate({ type: 'marks-cleared' })
}

function hasMarks({ navigation }: State): boolean {
  return Object.values(navigation.marked).some((ids) => (ids ?? []).length > 0)
}

function nextPane({ navigate, bindingContext }: CommandContext): void {
  const { state } = bindingContext()
  const cluster = shownCluster(state)
  if (!cluster) return
  const panes = openView(state).panes(state, cluster)
  const next = panes[(panes.findIndex(({ id }) => id === focusedViewPane(state, cluster)?.id) + 1) % panes.length]
  if (next) navigate({ type: 'pane-focused', pane: next.id })
}

function changeInterval({ controller, store, notify }: CommandContext, change: 'faster' | 'slower'): void {
  const now = store.latest().intervalMs
  const next = change === 'faster' ? INTERVALS_MS.findLast((ms) => ms < now) : INTERVALS_MS.find((ms) => ms > now)
  if (next === undefined) notify('info', `polling is already at its ${change === 'faster' ? 'fastest' : 'slowest'}`)
  else controller.setInterval(next)
}

function openRename({ navigate, bindingContext }: CommandContext): void {
  const { state } = bindingContext()
  const cluster = shownCluster(state)
  const id = selectedNodeId(state)
  const record = [...(cluster?.servers ?? []), ...(cluster?.databases ?? [])].find(({ spec }) => spec.id === id)
  if (!cluster || !record) return
  const overlay = {
    kind: 'rename',
    cluster: cluster.spec.name,
    id: record.spec.id,
    text: record.displayName,
    problem: null,
  } as const
  navigate({ type: 'overlay-opened', overlay })
}
