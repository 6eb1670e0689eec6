// Starts the full screen over a store and ends it: whatever happens, the terminal is given back first.

import { render } from 'ink'
import type { Engine } from '../state/engine.ts'
import type { Store } from '../state/store.ts'
import { createActor } from './actor.ts'
import { App } from './app.tsx'
import { ringOnAlerts } from './bell.ts'
import { type Belongings, belongings } from './belongings.ts'
import { type Glyphs, glyphsFor, SPOKEN } from './format/glyphs.ts'
import { createHandover } from './handover.ts'
import { parsePress } from './input.ts'
import { lookFirst } from './look.ts'
import { withoutMouse } from './mouse.ts'
import { demandTerminal, restoreTerminal } from './terminal.ts'
import { type Background, backgroundOf, colourLevel, painter } from './theme.ts'
import { titleOf } from './title.ts'

export interface ScreenOptions {
  readonly store: Store
  readonly engine: Engine
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin?: NodeJS.ReadStream
  readonly stdout?: NodeJS.WriteStream
  readonly screenReader?: boolean
  /** The wheel scrolls, a click selects; selecting text then takes the shift key in most terminals. */
  readonly mouse?: boolean
  /** Colours for which background; default: auto. */
  readonly theme?: 'auto' | Background
  /** Rings when an alert begins that is not muted. */
  readonly bell?: boolean
  /** Keys played once every target has answered or failed once, e.g. `"/ vacuum enter"`. */
  readonly press?: string
}

export interface ScreenHandle {
  /** Resolves once the terminal is restored; rejects with what broke the screen or the program meanwhile. */
  readonly done: Promise<void>
  stop(): void
  /** True while another program has the terminal: Ctrl-C there is not meant for us. */
  isLent(): boolean
}

/** Above the rate of a held key, so that each one is painted. */
const MAX_FPS = 120

/** Takes the terminal over. Throws a TerminalError, with nothing changed, when there is none that could show it. */
export function startScreen(options: ScreenOptions): ScreenHandle {
  const { store, engine, env, stdin = process.stdin, stdout = process.stdout, screenReader = false } = options
  demandTerminal(stdin, stdout, env)
  const glyphs = screenReader ? SPOKEN : glyphsFor(env)
  const background = backgroundOf(options.theme ?? 'auto', env)
  const paint = painter(colourLevel(env), background)
  const signal = (sequence: string) => void stdout.write(sequence)
  const screen = () => ({ columns: stdout.columns, rows: stdout.rows, glyphs })
  let generation = 0

  const quit = () => {
    stop()
    engine.quit()
  }
  const redraw = () => {
    generation += 1
    ink.clear()
    stdout.write('\x1b[2J\x1b[H')
    ink.rerender(tree())
  }
  const own = belongings(signal, env, { mouse: options.mouse ?? false })
  const handover = createHandover(stdin, own)
  const actor = createActor({ store, engine, screen, background, env, signal, handover, redraw, quit })
  const tree = () => (
    <App {...{ store, actor, glyphs, paint, generation }} faults={engine.faults} onMounted={handover.bind} />
  )
  lookFirst(engine, store.latest())
  const ink = render(tree(), {
    stdin: options.mouse ? withoutMouse(stdin, actor.mouse) : stdin,
    stdout,
    alternateScreen: !screenReader,
    incrementalRendering: true,
    maxFps: MAX_FPS,
    patchConsole: false,
    exitOnCtrlC: false,
    interactive: true,
    isScreenReaderEnabled: screenReader,
  })
  let stopped = false
  const stop = () => {
    if (stopped) return
    stopped = true
    own.giveBack()
    ink.unmount()
    restoreTerminal(stdin, stdout)
  }
  const crash = Promise.withResolvers<never>()
  const interrupted = () => void (handover.isLent() || stop())
  const ends = [
    ...beside(options, signal, actor.press),
    entitle(store, own, glyphs),
    guard(stop, interrupted, crash.reject),
    handover.close,
  ]
  const done = Promise.race([ink.waitUntilExit(), crash.promise]).then(
    () => {},
    (error: unknown) => {
      stop()
      throw error
    },
  )
  return {
    stop,
    isLent: handover.isLent,
    done: done.finally(() => {
      for (const end of ends) end()
      restoreTerminal(stdin, stdout)
    }),
  }
}

/** What goes on beside the screen: the bell, keys that press themselves. Answers with functions that end it. */
function beside(
  { store, bell, press }: ScreenOptions,
  signal: (sequence: string) => void,
  pressKey: (key: string) => void,
): readonly (() => void)[] {
  return [
    ...(bell ? [ringOnAlerts(store, () => signal('\x07'))] : []),
    ...(press === undefined ? [] : [play(store, parsePress(press), pressKey)]),
  ]
}

/** Keeps the title of the terminal true; answers with a function that ends it. */
function entitle(store: Store, own: Belongings, glyphs: Glyphs): () => void {
  const tell = () => own.title(titleOf(store.published(), glyphs))
  tell()
  return store.subscribe(tell)
}

const SIGNALS = ['SIGTERM', 'SIGHUP'] as const

/** Gives the terminal back on signals and on errors nobody caught; answers with a function that lets go again. */
function guard(stop: () => void, interrupted: () => void, broken: (error: unknown) => void): () => void {
  const onError = (error: unknown) => {
    stop()
    broken(error)
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  process.on('SIGINT', interrupted)
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  return () => {
    for (const signal of SIGNALS) process.off(signal, stop)
    process.off('SIGINT', interrupted)
    process.off('uncaughtException', onError)
    process.off('unhandledRejection', onError)
  }
}

/** Presses the keys once the first figures of every cluster are in; answers with a function that gives it up. */
function play(store: Store, keys: readonly string[], press: (key: string) => void): () => void {
  const ready = () => store.published().clusters.every(({ complete }) => complete)
  const run = () => {
    if (!ready()) return
    unsubscribe()
    for (const key of keys) press(key)
  }
  const unsubscribe = store.subscribe(run)
  if (ready()) queueMicrotask(run)
  return unsubscribe
}
