// Tables as lines. Columns drop by rank on a narrow screen, figures are right-aligned, a note may replace the rest of
// a row. For a screen reader each row names its columns.

import {
  cutLine,
  cutText,
  fitText,
  type Line,
  lineWidth,
  span,
  type TextSpan,
  type TextStyle,
  textWidth,
} from '../format/line.ts'
import { shortNames } from '../format/short-names.ts'
import { UNKNOWN_TEXT } from '../format/values.ts'

/** A cell, in one style or as runs of several. Cut, it is drawn in the one. */
export interface TableCell extends TextSpan {
  /** The same text, run by run. */
  readonly runs?: Line
}

export interface TableColumn<Row> {
  readonly id: string
  readonly title: string
  readonly align: 'left' | 'right'
  /** The highest rank drops first; 0 never does. */
  readonly rank: number
  /** Widths in cells: figures need space to grow without moving their neighbours. */
  readonly minWidth: number
  readonly maxWidth: number
  /** Takes the remaining width. Counts with its `minWidth` if space is short; `maxWidth` is ignored. */
  readonly rest?: true
  /** Text that is cut, down to `minWidth`, before the column drops: its beginning is enough. */
  readonly yields?: true
  /** Is cut, down to `minWidth`, before any column drops. */
  readonly shrinksFirst?: true
  /** Names that may begin alike: long ones are cut so that they stay different. */
  readonly names?: true
  cell(row: Row): TableCell
}

/** A cell of several styles. */
export function cellOfRuns(runs: Line): TableCell {
  return { text: runs.map(({ text }) => text).join(''), style: 'plain', runs }
}

export type ColumnShape = Omit<TableColumn<unknown>, 'cell'>

/** A column of text. */
export function textColumn(id: string, title: string, rank: number, minWidth: number, maxWidth: number): ColumnShape {
  return { id, title, align: 'left', rank, minWidth, maxWidth }
}

/** A column of names: of servers, clusters, databases, users. */
export function nameColumn(id: string, title: string, rank: number, minWidth: number, maxWidth: number): ColumnShape {
  return { ...textColumn(id, title, rank, minWidth, maxWidth), names: true }
}

/** A column of text that takes the remaining width. */
export function restColumn(id: string, title: string, rank: number, minWidth: number): ColumnShape {
  return { id, title, align: 'left', rank, minWidth, maxWidth: minWidth, rest: true }
}

/** A column of figures, right-aligned so that their units line up. */
export function figureColumn(id: string, title: string, rank: number, minWidth: number): ColumnShape {
  return { id, title, align: 'right', rank, minWidth, maxWidth: 20 }
}

interface RowStyle {
  readonly marker: TextSpan
  /** The style of all plain cells, e.g. dim for old values or strong for the selected row. */
  readonly base: TextStyle
  /** Replaces all cells right of the last shown column of `after`. */
  readonly note: { readonly after: readonly string[]; readonly span: TextSpan } | null
}

export interface TableLines {
  readonly head: Line
  readonly rows: readonly Line[]
}

export interface TableOptions<Row> {
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  /** The visible rows; the others cost next to nothing. */
  readonly visible: { readonly first: number; readonly length: number }
  readonly width: number
  rowStyle(row: Row, index: number): RowStyle
  readonly ellipsis: string
  /** For a screen reader: rows name their columns, and nothing is cut. */
  readonly spoken?: boolean
  readonly sorted: { readonly column: string; readonly mark: string } | null
}

const MARKER = 3
const GAP = 2

interface Measured<Row> {
  readonly column: TableColumn<Row>
  readonly title: string
  readonly cells: readonly TableCell[]
  readonly width: number
}

/** Draws the head and the visible rows, in at most `width` cells. */
export function layoutTable<Row>(options: TableOptions<Row>): TableLines {
  if (options.spoken) return spokenTable(options)
  const { visible, width, ellipsis } = options
  const rows = options.rows.slice(visible.first, visible.first + visible.length)
  const columns = options.columns.map((column) => measure(column, rows, options)).filter(isWorthIt)
  const fitting = grownAgain(shrinkToFit(columns, width), columns, width)
  const kept = stretch(fitting, width).map((each) => shortened(each, options.rows, ellipsis))
  const head = [span(' '.repeat(MARKER)), ...joined(kept.map((each) => [titleSpan(each, ellipsis)]))]
  const lines = rows.map((row, index) => {
    return rowLine(kept, index, options.rowStyle(row, visible.first + index), width, ellipsis)
  })
  return { head: cutLine(head, width, ellipsis), rows: lines.map((each) => cutLine(each, width, ellipsis)) }
}

function measure<Row>(column: TableColumn<Row>, rows: readonly Row[], options: TableOptions<Row>): Measured<Row> {
  const { sorted } = options
  const title = sorted?.column === column.id ? `${column.title}${sorted.mark}` : column.title
  const cells = rows.map((row) => column.cell(row))
  if (column.rest) return { column, title, cells, width: Math.max(column.minWidth, textWidth(title)) }
  // Names of hidden rows count too, so that scrolling does not move the columns.
  const texts = column.id === 'name' ? options.rows.map((row) => column.cell(row).text) : cells.map(({ text }) => text)
  const widest = texts.reduce(
    (maxWidth, text) => Math.max(maxWidth, textWidth(text)),
    Math.max(column.shrinksFirst ? 0 : column.minWidth, textWidth(title)),
  )
  return { column, title, cells, width: Math.min(widest, Math.max(column.maxWidth, textWidth(title))) }
}

/** Hidden rows are named too, so that scrolling changes no name. */
const MOST_COMPARED = 500

function shortened<Row>(measured: Measured<Row>, rows: readonly Row[], ellipsis: string): Measured<Row> {
  const { column, cells, width } = measured
  if (!column.names || cells.every(({ text }) => textWidth(text) <= width)) return measured
  const others = rows.slice(0, MOST_COMPARED).map((row) => column.cell(row).text)
  const short = shortNames([...cells.map(({ text }) => text), ...others], width, ellipsis)
  return { ...measured, cells: cells.map(({ text, style }) => ({ text: short.get(text) ?? text, style })) }
}

/** A column of rank above 0 without any value is omitted. */
function isWorthIt<Row>({ column, cells }: Measured<Row>): boolean {
  return column.rank === 0 || cells.length === 0 || cells.some(({ text }) => text.trim() !== '')
}

function shrinkToFit<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  let kept = tableWidth(columns) > width ? shrunkFirst(columns, width) : columns
  while (tableWidth(kept) > width) {
    const rank = Math.max(...kept.map(({ column }) => column.rank))
    if (rank <= 0) return squeeze(kept, width)
    const cutShort = yielded(kept, rank, width)
    if (cutShort) return cutShort
    kept = kept.filter(({ column }) => column.rank < rank)
  }
  return kept
}

function shrunkFirst<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const excess = tableWidth(columns) - width
  return columns.map((each) => {
    const { shrinksFirst, minWidth } = each.column
    if (!shrinksFirst) return each
    return { ...each, width: Math.max(Math.min(each.width, minWidth), textWidth(each.title), each.width - excess) }
  })
}

/** What dropped columns leave free goes back to the columns that were cut for them. */
function grownAgain<Row>(
  kept: readonly Measured<Row>[],
  asMeasured: readonly Measured<Row>[],
  width: number,
): readonly Measured<Row>[] {
  let free = Math.max(0, width - tableWidth(kept))
  return kept.map((each) => {
    const wanted = asMeasured.find(({ column }) => column === each.column)?.width ?? each.width
    if (!each.column.shrinksFirst || wanted <= each.width) return each
    const more = Math.min(free, wanted - each.width)
    free -= more
    return { ...each, width: each.width + more }
  })
}

/** The columns of the next rank to drop, in the remaining width; null if even their `minWidth` does not fit. */
function yielded<Row>(columns: readonly Measured<Row>[], rank: number, width: number): readonly Measured<Row>[] | null {
  const [only, ...others] = columns.filter(({ column }) => column.rank === rank)
  if (!only?.column.yields || others.length > 0) return null
  const room = only.width - (tableWidth(columns) - width)
  if (room < Math.max(only.column.minWidth, textWidth(only.title))) return null
  return columns.map((each) => (each === only ? { ...each, width: room } : each))
}

/** The column that takes the remaining width. */
function stretch<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const free = Math.max(0, width - tableWidth(columns))
  return columns.map((each) => (each.column.rest ? { ...each, width: each.width + free } : each))
}

/** Only columns that never drop are left: the widest shrink, down to four cells. */
function squeeze<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  let kept = columns
  while (tableWidth(kept) > width) {
    const widest = kept.reduce((a, b) => (b.width > a.width ? b : a))
    if (widest.width <= 4) return kept
    kept = kept.map((each) => (each === widest ? { ...each, width: each.width - 1 } : each))
  }
  return kept
}

function tableWidth<Row>(columns: readonly Measured<Row>[]): number {
  return columns.reduce((sum, { width }) => sum + width, MARKER + GAP * Math.max(0, columns.length - 1))
}

function titleSpan<Row>({ column, title, width }: Measured<Row>, ellipsis: string): TextSpan {
  return span(fitText(title, width, column.align, ellipsis), 'dim')
}

function rowLine<Row>(
  columns: readonly Measured<Row>[],
  index: number,
  style: RowStyle,
  width: number,
  ellipsis: string,
): Line {
  const { note } = style
  const after = note ? columns.findLastIndex(({ column }) => note.after.includes(column.id)) : columns.length
  const cells = columns.slice(0, after + 1).map(({ column, cells, width: cellWidth }): Line => {
    const cell: TableCell = cells[index] ?? span('')
    const runs = cell.runs && lineWidth(cell.runs) === cellWidth ? cell.runs : null
    if (runs) return runs.map((run) => ({ text: run.text, style: restyled(run.style, style.base) }))
    return [{ text: fitText(cell.text, cellWidth, column.align, ellipsis), style: restyled(cell.style, style.base) }]
  })
  const start = [style.marker, ...joined(cells)]
  if (!note) return start
  const room = width - start.reduce((sum, { text }) => sum + textWidth(text), 0) - GAP
  return [...start, span(' '.repeat(GAP)), { ...note.span, text: cutText(note.span.text, room, ellipsis) }]
}

function restyled(style: TextStyle, base: TextStyle): TextStyle {
  // Problems stay prominent however old the figures are.
  if (base === 'dim') return style === 'critical' || style === 'warning' ? style : 'dim'
  return style === 'plain' ? base : style
}

function joined(cells: readonly Line[]): Line {
  return cells.flatMap((each, index) => (index === 0 ? each : [span(' '.repeat(GAP)), ...each]))
}

/** Longer cells are statements: nobody listens to their end, and the details have them whole. */
const LONGEST_CELL = 160

/** The same rows without a head: `pmp-a, type primary, status ok active, …`. Empty cells are left out. */
function spokenTable<Row>({ columns, rows, visible, rowStyle }: TableOptions<Row>): TableLines {
  const lines = rows.slice(visible.first, visible.first + visible.length).map((row, index): Line => {
    const { marker, note } = rowStyle(row, visible.first + index)
    const last = note ? columns.findLastIndex(({ id }) => note.after.includes(id)) : columns.length
    const cells = columns.slice(0, last + 1).flatMap((column, place): TextSpan[] => {
      const { text, style } = column.cell(row)
      const value = cutText(text.trim(), LONGEST_CELL, '...')
      if (value === '') return []
      const spoken = value === UNKNOWN_TEXT ? 'unknown' : value
      return [{ text: `${place === 0 ? '' : ', '}${titleOf(column)}${spoken}`, style }]
    })
    return [marker, ...cells, ...(note ? [span(', '), note.span] : [])]
  })
  return { head: [], rows: lines }
}

/** A name needs no title. A title of two letters is an abbreviation. */
function titleOf<Row>({ id, title }: TableColumn<Row>): string {
  if (id === 'name' || title === '') return ''
  return `${title.length === 2 ? id : title.toLowerCase()} `
}
