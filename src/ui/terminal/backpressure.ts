// Frames for a terminal that reads: while it does not, none is made, and the next one is of what is known then.

import type { TerminalOutput } from '../../io/terminal/terminal-output.ts'
import type { Store } from '../../state/store.ts'

type Shown = Pick<Store, 'subscribe' | 'published'>

/** The same, but that changes are told only once everything before them was taken. */
export function withBackpressure(shown: Shown, output: Pick<TerminalOutput, 'isBehind' | 'onCaughtUp'>): Shown {
  return {
    published: shown.published,
    subscribe(listener) {
      const ends = [
        shown.subscribe(() => {
          if (!output.isBehind()) listener()
        }),
        output.onCaughtUp(() => listener()),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
