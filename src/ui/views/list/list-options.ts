// What a list view is made of: columns, rows, sentences, sections. list.ts makes a view of it.

import type { OnDemandQuery } from '../../../model/measured/on-demand.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import type { SortKey } from '../../../state/select/filter-sort.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import type { Line, TextSpan } from '../../frame/format/line.ts'
import type { DetailSection } from '../../frame/parts/field-list.ts'
import type { ColumnShape } from '../../frame/parts/table.ts'
import type { SortLabels } from './sort-labels.ts'
import type { EnterTarget, Pane, PaneOrdering, Viewport, ViewRow } from './view.ts'

/** What cells, sections and sentences may look at. */
export interface ListContext {
  readonly state: State
  readonly cluster: ClusterState
  /** null until the first figures are in. */
  readonly picture: Picture | null
  readonly now: number
  readonly screen: Viewport
}

/** A column: its shape by `textColumn`, `figureColumn` or `restColumn` of frame/parts/table.ts. Its id is told when it is sorted by. */
export interface ListColumn<R> extends ColumnShape {
  cell(row: R, context: ListContext): TextSpan
  /** The title where it changes. */
  heading?(context: ListContext): string
  /** What `s` sorts by; absent: it can't be sorted by. */
  order?(row: R): SortKey
  /** How that order is told; absent: from a to z where it is text, else the lowest or highest first. */
  readonly sortLabels?: SortLabels
  /** The greatest is looked for first. */
  readonly greatestFirst?: true
}

export interface ListRowStyle {
  /** Old values are dimmed. */
  readonly stale?: boolean
  /** Takes the place of all columns right of these, e.g. to say why there are no figures. */
  readonly note?: { readonly after: readonly string[]; readonly span: TextSpan } | null
}

export interface ListPaneOptions<R extends ViewRow> {
  /** Its name on the tab, and its id within the view. */
  readonly name: string
  /** In the plural, for messages: `sessions`. */
  readonly rowNoun: string
  readonly columns: readonly ListColumn<R>[]
  /**
   * All rows in their natural order. Called when the facts, the filter or the order change, not with each frame. Objects
   * that stay the same between frames keep what was made of them for searching.
   */
  rows(state: State, cluster: ClusterState): readonly R[]
  /** What the filter looks at; absent: `rows` has filtered already. */
  search?(row: R): readonly (string | null)[]
  /** One sentence: why there is no row, when no filter is to blame. */
  empty(context: ListContext): string
  rowStyle?(row: R, context: ListContext): ListRowStyle
  /** What is told of the selected row below the table, where `room` lines are left over. */
  preview?(row: R, context: ListContext, room: number): readonly Line[]
  /** What `enter` shows; absent: nothing, unless `opens` leads elsewhere. */
  sections?(row: R, context: ListContext): readonly DetailSection[]
  /** What is told instead when the row is there no longer: `this session has ended`. */
  readonly goneText?: string
  opens?(row: R, state: State, cluster: ClusterState): EnterTarget
  /** Where `s` means something else than sorting by columns, or nothing at all (then why). */
  readonly ordering?: PaneOrdering | string
}

/** A pane with its row type closed away. Made by `listPane` only. */
export interface ListPane {
  readonly name: string
  pane(view: string): Pane
  rows(view: string, state: State, cluster: ClusterState): readonly ViewRow[]
  opens(view: string, state: State, cluster: ClusterState, row: ViewRow): EnterTarget
  empty(context: ListContext): string
  /** Head and rows in sight. */
  table(view: string, context: ListContext, length: number, titles: boolean): readonly Line[]
  preview(view: string, context: ListContext, room: number): readonly Line[]
  details(id: string, context: ListContext): readonly Line[]
}

export interface ListViewOptions {
  readonly id: string
  readonly key: string
  readonly title: string
  readonly needs: readonly OnDemandQuery[]
  /** True where it shows the audit trail. */
  readonly readsTrail?: true
  readonly guide: readonly string[]
  /** One word for the footer; `details` unless said otherwise. */
  readonly enter?: string
  /** Lines above the table: the answer before the figures. Cut when the screen is low. */
  summary?(context: ListContext): readonly Line[]
  /** Whether anything is known yet: until then the number of rows is `?`, not 0. Absent: always. */
  isKnown?(context: ListContext): boolean
  /** The first is open at first. With one, its view's title is its title. */
  readonly panes: readonly [ListPane, ...ListPane[]]
}
