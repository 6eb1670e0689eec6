// The objects that keys act on: the store, the engines, the terminal.

import type { Controller } from '../../../state/controller.ts'
import type { NavigationEvent } from '../../../state/navigation.ts'
import type { Notice } from '../../../state/state.ts'
import type { Store } from '../../../state/store.ts'
import type { Background } from '../../frame/format/theme.ts'
import type { TerminalHandover } from '../../terminal/foreground-program.ts'
import type { Viewport } from '../../views/list/view.ts'
import type { BindingId } from '../binding-id.ts'
import type { BindingContext } from './selection-target.ts'

export interface TerminalContext {
  readonly store: Store
  readonly controller: Controller
  /** The size of the terminal now. */
  screen(): Viewport
  /** The background of the terminal, as far as known. */
  background(): Background
  readonly env: Readonly<Record<string, string | undefined>>
  /** Sends a sequence that draws nothing to the terminal. */
  signal(sequence: string): void
  readonly handover: TerminalHandover
  redraw(): void
  quit(): void
}

/** The effects that an action may have on the program. */
export interface CommandContext extends TerminalContext {
  bindingContext(): BindingContext
  navigate(event: NavigationEvent): void
  notify(severity: Notice['severity'], text: string): void
  run(id: BindingId): void
}
