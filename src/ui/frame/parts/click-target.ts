// Links a drawn line to its row in a table, so that a click can find it.

import type { PaneId } from '../../../state/navigation.ts'
import type { Line } from '../format/line.ts'

export interface ClickTarget {
  readonly pane: PaneId
  readonly id: string
}

const AIMS = new WeakMap<Line, ClickTarget>()

/** The same line, linked to that row. */
export function withClickTarget(line: Line, pane: PaneId, id: string): Line {
  AIMS.set(line, { pane, id })
  return line
}

/** The row of a line; null if it has none. */
export function clickTargetOf(line: Line | undefined): ClickTarget | null {
  return (line && AIMS.get(line)) ?? null
}

/** `after` with the row of `before`: for lines that were changed on their way to the screen. */
export function copyClickTarget(after: Line, before: Line): Line {
  const aim = AIMS.get(before)
  return aim ? withClickTarget(after, aim.pane, aim.id) : after
}
