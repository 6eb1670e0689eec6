// What a view is, and what every view is given besides the state.
//
// To add one: a file here that exports `listView({…})` (list.ts: columns, rows and sections are all it takes) or a View
// of its own, and its line in ../index.ts. What databases answered to `needs`: query-results.ts. The key, the palette, the
// footer, `?`, `pgdeck keys`, sorting, filtering, selecting, opening and asking the databases follow from the record.

import type { OnDemandQuery, SessionOnDatabase } from '../../../model/measured/on-demand.ts'
import type { Alert, Picture, Severity } from '../../../model/picture/picture.ts'
import type { OpenDetails, PaneId, SortOrder } from '../../../state/navigation.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import type { Line } from '../../frame/format/line.ts'
import { NUMBER_ORDER, type SortLabels, sortLabel } from './sort-labels.ts'

export interface View {
  /** Also the first part of the ids of its panes: `activity:running`. */
  readonly id: string
  /**
   * What opens it: a digit, a letter that no other binding has, or `:` and a word, which is typed into the palette and
   * leaves all keys to others. Each view also has a key that the user gives it (`ui.keys`).
   */
  readonly key: string
  /** One or two words: `topology`, `storage and WAL`. */
  readonly title: string
  /** The queries to each database of the cluster while it is open, beyond the pulse. */
  readonly needs: readonly OnDemandQuery[]
  /** True if it shows the audit log, which is read while it is open. */
  readonly readsTrail?: true
  /** The effect of `enter`, in one word for the footer. */
  readonly enter: string
  /** Sentences for `?` about the meaning of its figures. */
  readonly guide: readonly string[]
  /** The panes that `tab` steps through; never empty. */
  panes(state: State, cluster: ClusterState): readonly Pane[]
  /** The rows of a pane, filtered and sorted as requested. */
  rows(state: State, cluster: ClusterState, pane: PaneId): readonly ViewRow[]
  opens(state: State, cluster: ClusterState, pane: PaneId, row: ViewRow): EnterTarget
  /** Exactly `screen.rows` lines. */
  body(state: State, cluster: ClusterState, screen: Viewport): readonly Line[]
  /** Every line of the details of one row; scrolling picks from them. */
  details?(state: State, cluster: ClusterState, details: OpenDetails, screen: Viewport): readonly Line[]
}

export interface Pane {
  readonly id: PaneId
  /** In the plural, for messages: `sessions`. */
  readonly rowNoun: string
  /** The columns that `s` and `S` step through, or why its rows can't be sorted. */
  readonly ordering: PaneOrdering | string
}

export interface PaneOrdering {
  /** Ids of columns, in the order of `s`. */
  readonly columns: readonly string[]
  /** Columns whose first order is descending. */
  readonly greatestFirst: ReadonlySet<string>
  /** The column of the natural order; null if that is an order of its own. */
  readonly natural: string | null
  /** The message after a change; null: the natural order. */
  describe(sort: SortOrder | null): string
}

/** The facts about a row that keys use. */
export interface ViewRow {
  /** Its identity: it stays the same when other rows come and go or are sorted. */
  readonly id: string
  /** Id of the server or database of the row; null if there is none. */
  readonly subject: string | null
  /** Why it can't be renamed although it looks like a server or database. */
  readonly renameBlocked?: string
  /** Why it has no details. */
  readonly detailsBlocked?: string
  /** The targets of actions on it: its database, and the inputs that the row gives. */
  readonly actionTarget?: ActionTargetOfRow
  /** The session whose whole statement its details show. */
  readonly statementOf?: SessionOnDatabase
  /** Its problem, in one sentence: the line above the footer shows it while it is selected. */
  readonly problemText?: string
  /** The alert in force of the row: it can be acknowledged and silenced. */
  readonly alert?: Pick<Alert, 'rule' | 'subject'>
  /** Id of the silence that it is, or that mutes its alert: it can be ended. */
  readonly silence?: string | null
}

/** The destination of `enter`. */
/** What a row fills in for an action: its database, and values of fields. */
interface ActionTargetOfRow {
  readonly database: string
  readonly input: Readonly<Record<string, string>>
  /** Further values by name of the action. */
  readonly inputOf?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export type EnterTarget =
  | { readonly kind: 'details'; readonly view: string; readonly pane: PaneId; readonly id: string }
  | { readonly kind: 'cluster'; readonly name: string }
  | { readonly kind: 'nothing'; readonly reason: string }

/** The usual ordering: by each column in turn, then the natural order. `columns`: the description of each order, by id. */
export function columnOrdering(
  rowNoun: string,
  columns: ReadonlyMap<string, SortLabels>,
  greatestFirst: ReadonlySet<string>,
): PaneOrdering {
  return {
    columns: [...columns.keys()],
    greatestFirst,
    natural: null,
    describe(sort) {
      if (!sort) return `${rowNoun} are in their default order`
      return `${rowNoun} are sorted by ${sort.column}, ${sortLabel(columns.get(sort.column) ?? NUMBER_ORDER, sort.descending)}`
    },
  }
}

/** The space of a view, in cells, and the marks that it may use. */
export interface Viewport {
  readonly columns: number
  readonly rows: number
  readonly glyphs: Glyphs
}

/** The smallest terminal that shows anything sensible. */
export const MIN_VIEWPORT = { columns: 60, rows: 12 }

/** The worst alert about each server, database and host, by id. An alert about a part counts for the whole. */
export function worstAlerts(picture: Picture): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>()
  for (const { subject, severity } of picture.alerts) {
    if (severity === 'critical' || !worst.has(subject.owner)) worst.set(subject.owner, severity)
  }
  // The alert of a split brain is about the cluster, but its members must not look healthy.
  for (const { id } of picture.splitBrains.flatMap(({ members }) => members)) worst.set(id, 'critical')
  return worst
}

/** The first of the visible rows, so that the selected one is visible, near the middle if possible. */
export function firstVisibleIndex(selected: number, total: number, length: number): number {
  return Math.max(0, Math.min(selected - Math.floor(length / 2), total - length))
}
