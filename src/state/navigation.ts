// The user's location: view, pane, selection, filter, text input. Pure data; navigate.ts changes it.

import type { AlertRule } from '../model/picture/picture.ts'

/** A pane by its view and its name there. Panes of the topology, the home view, have only a name. */
export type PaneId = 'servers' | 'entry-points' | 'databases' | 'events' | `${string}:${string}`

export interface SortOrder {
  /** Id of the column. */
  readonly column: string
  readonly descending: boolean
}

/** The row whose details fill the screen. */
export interface OpenDetails {
  /** The view that has them: not always the one they were opened from. */
  readonly view: string
  readonly pane: PaneId
  readonly id: string
  /** First line shown. */
  readonly scroll: number
}

/** What covers the view and receives the keys. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'help'; readonly scroll: number }
  /** `before`: the filter that was in force when it was opened; absent: none. */
  | { readonly kind: 'filter'; readonly text: string; readonly before?: string }
  | { readonly kind: 'palette'; readonly text: string; readonly chosen: number }
  | { readonly kind: 'faults'; readonly chosen: number }
  | { readonly kind: 'export'; readonly chosen: number }
  /** The menu of actions for the selected row. */
  | {
      readonly kind: 'actions'
      readonly chosen: number
      /** Only entries that match it; null while no filter is typed. */
      readonly text: string | null
    }
  | {
      readonly kind: 'rename'
      readonly cluster: string
      readonly id: string
      readonly text: string
      readonly problem: string | null
    }
  | {
      /** The reason for muting an alert. With `until` as its term, the text begins with the end time. */
      readonly kind: 'silence'
      readonly cluster: string
      readonly rule: AlertRule
      readonly subject: string
      /** The owner of the subject. */
      readonly owner: string
      /** A number: that many milliseconds. */
      readonly term: 'while it lasts' | 'until' | number
      readonly text: string
      readonly problem: string | null
    }

/** The state of a view when it was left, restored when it is opened again. */
interface SavedView {
  readonly pane: PaneId
  readonly filter: string
}

/** The screen's own state. Selections are ids, so that they survive sorting and refreshes. */
export interface Navigation {
  readonly view: string
  /** Name of the cluster shown; null: the first. */
  readonly cluster: string | null
  /** The pane that receives the keys. If the view has none with this name, its first pane. */
  readonly pane: PaneId
  /** Ids of rows; absent or null: the first row. */
  readonly selected: Readonly<Partial<Record<PaneId, string | null>>>
  /** Ids of the marked rows of each pane; absent: none. */
  readonly marked: Readonly<Partial<Record<PaneId, readonly string[]>>>
  /** Absent or null: the natural order. */
  readonly sort: Readonly<Partial<Record<PaneId, SortOrder | null>>>
  readonly filter: string
  /** By view. */
  readonly left: Readonly<Record<string, SavedView>>
  readonly details: OpenDetails | null
  readonly overlay: Overlay
  /** Time of the recorded moment on the screen, in milliseconds since the epoch; null: now. */
  readonly historyAt: number | null
}

/** The part that is stored for the next start. */
export type ScreenLocation = Pick<Navigation, 'view' | 'cluster' | 'pane' | 'filter' | 'sort' | 'left'>

export type RowEvent =
  | { readonly type: 'pane-focused'; readonly pane: PaneId }
  | { readonly type: 'row-selected'; readonly pane: PaneId; readonly id: string }
  | { readonly type: 'row-marked'; readonly pane: PaneId; readonly id: string; readonly marked: boolean }
  | { readonly type: 'marks-cleared' }
  | { readonly type: 'sorted'; readonly pane: PaneId; readonly sort: SortOrder | null }
  | { readonly type: 'filtered'; readonly text: string }

export type LocationEvent =
  | { readonly type: 'view-opened'; readonly view: string }
  | { readonly type: 'cluster-shown'; readonly cluster: string }
  /** The location when the screen was left last. */
  | { readonly type: 'location-restored'; readonly place: ScreenLocation }
  | { readonly type: 'details-opened'; readonly view: string; readonly pane: PaneId; readonly id: string }
  | { readonly type: 'details-closed' }
  /** Shows a recorded moment, or now. */
  | { readonly type: 'history-shown'; readonly at: number | null }
  /** Scrolls the help or the details. */
  | { readonly type: 'scrolled'; readonly to: number }

export type OverlayEvent =
  | { readonly type: 'overlay-opened'; readonly overlay: Overlay }
  | { readonly type: 'overlay-closed' }
  /** The whole text of the entry after a key. */
  | { readonly type: 'typed'; readonly text: string }
  | { readonly type: 'chosen'; readonly index: number }
  /** The text is not valid. */
  | { readonly type: 'entry-refused'; readonly problem: string }

export type NavigationEvent = RowEvent | LocationEvent | OverlayEvent

export const NO_OVERLAY: Overlay = { kind: 'none' }

export const START_NAVIGATION: Navigation = {
  view: 'topology',
  cluster: null,
  pane: 'servers',
  selected: {},
  marked: {},
  sort: {},
  filter: '',
  left: {},
  details: null,
  overlay: NO_OVERLAY,
  historyAt: null,
}
