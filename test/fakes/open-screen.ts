// The screen over a state, in a terminal in memory: keys go in, what is drawn comes out. It ends with the test.

import type { TestContext } from 'node:test'
import type { Controller } from '../../src/state/controller.ts'
import type { State } from '../../src/state/state.ts'
import { createStore, type Store } from '../../src/state/store.ts'
import { type ScreenHandle, startScreen } from '../../src/ui/start.tsx'
import { type FakeController, fakeController } from '../builders/screens.ts'
import { type FakeTerminal, fakeTerminal } from './terminal.ts'

export const SCREEN_ENV = { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }
export const ENTER = '\r'
export const ESC = '\x1b'
export const TAB = '\t'

export interface OpenScreenOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  /** Keys that press themselves. */
  readonly press?: string
  /** The server or database that is selected first. */
  readonly select?: string
  /** Plays the guided tour at this speed. */
  readonly tourSpeed?: number
  /** What the controller does besides writing its calls down. */
  readonly controller?: (store: Store) => Partial<Controller>
}

export interface OpenScreen {
  readonly store: Store
  readonly engine: FakeController
  readonly terminal: FakeTerminal
  readonly handle: ScreenHandle
  /** Types the keys; resolves to the screen that has what is wanted. */
  shows(keys: string, wanted: RegExp | string): Promise<string>
}

export function openScreen(
  t: TestContext,
  state: State,
  {
    columns = 120,
    rows = 40,
    env = SCREEN_ENV,
    press,
    select,
    tourSpeed,
    controller = () => ({}),
  }: OpenScreenOptions = {},
): OpenScreen {
  const terminal = fakeTerminal(columns, rows)
  const store = createStore(state)
  const engine = fakeController(controller(store))
  const { stdin, stdout } = terminal
  const pressed = { ...(press === undefined ? {} : { press }), ...(select === undefined ? {} : { select }) }
  const toured = tourSpeed === undefined ? {} : { tourSpeed }
  const handle = startScreen({ store, controller: engine, env, stdin, stdout, ...pressed, ...toured })
  t.after(async () => {
    handle.stop()
    await handle.done.catch(() => {})
  })
  return {
    store,
    engine,
    terminal,
    handle,
    shows(keys, wanted) {
      if (keys !== '') terminal.type(keys)
      const found = (screen: string) => (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen))
      return terminal.until(found, String(wanted))
    },
  }
}
