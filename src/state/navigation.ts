// Where the user is: view, pane, selection, filter, what is being typed. Pure data and its reducer.

export const PANES = ['servers', 'databases', 'events'] as const
export type Pane = (typeof PANES)[number]

export interface Sort {
  /** Id of the column; `null` in the navigation means the natural order. */
  readonly column: string
  readonly descending: boolean
}

/** The object whose details fill the screen. */
export interface Details {
  readonly pane: 'servers' | 'databases'
  readonly id: string
  /** First line shown. */
  readonly scroll: number
}

/** What lies over the view and takes the keys. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'help'; readonly scroll: number }
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'palette'; readonly text: string; readonly chosen: number }
  | { readonly kind: 'faults'; readonly chosen: number }
  | {
      readonly kind: 'rename'
      readonly cluster: string
      readonly id: string
      readonly text: string
      readonly problem: string | null
    }

/** The screen's own state. Selections are identities, so that they survive sorting and refreshes. */
export interface Navigation {
  readonly view: string
  /** Name of the cluster shown; null: the first. */
  readonly cluster: string | null
  readonly pane: Pane
  /** null: the first row. */
  readonly selected: Readonly<Record<Pane, string | null>>
  readonly sort: Readonly<Record<Pane, Sort | null>>
  readonly filter: string
  readonly details: Details | null
  readonly overlay: Overlay
}

type RowEvent =
  | { readonly type: 'pane-focused'; readonly pane: Pane }
  | { readonly type: 'row-selected'; readonly pane: Pane; readonly id: string }
  | { readonly type: 'sorted'; readonly pane: Pane; readonly sort: Sort | null }
  | { readonly type: 'filtered'; readonly text: string }

type PlaceEvent =
  | { readonly type: 'view-opened'; readonly view: string }
  | { readonly type: 'cluster-shown'; readonly cluster: string }
  | { readonly type: 'details-opened'; readonly pane: 'servers' | 'databases'; readonly id: string }
  | { readonly type: 'details-closed' }
  /** Scrolls the help, or else the details. */
  | { readonly type: 'scrolled'; readonly to: number }

type OverlayEvent =
  | { readonly type: 'overlay-opened'; readonly overlay: Overlay }
  | { readonly type: 'overlay-closed' }
  /** The whole text of the entry after a key. */
  | { readonly type: 'typed'; readonly text: string }
  | { readonly type: 'chosen'; readonly index: number }
  /** The entry can't be taken as it is. */
  | { readonly type: 'entry-refused'; readonly problem: string }

export type NavigationEvent = RowEvent | PlaceEvent | OverlayEvent

export const NO_OVERLAY: Overlay = { kind: 'none' }

export const START: Navigation = {
  view: 'topology',
  cluster: null,
  pane: 'servers',
  selected: { servers: null, databases: null, events: null },
  sort: { servers: null, databases: null, events: null },
  filter: '',
  details: null,
  overlay: NO_OVERLAY,
}

/** The next navigation after an event of the user; the same object when nothing changes. */
export function navigate(navigation: Navigation, event: NavigationEvent): Navigation {
  switch (event.type) {
    case 'pane-focused':
    case 'row-selected':
    case 'sorted':
    case 'filtered':
      return navigateRows(navigation, event)
    case 'view-opened':
    case 'cluster-shown':
    case 'details-opened':
    case 'details-closed':
    case 'scrolled':
      return navigatePlaces(navigation, event)
    default:
      return navigateOverlay(navigation, event)
  }
}

function navigateRows(navigation: Navigation, event: RowEvent): Navigation {
  switch (event.type) {
    case 'pane-focused':
      return navigation.pane === event.pane ? navigation : { ...navigation, pane: event.pane }
    case 'row-selected':
      if (navigation.selected[event.pane] === event.id && navigation.pane === event.pane) return navigation
      return { ...navigation, pane: event.pane, selected: { ...navigation.selected, [event.pane]: event.id } }
    case 'sorted':
      return { ...navigation, sort: { ...navigation.sort, [event.pane]: event.sort } }
    case 'filtered':
      return navigation.filter === event.text ? navigation : { ...navigation, filter: event.text }
  }
}

function navigatePlaces(navigation: Navigation, event: PlaceEvent): Navigation {
  switch (event.type) {
    case 'view-opened':
      return { ...navigation, view: event.view, details: null, overlay: NO_OVERLAY }
    case 'cluster-shown':
      return {
        ...START,
        view: navigation.view,
        cluster: event.cluster,
      }
    case 'details-opened':
      return { ...navigation, details: { pane: event.pane, id: event.id, scroll: 0 }, overlay: NO_OVERLAY }
    case 'details-closed':
      return { ...navigation, details: null }
    case 'scrolled': {
      const to = Math.max(0, event.to)
      if (navigation.overlay.kind === 'help') return { ...navigation, overlay: { kind: 'help', scroll: to } }
      return navigation.details ? { ...navigation, details: { ...navigation.details, scroll: to } } : navigation
    }
  }
}

function navigateOverlay(navigation: Navigation, event: OverlayEvent): Navigation {
  const { overlay } = navigation
  switch (event.type) {
    case 'overlay-opened':
      return { ...navigation, overlay: event.overlay }
    case 'overlay-closed':
      return overlay.kind === 'none' ? navigation : { ...navigation, overlay: NO_OVERLAY }
    case 'typed':
      return typedInto(navigation, event.text)
    case 'chosen':
      if (overlay.kind !== 'palette' && overlay.kind !== 'faults') return navigation
      return { ...navigation, overlay: { ...overlay, chosen: Math.max(0, event.index) } }
    case 'entry-refused':
      if (overlay.kind !== 'rename') return navigation
      return { ...navigation, overlay: { ...overlay, problem: event.problem } }
  }
}

function typedInto(navigation: Navigation, text: string): Navigation {
  const { overlay } = navigation
  switch (overlay.kind) {
    case 'filter':
      // The rows follow while it is typed.
      return { ...navigation, filter: text, overlay: { ...overlay, text } }
    case 'palette':
      return { ...navigation, overlay: { ...overlay, text, chosen: 0 } }
    case 'rename':
      return { ...navigation, overlay: { ...overlay, text, problem: null } }
    default:
      return navigation
  }
}
