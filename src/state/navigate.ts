// Navigation: how each event of the user changes the location on the screen.

import {
  type LocationEvent,
  type Navigation,
  type NavigationEvent,
  NO_OVERLAY,
  type OverlayEvent,
  type PaneId,
  type RowEvent,
  START_NAVIGATION,
} from './navigation.ts'

/** Returns the next navigation after an event of the user; the same object if nothing changes. */
export function navigate(navigation: Navigation, event: NavigationEvent): Navigation {
  switch (event.type) {
    case 'pane-focused':
    case 'row-selected':
    case 'row-marked':
    case 'marks-cleared':
    case 'sorted':
    case 'filtered':
      return navigateRows(navigation, event)
    case 'view-opened':
    case 'cluster-shown':
    case 'location-restored':
    case 'details-opened':
    case 'details-closed':
    case 'history-shown':
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
    case 'row-marked': {
      const others = (navigation.marked[event.pane] ?? []).filter((id) => id !== event.id)
      const ids = event.marked ? [...others, event.id] : others
      return { ...navigation, marked: { ...navigation.marked, [event.pane]: ids } }
    }
    case 'marks-cleared':
      return { ...navigation, marked: {} }
    case 'sorted':
      return { ...navigation, sort: { ...navigation.sort, [event.pane]: event.sort } }
    case 'filtered':
      return navigation.filter === event.text ? navigation : { ...navigation, filter: event.text }
  }
}

function navigatePlaces(navigation: Navigation, event: LocationEvent): Navigation {
  switch (event.type) {
    case 'view-opened':
      return viewOpened(navigation, event.view)
    case 'cluster-shown':
      return { ...START_NAVIGATION, view: navigation.view, cluster: event.cluster, historyAt: navigation.historyAt }
    case 'location-restored':
      return { ...START_NAVIGATION, ...event.place }
    case 'details-opened': {
      const { view, pane, id } = event
      return { ...navigation, details: { view, pane, id, scroll: 0 }, overlay: NO_OVERLAY }
    }
    case 'details-closed':
      return { ...navigation, details: null }
    case 'history-shown':
      return navigation.historyAt === event.at ? navigation : { ...navigation, historyAt: event.at }
    case 'scrolled': {
      const to = Math.max(0, event.to)
      if (navigation.overlay.kind === 'help') return { ...navigation, overlay: { kind: 'help', scroll: to } }
      return navigation.details ? { ...navigation, details: { ...navigation.details, scroll: to } } : navigation
    }
  }
}

/** No view has a pane of this name: its first one has the focus then. */
const FIRST_PANE: PaneId = ':first'

/**
 * The view at its first pane, so that a runbook finds the same each time. The open view again: the pane used last in it. Details
 * of one view do not belong to another.
 */
function viewOpened(navigation: Navigation, view: string): Navigation {
  const away = { ...navigation, details: null, overlay: NO_OVERLAY }
  const { pane, filter } = navigation
  const before = navigation.left[view]
  if (view === navigation.view) {
    if (navigation.details !== null || !before || before.pane === pane) return away
    return { ...away, pane: before.pane, left: { ...navigation.left, [view]: { ...before, pane } } }
  }
  const used = pane === FIRST_PANE ? (navigation.left[navigation.view]?.pane ?? pane) : pane
  return {
    ...away,
    view,
    pane: FIRST_PANE,
    filter: before?.filter ?? '',
    left: { ...navigation.left, [navigation.view]: { pane: used, filter } },
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
      if (!('chosen' in overlay)) return navigation
      return { ...navigation, overlay: { ...overlay, chosen: Math.max(0, event.index) } }
    case 'entry-refused':
      if (overlay.kind !== 'rename' && overlay.kind !== 'silence') return navigation
      return { ...navigation, overlay: { ...overlay, problem: event.problem } }
  }
}

function typedInto(navigation: Navigation, text: string): Navigation {
  const { overlay } = navigation
  switch (overlay.kind) {
    case 'filter':
      // The rows follow while the user types.
      return { ...navigation, filter: text, overlay: { ...overlay, text } }
    case 'palette':
    case 'actions':
      return { ...navigation, overlay: { ...overlay, text, chosen: 0 } }
    case 'rename':
    case 'silence':
      return { ...navigation, overlay: { ...overlay, text, problem: null } }
    default:
      return navigation
  }
}
