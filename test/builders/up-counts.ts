// Where it is said how many are up: the topology, the status as text and the fleet, as a user sees them.

import { statusLines } from '../../src/cli/commands/status/text.ts'
import { linePrinter } from '../../src/cli/text/print.ts'
import type { State } from '../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'

/** `databases` as topology and status tell them, and all members as the fleet does. */
export async function upCounts(state: State) {
  const screenOf = (view: string) =>
    frame(
      { ...state, navigation: { ...state.navigation, view } },
      { columns: 200, rows: 50, glyphs: UNICODE_GLYPHS },
      [],
    )
      .map((line) => line.map(({ text }) => text).join(''))
      .join('\n')
  const status = (await linePrinter(false))(statusLines(state.clusters, state.now))
  const ofDatabases = /DATABASES +(\d+ of \d+ up)/
  return {
    topology: ofDatabases.exec(screenOf('topology'))?.[1] ?? null,
    status: ofDatabases.exec(status)?.[1] ?? null,
    fleet: / (\d+\/\d+) /.exec(screenOf('fleet'))?.[1] ?? null,
  }
}
