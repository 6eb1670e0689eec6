// Which row of a table a drawn line stands for, so that a click can find it.

import type { PaneId } from '../../../state/navigation.ts'
import type { Line } from '../format/line.ts'

export interface Aim {
  readonly pane: PaneId
  readonly id: string
}

const AIMS = new WeakMap<Line, Aim>()

/** The same line, which from now on stands for that row. */
export function aimed(line: Line, pane: PaneId, id: string): Line {
  AIMS.set(line, { pane, id })
  return line
}

/** The row that a line stands for; null when it stands for none. */
export function aimOf(line: Line | undefined): Aim | null {
  return (line && AIMS.get(line)) ?? null
}

/** `after`, which stands for what `before` stood for: for lines that were changed on their way to the screen. */
export function aimedAs(after: Line, before: Line): Line {
  const aim = AIMS.get(before)
  return aim ? aimed(after, aim.pane, aim.id) : after
}
