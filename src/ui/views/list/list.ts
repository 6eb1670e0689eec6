// Views that are lists: a file with columns, rows and sections is a whole view. Several panes are tabs of one list.
//
//   export const locksView = listView({
//     id: 'locks', key: '4', title: 'locks', needs: ['locks'], guide: ['…'],
//     summary: (context) => [line(…)],                       // optional: what stands above the table
//     panes: [listPane<LockRow>({ name: 'tree', rowNoun: 'sessions', columns: COLUMNS, rows, search, empty, sections })],
//   })

import type { OpenDetails, PaneId } from '../../../state/navigation.ts'
import { paneWithFocus } from '../../../state/select/cluster.ts'
import { sortRows } from '../../../state/select/filter-sort.ts'
import { selectedRowIndex } from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { nodeNames, withFittingNames } from '../../frame/format/fitting-names.ts'
import { cutLine, EMPTY_LINE, type Line, lineWidth, span, spreadLine, type TextSpan } from '../../frame/format/line.ts'
import { UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, fieldListLines } from '../../frame/parts/field-list.ts'
import { currentKey } from '../../keys/names.ts'
import type { ListColumn, ListContext, ListPane, ListPaneOptions, ListViewOptions } from './list-options.ts'
import { rowTable } from './row-table.ts'
import { memoizeRows, searchRows } from './rows.ts'
import { LETTER_ORDER, NUMBER_ORDER } from './sort-labels.ts'
import { columnOrdering, firstVisibleIndex, type PaneOrdering, type View, type Viewport, type ViewRow } from './view.ts'

/** Below this many lines, a row is worth more than the gap between summary and table. */
const ROOMY = 14
/** Fewer lines than this below the table stay empty. */
const BELOW_LEAST = 6
/** The summary may take this share of the lines. */
const SUMMARY_SHARE = 0.4

/** The id of a list view's pane outside of the view. */
export function paneIdOf(view: string, name: string): PaneId {
  return `${view}:${name}`
}

/** One pane of a list view. */
export function listPane<R extends ViewRow>(options: ListPaneOptions<R>): ListPane {
  const { name, rowNoun, columns } = options
  const ordering = options.ordering ?? orderingOf(rowNoun, columns)
  const keyOf = (id: string) => {
    const column = columns.find((candidate) => candidate.id === id)
    return column?.order ? (row: R) => column.order?.(row) ?? null : null
  }
  const filteredRows = memoizeRows((state, cluster, pane: PaneId) => {
    const { filter, sort } = state.navigation
    const all = options.rows(state, cluster)
    const { search } = options
    const matching = search ? searchRows(all, filter, search) : all
    return sortRows(matching, sort[pane], keyOf)
  })
  const rows = (view: string, state: State, cluster: ClusterState) => filteredRows(state, cluster, paneIdOf(view, name))
  return {
    name,
    shortName: options.shortName ?? name,
    isOffered: (cluster) => options.isOffered?.(cluster) ?? true,
    rows,
    pane: (view) => ({ id: paneIdOf(view, name), rowNoun, ordering }),
    empty: options.empty,
    opens(view, state, cluster, { id }) {
      const row = rows(view, state, cluster).find((candidate) => candidate.id === id)
      if (row && options.opens) return options.opens(row, state, cluster)
      if (options.sections) return { kind: 'details', view, pane: paneIdOf(view, name), id }
      return { kind: 'nothing', reason: 'no further details' }
    },
    table: (view, context, length, titles) =>
      listTable(
        { ...options, id: paneIdOf(view, name), rows: rows(view, context.state, context.cluster) },
        context,
        length,
        titles,
      ),
    preview(view, context, room) {
      const shown = rows(view, context.state, context.cluster)
      const row = shown[selectedRowIndex(context.state, paneIdOf(view, name), shown)]
      return row && options.preview ? options.preview(row, context, room) : []
    },
    details(id, context) {
      const row = options.rows(context.state, context.cluster).find((candidate) => candidate.id === id)
      const { columns: width, glyphs } = context.screen
      if (row && options.sections) return fieldListLines(options.sections(row, context), width, glyphs.ellipsis)
      return [[span(` ${options.goneText ?? 'this row is gone'}`, 'warning')]]
    },
  }
}

function orderingOf<R>(rowNoun: string, columns: readonly ListColumn<R>[]): PaneOrdering | string {
  const sortable = columns.filter((column) => column.order)
  if (sortable.length === 0) return `${rowNoun} can’t be sorted`
  const greatest = sortable.filter((column) => column.greatestFirst)
  const labels = sortable.map(
    ({ id, sortLabels, align }) => [id, sortLabels ?? (align === 'left' ? LETTER_ORDER : NUMBER_ORDER)] as const,
  )
  return columnOrdering(rowNoun, new Map(labels), new Set(greatest.map(({ id }) => id)))
}

/** A view of one list, or of several lists of which one is shown at a time. */
export function listView(options: ListViewOptions): View {
  const { id, panes } = options
  const byId = (pane: PaneId) => panes.find(({ name }) => paneIdOf(id, name) === pane) ?? panes[0]
  const offeredPanes = (cluster: ClusterState) => panes.filter((pane) => pane.isOffered(cluster))
  return {
    id,
    key: options.key,
    title: options.title,
    needs: options.needs,
    ...(options.readsTrail ? { readsTrail: true } : {}),
    guide: options.guide,
    enter: options.enter ?? 'details',
    panes: (_state, cluster) => offeredPanes(cluster).map((pane) => pane.pane(id)),
    rows: (state, cluster, pane) => byId(pane).rows(id, state, cluster),
    opens: (state, cluster, pane, row) => byId(pane).opens(id, state, cluster, row),
    body: (state, cluster, screen) => listBody(options, offeredPanes(cluster), listContext(state, cluster, screen)),
    details: (state, cluster, details: OpenDetails, screen) =>
      byId(details.pane).details(details.id, listContext(state, cluster, screen)),
  }
}

function listContext(state: State, cluster: ClusterState, screen: Viewport): ListContext {
  return { state, cluster, picture: cluster.picture, now: state.now, screen }
}

/** A pane's `rowPreview` that shows these sections. */
export function rowPreview<R>(sections: (row: R, context: ListContext) => readonly DetailSection[]) {
  return (row: R, context: ListContext, room: number): readonly Line[] => {
    const { columns, glyphs } = context.screen
    return fieldListLines(sections(row, context), columns, glyphs.ellipsis).slice(0, room)
  }
}

/** The view in exactly `screen.rows` lines. */
function listBody(options: ListViewOptions, panes: readonly ListPane[], context: ListContext): readonly Line[] {
  const { columns, rows: height, glyphs } = context.screen
  const { id } = options
  const focused = paneWithFocus(
    context.state,
    panes.map((pane) => pane.pane(id).id),
  )
  const open = panes.find((pane) => pane.pane(id).id === focused) ?? options.panes[0]
  const asked = options.summary?.(context) ?? []
  const names = nodeNames(context.cluster)
  const summary = asked
    .slice(0, Math.floor(height * SUMMARY_SHARE))
    .map((each) => cutLine(withFittingNames(each, names, columns, glyphs.ellipsis), columns, glyphs.ellipsis))
  const gap = summary.length > 0 && height >= ROOMY ? [EMPTY_LINE] : []
  const room = Math.max(1, height - summary.length - gap.length - 1)
  const rows = open.rows(id, context.state, context.cluster)
  const titles = room >= 3
  const length = titles ? room - 1 : room
  const lines = [
    ...summary,
    ...gap,
    titleLine({ ...options, offered: panes, open, rows, length }, context),
    ...(rows.length === 0 ? nothing(open, context) : open.table(id, context, length, titles)),
  ]
  const free = height - lines.length - 1
  if (rows.length > 0 && free >= BELOW_LEAST) lines.push(EMPTY_LINE, ...open.preview(id, context, free))
  while (lines.length < height) lines.push(EMPTY_LINE)
  return lines.slice(0, height)
}

interface TitleOptions extends ListViewOptions {
  /** The panes that have a tab. */
  readonly offered: readonly ListPane[]
  readonly open: ListPane
  readonly rows: readonly ViewRow[]
  readonly length: number
}

function titleLine(options: TitleOptions, context: ListContext): Line {
  const { offered, open, rows, length } = options
  const { columns, glyphs } = context.screen
  const { filter } = context.state.navigation
  const first = firstOf(rows, options.id, open, length, context)
  const window = rows.length > length ? `rows ${first + 1}${glyphs.dash}${first + length} of ${rows.length} ` : ''
  const beside = (rowsText: string): Line => [
    span(filter === '' ? '' : `filter "${filter}"  `, 'accent'),
    span(rowsText, 'dim'),
  ]
  const right = beside(window)
  const isKnown = options.isKnown?.(context) ?? true
  const count = (pane: ListPane) =>
    isKnown ? String(pane.rows(options.id, context.state, context.cluster).length) : UNKNOWN_TEXT
  const title = span(` ${options.title.toUpperCase()}`, 'accent')
  if (offered.length === 1) {
    const number = span(`  ${isKnown ? counted(rows.length, open.pane(options.id).rowNoun) : UNKNOWN_TEXT}`, 'dim')
    return spreadLine([title, number], right, columns, glyphs.ellipsis)
  }
  const tabsOf = (nameOf: (pane: ListPane) => string) =>
    offered.map((pane) => tab(nameOf(pane), count(pane), pane === open, glyphs.selected))
  const tabs = tabsOf(({ name }) => name)
  const shortTabs = tabsOf(({ shortName }) => shortName)
  const place = offered.indexOf(open)
  const narrow = [title, ...(tabs[place] ?? []), span(`  tab ${place + 1} of ${tabs.length}`, 'dim')]
  const bareTabs = offered.map((pane) => {
    return tab(pane.shortName, pane === open ? count(pane) : '', pane === open, glyphs.selected)
  })
  const shapes: readonly Line[] = [
    [title, ...tabs.flat()],
    [title, ...shortTabs.flat()],
    shortTabs.flat(),
    [title, ...bareTabs.flat()],
  ]
  const fits = (end: Line) => shapes.find((each) => lineWidth(each) + lineWidth(end) < columns)
  // The names of the tabs are worth more than those of the figures about the rows.
  const short = beside(window === '' ? '' : `${first + 1}${glyphs.dash}${first + length}/${rows.length} `)
  const end = fits(right) ? right : fits(short) ? short : right
  return spreadLine(fits(end) ?? narrow, end, columns, glyphs.ellipsis)
}

/** `1 link`, `5 links`. */
function counted(count: number, rowNoun: string): string {
  return `${count} ${count === 1 ? rowNoun.replace(/s$/, '') : rowNoun}`
}

function tab(name: string, count: string, isOpen: boolean, mark: string): readonly TextSpan[] {
  return [
    span(isOpen ? ` ${mark} ` : '   ', 'accent'),
    span(name, isOpen ? 'strong' : 'plain'),
    span(count === '' ? '' : ` ${count}`, isOpen ? 'plain' : 'dim'),
  ]
}

function firstOf(
  rows: readonly ViewRow[],
  view: string,
  pane: ListPane,
  length: number,
  { state }: ListContext,
): number {
  return firstVisibleIndex(selectedRowIndex(state, pane.pane(view).id, rows), rows.length, length)
}

function nothing(pane: ListPane, context: ListContext): readonly Line[] {
  const { filter } = context.state.navigation
  const { columns } = context.screen
  const { rowNoun } = pane.pane('')
  const back = currentKey(context.state, 'esc')
  const why = filter.trim() === '' ? pane.empty(context) : `no ${rowNoun} match "${filter}": ${back} clears the filter`
  return wrapText(why, columns - 4).map((text): Line => [span(`   ${text}`, 'dim')])
}

interface TableParts<R extends ViewRow> extends Pick<ListPaneOptions<R>, 'columns' | 'rowStyle'> {
  readonly id: PaneId
  readonly rows: readonly R[]
}

/** The head, if there is space for it, and the rows around the selected one. */
function listTable<R extends ViewRow>(
  { id, rows, columns, rowStyle }: TableParts<R>,
  context: ListContext,
  length: number,
  titles: boolean,
): readonly Line[] {
  const { head, lines } = rowTable(
    {
      id,
      rows,
      length,
      hasFocus: true,
      columns: columns
        .filter(({ isShown }) => isShown?.(context) ?? true)
        .map((column) => ({
          ...column,
          title: column.heading?.(context) ?? column.title,
          minWidth: column.room?.(context) ?? column.minWidth,
          cell: (row: R) => column.cell(row, context),
        })),
      rowStyle: (row) => rowStyle?.(row, context) ?? {},
    },
    context.state,
    context.screen,
  )
  return titles ? [head, ...lines] : lines
}
