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
  /** What is asked of each database of the cluster for as long as it is open, beyond the pulse. */
  readonly needs: readonly OnDemandQuery[]
  /** True where it shows the audit trail, which is read while it is open. */
  readonly readsTrail?: true
  /** What `enter` does, in one word for the footer. */
  readonly enter: string
  /** Sentences for `?` that say what its figures mean. */
  readonly guide: readonly string[]
  /** What `tab` goes through; never empty. */
  panes(state: State, cluster: ClusterState): readonly Pane[]
  /** The rows of a pane, filtered and in the order asked for. */
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
  /** What `s` and `S` go through, or why its rows can't be put in another order. */
  readonly ordering: PaneOrdering | string
}

export interface PaneOrdering {
  /** Ids of columns, in the order of `s`. */
  readonly columns: readonly string[]
  /** Columns of which the greatest is looked for first. */
  readonly greatestFirst: ReadonlySet<string>
  /** The column that no sort stands for; null where that is an order of its own. */
  readonly natural: string | null
  /** What is told when it was changed; null: the natural order. */
  describe(sort: SortOrder | null): string
}

/** What keys know of a row. */
export interface ViewRow {
  /** Its identity: stays when others come and go, and when they are sorted. */
  readonly id: string
  /** Id of the server or database that it is about; null when it is about none. */
  readonly subject: string | null
  /** Why it can't be renamed though it is drawn like a server or database. */
  readonly renameBlocked?: string
  /** Why there is nothing more to see of it. */
  readonly detailsBlocked?: string
  /** What acts on it act on: the database it is of, and what it fills in of their values. */
  readonly actionTarget?: { readonly database: string; readonly input: Readonly<Record<string, string>> }
  /** The session whose whole statement its details show. */
  readonly statementOf?: SessionOnDatabase
  /** What is wrong with it, in one sentence: told above the footer while it is selected. */
  readonly problemText?: string
  /** The alert in force that it tells of: it can be acknowledged and silenced. */
  readonly alert?: Pick<Alert, 'rule' | 'subject'>
  /** Id of the silence that it is, or that mutes its alert: it can be ended. */
  readonly silence?: string | null
}

/** What `enter` leads to. */
export type EnterTarget =
  | { readonly kind: 'details'; readonly view: string; readonly pane: PaneId; readonly id: string }
  | { readonly kind: 'cluster'; readonly name: string }
  | { readonly kind: 'nothing'; readonly reason: string }

/** The ordinary ordering: by each column in turn, then as the rows came. `columns`: by id, how its order is told. */
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

/** The room a view has, in cells, and the marks it may use. */
export interface Viewport {
  readonly columns: number
  readonly rows: number
  readonly glyphs: Glyphs
}

/** The smallest terminal that shows anything sensible. */
export const MIN_VIEWPORT = { columns: 60, rows: 12 }

/** The worst alert about each server, database and host, by id; a part of one counts for it. */
export function worstAlerts(picture: Picture): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>()
  for (const { subject, severity } of picture.alerts) {
    if (severity === 'critical' || !worst.has(subject.owner)) worst.set(subject.owner, severity)
  }
  // A split brain is told of the cluster; the nodes that make it must not look fine.
  for (const { id } of picture.splitBrains.flatMap(({ members }) => members)) worst.set(id, 'critical')
  return worst
}

/** First index of `length` rows shown so that the selected one is in sight, near the middle where possible. */
export function firstVisibleIndex(selected: number, total: number, length: number): number {
  return Math.max(0, Math.min(selected - Math.floor(length / 2), total - length))
}
