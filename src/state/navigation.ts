// Where the user is: view, selection, filter, what is being typed. Pure data and its reducer.

/** The screen's own state. */
export interface Navigation {
  readonly view: string
}

export type NavigationEvent = { readonly type: 'view-opened'; readonly view: string }

export const START: Navigation = { view: 'topology' }

/** The next navigation after an event of the user. */
export function navigate(navigation: Navigation, event: NavigationEvent): Navigation {
  return { ...navigation, view: event.view }
}
