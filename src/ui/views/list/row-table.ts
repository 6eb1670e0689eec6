// A table with a selected row: the rows around it, with the selection marked, each linked for clicks.

import type { PaneId } from '../../../state/navigation.ts'
import { selectedRowIndex } from '../../../state/select/rows.ts'
import type { State } from '../../../state/state.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { withClickTarget } from '../../frame/parts/click-target.ts'
import { layoutTable, type TableColumn } from '../../frame/parts/table.ts'
import type { ListRowStyle } from './list-options.ts'
import { firstVisibleIndex, type Viewport } from './view.ts'

export interface RowTable<Row> {
  readonly id: PaneId
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  /** The number of rows that fit. */
  readonly length: number
  /** False if another pane has the keys: then no row is marked. */
  readonly hasFocus: boolean
  rowStyle(row: Row): ListRowStyle
}

export interface RowTableLines {
  readonly head: Line
  readonly lines: readonly Line[]
  /** Which row the first line is. */
  readonly first: number
}

export function rowTable<Row extends { readonly id: string }>(
  { id, columns, rows, length, hasFocus, rowStyle }: RowTable<Row>,
  state: State,
  { glyphs, columns: width }: Viewport,
): RowTableLines {
  const selected = selectedRowIndex(state, id, rows)
  const first = firstVisibleIndex(selected, rows.length, length)
  const sort = state.navigation.sort[id]
  const marks = new Set(state.navigation.marked[id] ?? [])
  const laidOut = layoutTable({
    columns,
    rows,
    visible: { first, length },
    width,
    ellipsis: glyphs.ellipsis,
    spoken: glyphs.forScreenReader,
    sorted: sort ? { column: sort.column, mark: sort.descending ? glyphs.down : glyphs.up } : null,
    rowStyle(row, index) {
      const isSelected = hasFocus && index === selected
      const mark = marks.has(row.id) ? '+' : ' '
      const { stale = false, note = null } = rowStyle(row)
      return {
        marker: span(`${mark}${isSelected ? glyphs.selected : ' '} `, 'accent'),
        base: stale ? 'dim' : isSelected ? 'strong' : 'plain',
        note,
      }
    },
  })
  const lines = laidOut.rows.map((each, index) => withClickTarget(each, id, rows[first + index]?.id ?? ''))
  return { head: laidOut.head, lines, first }
}
