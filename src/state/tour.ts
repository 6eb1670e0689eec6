// What the guided tour of the demo says about the screen.

/** One line of the tour, and the key that it presses with it. */
export interface TourCaption {
  readonly text: string
  /** The key as people read it; null: it presses none now. */
  readonly key: string | null
  /** `waits`: the user has paused it. `over`: it presses nothing more, and the line invites the user to go on. */
  readonly phase: 'plays' | 'waits' | 'over'
}

/** `null`: no tour, or the user has taken over. */
export type TourEvent = { readonly type: 'tour-told'; readonly caption: TourCaption | null }
