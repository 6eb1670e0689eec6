// Moves through rows, lines and entries, and sorts rows.

import type { SortOrder } from '../../../state/navigation.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import { menuActions } from '../../actions/available-actions.ts'
import { EXPORT_FORMATS } from '../../frame/export-formats.ts'
import { clickTargetOf } from '../../frame/parts/click-target.ts'
import { bodyHeight, frame, scrolledLines } from '../../frame/screen.ts'
import type { PaneOrdering } from '../../views/list/view.ts'
import { shownAction } from '../bindings/action-input.ts'
import type { CommandContext } from '../bindings/command-context.ts'
import { currentSelection, focusedViewPane } from '../bindings/selection.ts'
import { paletteEntries } from '../keymap/palette.ts'

/** Moves by this many rows, lines or entries of the open list; infinite for the first and the last. */
export function moveSelection(context: CommandContext, by: number): void {
  const { overlay, details } = context.store.latest().navigation
  // A name or a reason belongs to the row that it was begun on.
  if (overlay.kind === 'rename' || overlay.kind === 'silence') return
  if (overlay.kind === 'palette') {
    const entries = paletteEntries(context.bindingContext(), context.controller.faults, overlay.text)
    context.navigate({ type: 'chosen', index: clamp(overlay.chosen + by, entries.length) })
  } else if (overlay.kind === 'faults' || overlay.kind === 'export' || overlay.kind === 'actions') {
    const { length } = {
      export: EXPORT_FORMATS,
      faults: context.controller.faults,
      actions: overlay.kind === 'actions' ? menuActions(context.bindingContext().state, overlay.text ?? '') : [],
    }[overlay.kind]
    context.navigate({ type: 'chosen', index: clamp(overlay.chosen + by, length) })
  } else if (overlay.kind === 'help' || details || shownAction(context.store.latest())) scroll(context, by)
  else moveRow(context, by)
}

function scroll({ bindingContext, screen, navigate, store }: CommandContext, by: number): void {
  const { state } = bindingContext()
  const { overlay, details } = state.navigation
  const size = screen()
  const lines = scrolledLines(bindingContext(), size)?.length ?? 0
  const room = bodyHeight(state, size)
  // If not everything fits, one line shows the position.
  const last = lines <= room ? 0 : lines - (room - 1)
  const act = overlay.kind === 'help' ? null : shownAction(state)
  if (act) {
    const to = clamp(Math.min(act.scroll ?? last, last) + by, last + 1)
    store.dispatch({ type: 'action-scrolled', to: to === last && act.current.phase === 'running' ? null : to })
    return
  }
  const now = overlay.kind === 'help' ? overlay.scroll : (details?.scroll ?? 0)
  navigate({ type: 'scrolled', to: clamp(Math.min(now, last) + by, last + 1) })
}

function moveRow({ bindingContext, navigate }: CommandContext, by: number): void {
  const here = currentSelection(bindingContext().state)
  const row = here?.rows[clamp(here.index + by, here.rows.length)]
  if (here && row) navigate({ type: 'row-selected', pane: here.pane.id, id: row.id })
}

/** Marks the selected row, or unmarks it, and goes to the next one. */
export function markRow(context: CommandContext): void {
  const { bindingContext, navigate } = context
  const { state } = bindingContext()
  const here = currentSelection(state)
  const row = here?.rows[here.index]
  if (!here || !row) return
  const isMarked = state.navigation.marked[here.pane.id]?.includes(row.id) ?? false
  navigate({ type: 'row-marked', pane: here.pane.id, id: row.id, marked: !isMarked })
  moveRow(context, 1)
}

/** Focuses another pane of the view where the filter leaves no row in the focused one. */
export function focusPaneWithMatch({ bindingContext, navigate }: CommandContext): void {
  const { state } = bindingContext()
  const here = currentSelection(state)
  if (!here || state.navigation.filter.trim() === '' || here.rows.length > 0) return
  const panes = here.view.panes(state, here.cluster)
  const match = panes.find(({ id }) => here.view.rows(state, here.cluster, id).length > 0)
  if (match) navigate({ type: 'pane-focused', pane: match.id })
}

/** Selects the row of a table that is drawn on that row of the screen. */
export function clickRow({ store, screen, controller, navigate }: CommandContext, row: number): void {
  const live = store.latest()
  const { overlay, details } = live.navigation
  if (overlay.kind !== 'none' || details || shownAction(live)) return
  const aim = clickTargetOf(frame(live, screen(), controller.faults)[row])
  if (aim) navigate({ type: 'row-selected', pane: aim.pane, id: aim.id })
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1))
}

/** Sorts the focused pane by its next column (after the last: the natural order), or reverses the order. */
export function sortPane({ bindingContext, navigate, notify }: CommandContext, how: 'next' | 'reverse'): void {
  const { state } = bindingContext()
  const cluster = shownCluster(state)
  const pane = cluster ? focusedViewPane(state, cluster) : null
  if (!pane || typeof pane.ordering === 'string') return
  const sort = nextSort(pane.ordering, state.navigation.sort[pane.id] ?? null, how)
  navigate({ type: 'sorted', pane: pane.id, sort })
  notify('info', pane.ordering.describe(sort))
}

function nextSort(
  { columns, greatestFirst, natural }: PaneOrdering,
  now: SortOrder | null,
  how: 'next' | 'reverse',
): SortOrder | null {
  const present = now?.column ?? natural
  const next = present === null ? columns[0] : columns[columns.indexOf(present) + 1]
  const column = how === 'next' ? (next ?? natural) : (present ?? columns[0])
  if (column === undefined || column === null) return null
  if (how === 'next') return { column, descending: greatestFirst.has(column) }
  const descending = now?.descending ?? (natural !== null && greatestFirst.has(natural))
  return { column, descending: !descending }
}
