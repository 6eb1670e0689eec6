// From a key to what it does: looks the binding up, says why it can't be used now, or runs it.

import { clean } from '../../../model/values/text.ts'
import type { NavigationEvent } from '../../../state/navigation.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import { isHistoryShown, shownState } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import { acceptAct, agree, beginAct, leaveAct, pressRunKey, showAct } from '../../actions/action-keys.ts'
import { collectLogs } from '../../actions/collect-logs.ts'
import { copy } from '../../actions/copy.ts'
import { openDiagnosis } from '../../actions/diagnose.ts'
import { openHbaCheck } from '../../actions/hba-check.ts'
import { openEditor, openPsql, suspend } from '../../actions/leave-screen.ts'
import { endSilence, openSilence } from '../../actions/silence.ts'
import type { MouseEvent } from '../../terminal/mouse.ts'
import { actText, shownAct, takesConfirmation } from '../bindings/action-input.ts'
import { actBegunBy, type FixedActionId, modeOf, viewOpenedBy, whyNot } from '../bindings/binding.ts'
import type { Deeds, Stage } from '../bindings/command-context.ts'
import { step } from '../bindings/history-mode.ts'
import { focusedPane, viewShown } from '../bindings/selection.ts'
import { openingNow, subjectId } from '../bindings/selection-target.ts'
import { typedBy } from '../input.ts'
import { bindingFor } from '../keymap/keymap.ts'
import { look } from './active-queries.ts'
import { click, move, sortBy } from './moves.ts'
import { acceptEntry, fieldText } from './overlay-input.ts'

export interface Actor {
  /** A key by its name. */
  press(key: string): void
  /** Text that was pasted: it is typed where text is taken and never counts as keys. */
  paste(text: string): void
  mouse(event: MouseEvent): void
}

/** What changes which figures are on the screen. */
const LOOKED_AT_ANEW: ReadonlySet<string> = new Set<NavigationEvent['type']>([
  'view-opened',
  'cluster-shown',
  'details-opened',
  'details-closed',
])
/** Nothing that is typed here is longer; a page pasted by mistake would hold up the polls. */
const LONGEST_PASTE = 500
const HOUR_MS = 3_600_000
const INTERVALS_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const

/** An actor on a stage. */
export function createActor(stage: Stage): Actor {
  const { store, engine } = stage
  const deeds: Deeds = {
    ...stage,
    sight: () => ({ state: shownState(store.latest()), faults: engine.faults.length }),
    go(event) {
      store.dispatch(event)
      if (LOOKED_AT_ANEW.has(event.type)) look(engine, store.latest())
    },
    tell: (severity, text) => store.dispatch({ type: 'notified', notice: { at: store.latest().now, severity, text } }),
    run(id) {
      const view = viewOpenedBy(id)
      const act = actBegunBy(id)
      if (view !== null) deeds.go({ type: 'view-opened', view })
      else if (act !== null) beginAct(deeds, act)
      else ACTIONS[id as FixedActionId](deeds)
    },
  }
  const type = (text: string) => {
    retype(deeds, (before) => before + text)
  }
  return {
    press(key) {
      const sight = deeds.sight()
      const mode = modeOf(sight.state)
      const binding = bindingFor(key, mode, sight.state.keys)
      const text = typedBy(key)
      if (binding) {
        const reason = whyNot(binding, sight)
        if (reason === null) deeds.run(binding.id)
        else deeds.tell('warning', `${binding.keys[0]}: ${reason}`)
      } else if (text !== null && (mode === 'entry' || mode === 'palette')) type(text)
    },
    paste(text) {
      if (takesConfirmation(store.latest())) deeds.tell('warning', 'what confirms has to be typed, not pasted')
      else if (typedText(store.latest()) === null) deeds.tell('info', 'pasted text is not taken for keys')
      else type(clean(text.slice(0, LONGEST_PASTE)))
    },
    mouse(event) {
      if (event.kind === 'click') click(deeds, event.row)
      else if (modeOf(store.latest()) !== 'entry') move(deeds, event.by)
    },
  }
}

const ACTIONS: Readonly<Record<FixedActionId, (deeds: Deeds) => void>> = {
  down: (deeds) => move(deeds, 1),
  up: (deeds) => move(deeds, -1),
  first: (deeds) => move(deeds, Number.NEGATIVE_INFINITY),
  last: (deeds) => move(deeds, Number.POSITIVE_INFINITY),
  'page-down': (deeds) => move(deeds, page(deeds)),
  'page-up': (deeds) => move(deeds, -page(deeds)),
  open,
  back,
  'next-pane': nextPane,
  filter: ({ go, store }) => {
    go({ type: 'overlay-opened', overlay: { kind: 'filter', text: store.latest().navigation.filter } })
  },
  palette: ({ go }) => go({ type: 'overlay-opened', overlay: { kind: 'palette', text: '', chosen: 0 } }),
  sort: (deeds) => sortBy(deeds, 'next'),
  'sort-reverse': (deeds) => sortBy(deeds, 'reverse'),
  pause: ({ engine, store }) => engine.setPaused(!store.latest().paused),
  faster: (deeds) => changeInterval(deeds, 'faster'),
  slower: (deeds) => changeInterval(deeds, 'slower'),
  earlier: (deeds) => step(deeds, 'back'),
  later: (deeds) => step(deeds, 'forward'),
  copy,
  export: ({ go }) => go({ type: 'overlay-opened', overlay: { kind: 'export', chosen: 0 } }),
  hba: openHbaCheck,
  diagnose: openDiagnosis,
  rename: openRename,
  actions: openActions,
  agree,
  'run-override': (deeds) => pressRunKey(deeds, 'override'),
  'run-retry': (deeds) => pressRunKey(deeds, 'retry'),
  'run-skip': (deeds) => pressRunKey(deeds, 'skip'),
  'run-undo': (deeds) => pressRunKey(deeds, 'undo'),
  'run-stop': (deeds) => pressRunKey(deeds, 'stop'),
  'run-by-hand': (deeds) => pressRunKey(deeds, 'by-hand'),
  faults: ({ go }) => go({ type: 'overlay-opened', overlay: { kind: 'faults', chosen: 0 } }),
  help: ({ go }) => go({ type: 'overlay-opened', overlay: { kind: 'help', scroll: 0 } }),
  acknowledge: (deeds) => openSilence(deeds, 'while it stands'),
  'silence-1-h': (deeds) => openSilence(deeds, HOUR_MS),
  'silence-8-h': (deeds) => openSilence(deeds, 8 * HOUR_MS),
  'silence-until': (deeds) => openSilence(deeds, 'until'),
  unsilence: endSilence,
  'collect-logs': collectLogs,
  psql: openPsql,
  edit: openEditor,
  suspend,
  redraw: ({ redraw }) => redraw(),
  quit: ({ quit }) => quit(),
  interrupt: ({ engine }) => engine.interrupt(),
  accept: (deeds) => (takesAct(deeds) ? acceptAct(deeds) : acceptEntry(deeds)),
  leave: (deeds) => {
    const { go, store } = deeds
    if (takesAct(deeds)) return leaveAct(deeds)
    if (store.latest().navigation.overlay.kind === 'filter') go({ type: 'filtered', text: '' })
    go({ type: 'overlay-closed' })
  },
  erase: (deeds) => retype(deeds, (text) => [...text].slice(0, -1).join('')),
  'erase-word': (deeds) => retype(deeds, (text) => text.replace(/\S*\s*$/, '')),
  'erase-all': (deeds) => retype(deeds, () => ''),
}

/** Whether the act on the screen has the keys, and nothing lies over it. */
function takesAct({ store }: Deeds): boolean {
  const state = store.latest()
  return shownAct(state) !== null && state.navigation.overlay.kind === 'none'
}

/** The run that goes on, or else the menu. */
function openActions(deeds: Deeds): void {
  if (deeds.store.latest().act) showAct(deeds)
  else deeds.go({ type: 'overlay-opened', overlay: { kind: 'actions', chosen: 0 } })
}

function page({ screen }: Deeds): number {
  return Math.max(1, Math.floor(screen().rows / 2))
}

function retype({ go, store }: Deeds, change: (text: string) => string): void {
  const state = store.latest()
  const text = typedText(state)
  if (text === null) return
  if (modeOf(state) === 'entry' && state.navigation.overlay.kind === 'none')
    store.dispatch({ type: 'act-typed', text: change(text) })
  else go({ type: 'typed', text: change(text) })
}

/** The text being typed, into an entry or into an act; null when nothing takes text. */
function typedText(state: State): string | null {
  return state.navigation.overlay.kind === 'none' ? actText(state) : fieldText(state)
}

function open({ go, sight }: Deeds): void {
  const opening = openingNow(sight().state)
  if (opening.kind === 'details') {
    const { view, pane, id } = opening
    go({ type: 'details-opened', view, pane, id })
  } else if (opening.kind === 'cluster') {
    go({ type: 'cluster-shown', cluster: opening.name })
    go({ type: 'view-opened', view: 'topology' })
  }
}

function back({ go, store }: Deeds): void {
  const state = store.latest()
  const { overlay, details, filter } = state.navigation
  if (overlay.kind !== 'none') go({ type: 'overlay-closed' })
  // The header promises it, whatever is open.
  else if (isHistoryShown(state)) go({ type: 'moment-shown', at: null })
  else if (details) go({ type: 'details-closed' })
  else if (filter !== '') go({ type: 'filtered', text: '' })
}

function nextPane({ go, sight }: Deeds): void {
  const { state } = sight()
  const cluster = shownCluster(state)
  if (!cluster) return
  const panes = viewShown(state).panes(state, cluster)
  const next = panes[(panes.findIndex(({ id }) => id === focusedPane(state, cluster)?.id) + 1) % panes.length]
  if (next) go({ type: 'pane-focused', pane: next.id })
}

function changeInterval({ engine, store, tell }: Deeds, way: 'faster' | 'slower'): void {
  const now = store.latest().intervalMs
  const next = way === 'faster' ? INTERVALS_MS.findLast((ms) => ms < now) : INTERVALS_MS.find((ms) => ms > now)
  if (next === undefined) tell('info', `polling is at its ${way === 'faster' ? 'fastest' : 'slowest'} already`)
  else engine.setInterval(next)
}

function openRename({ go, sight }: Deeds): void {
  const { state } = sight()
  const cluster = shownCluster(state)
  const id = subjectId(state)
  const record = [...(cluster?.servers ?? []), ...(cluster?.databases ?? [])].find(({ spec }) => spec.id === id)
  if (!cluster || !record) return
  const overlay = {
    kind: 'rename',
    cluster: cluster.spec.name,
    id: record.spec.id,
    text: record.displayName,
    problem: null,
  } as const
  go({ type: 'overlay-opened', overlay })
}
