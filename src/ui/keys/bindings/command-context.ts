// What keys act on: the store, the engines, the terminal.

import type { Controller } from '../../../state/controller.ts'
import type { NavigationEvent } from '../../../state/navigation.ts'
import type { Notice } from '../../../state/state.ts'
import type { Store } from '../../../state/store.ts'
import type { Background } from '../../frame/format/theme.ts'
import type { Handover } from '../../terminal/foreground-program.ts'
import type { Screen } from '../../views/list/view.ts'
import type { ActionId } from './binding.ts'
import type { Sight } from './selection-target.ts'

export interface Stage {
  readonly store: Store
  readonly engine: Controller
  /** The size of the terminal now. */
  screen(): Screen
  /** What the background of the terminal is like, as far as is known now. */
  background(): Background
  readonly env: Readonly<Record<string, string | undefined>>
  /** Sends the terminal what draws nothing. */
  signal(sequence: string): void
  readonly handover: Handover
  redraw(): void
  quit(): void
}

/** What an action may do to the program. */
export interface Deeds extends Stage {
  sight(): Sight
  go(event: NavigationEvent): void
  tell(severity: Notice['severity'], text: string): void
  run(id: ActionId): void
}
