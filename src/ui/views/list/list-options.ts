// The parts of a list view: columns, rows, sentences, sections. list.ts makes a view of them.

import type { OnDemandQuery } from '../../../model/measured/on-demand.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import type { SortKey } from '../../../state/select/filter-sort.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import type { Line, TextSpan } from '../../frame/format/line.ts'
import type { DetailSection } from '../../frame/parts/field-list.ts'
import type { ColumnShape, TableCell } from '../../frame/parts/table.ts'
import type { SortLabels } from './sort-labels.ts'
import type { EnterTarget, Pane, PaneOrdering, Viewport, ViewRow } from './view.ts'

/** The values that cells, sections and sentences may use. */
export interface ListContext {
  readonly state: State
  readonly cluster: ClusterState
  /** null before the first figures. */
  readonly picture: Picture | null
  readonly now: number
  readonly screen: Viewport
}

/**
 * A column: its layout by `textColumn`, `figureColumn` or `restColumn` of frame/parts/table.ts. Messages name its id
 * when it is sorted.
 */
export interface ListColumn<R> extends ColumnShape {
  cell(row: R, context: ListContext): TableCell
  /** The title, if it varies. */
  heading?(context: ListContext): string
  /** The least width in cells, if it varies. */
  room?(context: ListContext): number
  /** Absent: always. */
  isShown?(context: ListContext): boolean
  /** The key by which `s` sorts; absent: the column can't be sorted. */
  order?(row: R): SortKey
  /** The description of that order; absent: a to z for text, else lowest or highest first. */
  readonly sortLabels?: SortLabels
  /** The first order is descending. */
  readonly greatestFirst?: true
}

export interface ListRowStyle {
  /** Old values are dimmed. */
  readonly stale?: boolean
  /** Replaces all columns right of these, e.g. with the reason for missing figures. */
  readonly note?: { readonly after: readonly string[]; readonly span: TextSpan } | null
}

export interface ListPaneOptions<R extends ViewRow> {
  /** Its name on the tab, and its id within the view. */
  readonly name: string
  /** Its name on the tab of a narrow screen. */
  readonly shortName?: string
  /** In the plural, for messages: `sessions`. */
  readonly rowNoun: string
  /** Whether this cluster can have such rows: otherwise there is no tab. Absent: always. The first pane is always there. */
  isOffered?(cluster: ClusterState): boolean
  readonly columns: readonly ListColumn<R>[]
  /**
   * All rows in their natural order. Called when the facts, the filter or the order change, not with each frame. For
   * objects that stay the same between frames, the text for searching is kept.
   */
  rows(state: State, cluster: ClusterState): readonly R[]
  /** The text that the filter searches; absent: `rows` has filtered already. */
  search?(row: R): readonly (string | null)[]
  /** One sentence: why there are no rows, unless the filter is the reason. */
  empty(context: ListContext): string
  rowStyle?(row: R, context: ListContext): ListRowStyle
  /** The lines about the selected row below the table, if `room` lines are free. */
  preview?(row: R, context: ListContext, room: number): readonly Line[]
  /** The details that `enter` opens; absent: none, unless `opens` leads elsewhere. */
  sections?(row: R, context: ListContext): readonly DetailSection[]
  /** The text if the row is gone: `this session has ended`. */
  readonly goneText?: string
  opens?(row: R, state: State, cluster: ClusterState): EnterTarget
  /** If `s` does not sort by columns: its effect, or why it has none. */
  readonly ordering?: PaneOrdering | string
}

/** A pane, independent of the type of its rows. Only `listPane` makes it. */
export interface ListPane {
  readonly name: string
  readonly shortName: string
  isOffered(cluster: ClusterState): boolean
  pane(view: string): Pane
  rows(view: string, state: State, cluster: ClusterState): readonly ViewRow[]
  opens(view: string, state: State, cluster: ClusterState, row: ViewRow): EnterTarget
  empty(context: ListContext): string
  /** Head and visible rows. */
  table(view: string, context: ListContext, length: number, titles: boolean): readonly Line[]
  preview(view: string, context: ListContext, room: number): readonly Line[]
  details(id: string, context: ListContext): readonly Line[]
}

export interface ListViewOptions {
  readonly id: string
  readonly key: string
  readonly title: string
  readonly needs: readonly OnDemandQuery[]
  /** True if it shows the audit log. */
  readonly readsTrail?: true
  readonly guide: readonly string[]
  /** One word for the footer; default: `details`. */
  readonly enter?: string
  /** Lines above the table: the summary before the figures. Cut on a low screen. */
  summary?(context: ListContext): readonly Line[]
  /** Whether facts are known yet: until then the number of rows is `?`, not 0. Absent: always. */
  isKnown?(context: ListContext): boolean
  /** The first is open at first. If there is only one, its title is the view's. */
  readonly panes: readonly [ListPane, ...ListPane[]]
}
