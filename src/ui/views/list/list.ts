// Views that are lists: a file with columns, rows and sections is a whole view. Several panes are tabs of one list.
//
//   export const locksView = listView({
//     id: 'locks', key: '4', title: 'locks', needs: ['locks'], guide: ['…'],
//     summary: (context) => [line(…)],                       // optional: what stands above the table
//     panes: [listPane<LockRow>({ name: 'tree', rowNoun: 'sessions', columns: COLUMNS, rows, search, empty, sections })],
//   })

import type { OpenDetails, PaneId } from '../../../state/navigation.ts'
import { sortRows } from '../../../state/select/filter-sort.ts'
import { selectedRowIndex } from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { type DetailSection, fieldListLines } from '../../frame/parts/field-list.ts'
import { listBody, listTable } from './list-body.ts'
import type { ListColumn, ListContext, ListPane, ListPaneOptions, ListViewOptions } from './list-options.ts'
import { memoizeRows, searchRows } from './rows.ts'
import { LETTER_ORDER, NUMBER_ORDER } from './sort-labels.ts'
import { columnOrdering, type PaneOrdering, type View, type Viewport, type ViewRow } from './view.ts'

/** The id that a pane of a list view has everywhere outside it. */
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
    const found = search ? searchRows(all, filter, search) : all
    return sortRows(found, sort[pane], keyOf)
  })
  const rows = (view: string, state: State, cluster: ClusterState) => filteredRows(state, cluster, paneIdOf(view, name))
  return {
    name,
    rows,
    pane: (view) => ({ id: paneIdOf(view, name), rowNoun, ordering }),
    empty: options.empty,
    opens(view, state, cluster, { id }) {
      const row = rows(view, state, cluster).find((candidate) => candidate.id === id)
      if (row && options.opens) return options.opens(row, state, cluster)
      if (options.sections) return { kind: 'details', view, pane: paneIdOf(view, name), id }
      return { kind: 'nothing', reason: 'there is no more to tell of it than its row' }
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
      return [[span(` ${options.goneText ?? 'this is no longer there'}`, 'warning')]]
    },
  }
}

function orderingOf<R>(rowNoun: string, columns: readonly ListColumn<R>[]): PaneOrdering | string {
  const sortable = columns.filter((column) => column.order)
  if (sortable.length === 0) return `${rowNoun} have one order only`
  const greatest = sortable.filter((column) => column.greatestFirst)
  const labels = sortable.map(
    ({ id, sortLabels, align }) => [id, sortLabels ?? (align === 'left' ? LETTER_ORDER : NUMBER_ORDER)] as const,
  )
  return columnOrdering(rowNoun, new Map(labels), new Set(greatest.map(({ id }) => id)))
}

/** A view that is a list, or several of which one is shown at a time. */
export function listView(options: ListViewOptions): View {
  const { id, panes } = options
  const byId = (pane: PaneId) => panes.find(({ name }) => paneIdOf(id, name) === pane) ?? panes[0]
  const shapes = panes.map((pane) => pane.pane(id))
  return {
    id,
    key: options.key,
    title: options.title,
    needs: options.needs,
    ...(options.readsTrail ? { readsTrail: true } : {}),
    guide: options.guide,
    enter: options.enter ?? 'details',
    panes: () => shapes,
    rows: (state, cluster, pane) => byId(pane).rows(id, state, cluster),
    opens: (state, cluster, pane, row) => byId(pane).opens(id, state, cluster, row),
    body: (state, cluster, screen) => listBody(options, listContext(state, cluster, screen)),
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
