// Moving through rows, lines and entries, and putting rows in order.

import { clusterShown, paneFocused } from '../state/select/cluster.ts'
import { DATABASE_ORDER, GREATEST_FIRST, SERVER_ORDER } from '../state/select/order.ts'
import { rowsOf, selectedIndex } from '../state/select/rows.ts'
import { paletteEntries } from './palette.ts'
import { bodyRoom, scrolledLines } from './screen.ts'
import type { Deeds } from './stage.ts'

/** Moves by so many rows, lines or entries, whatever is open; infinite for the first and the last. */
export function move(deeds: Deeds, by: number): void {
  const { overlay, details } = deeds.store.latest().navigation
  if (overlay.kind === 'palette') {
    const entries = paletteEntries(deeds.sight(), deeds.engine.faults, overlay.text)
    deeds.go({ type: 'chosen', index: clamp(overlay.chosen + by, entries.length) })
  } else if (overlay.kind === 'faults') {
    deeds.go({ type: 'chosen', index: clamp(overlay.chosen + by, deeds.engine.faults.length) })
  } else if (overlay.kind === 'help' || details) scroll(deeds, by)
  else moveRow(deeds, by)
}

function scroll({ store, sight, screen, go }: Deeds, by: number): void {
  const state = store.latest()
  const { overlay, details } = state.navigation
  const size = screen()
  const lines = scrolledLines(sight(), size)?.length ?? 0
  const room = bodyRoom(state, size)
  // One line of the room tells where one is, as soon as there is more than fits.
  const last = lines <= room ? 0 : lines - (room - 1)
  const now = overlay.kind === 'help' ? overlay.scroll : (details?.scroll ?? 0)
  go({ type: 'scrolled', to: clamp(Math.min(now, last) + by, last + 1) })
}

function moveRow({ store, go }: Deeds, by: number): void {
  const state = store.latest()
  const cluster = clusterShown(state)
  if (!cluster) return
  const pane = paneFocused(state, cluster)
  const rows = rowsOf(state, cluster, pane)
  const row = rows[clamp(selectedIndex(state, pane, rows) + by, rows.length)]
  if (row) go({ type: 'row-selected', pane, id: row.id })
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1))
}

/** Sorts the focused pane by its next column (after the last: the natural order), or the other way round. */
export function sortBy({ store, go, tell }: Deeds, how: 'next' | 'reverse'): void {
  const state = store.latest()
  const cluster = clusterShown(state)
  const pane = cluster ? paneFocused(state, cluster) : 'events'
  if (pane === 'events') return
  const columns = Object.keys(pane === 'servers' ? SERVER_ORDER : DATABASE_ORDER)
  const now = state.navigation.sort[pane]
  const column = how === 'next' ? columns[now ? columns.indexOf(now.column) + 1 : 0] : (now?.column ?? columns[0])
  if (column === undefined) {
    go({ type: 'sorted', pane, sort: null })
    tell('info', `${pane} are in their natural order`)
    return
  }
  const descending = how === 'reverse' ? !(now?.descending ?? false) : GREATEST_FIRST.has(column)
  go({ type: 'sorted', pane, sort: { column, descending } })
  tell('info', `${pane} are sorted by ${column}, ${descending ? 'greatest' : 'smallest'} first`)
}
