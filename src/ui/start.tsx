// Starts the full screen over a store and ends it: whatever happens, the terminal is given back first.

import { render } from 'ink'
import type { Engine } from '../state/engine.ts'
import type { Store } from '../state/store.ts'
import { createActor } from './actor.ts'
import { App, type AppProps } from './app.tsx'
import { belongings } from './belongings.ts'
import { beside, entitle, guard } from './beside.ts'
import { type Glyphs, glyphsFor, SPOKEN } from './format/glyphs.ts'
import { createHandover } from './handover.ts'
import { lookFirst } from './look.ts'
import { withoutMouse } from './mouse.ts'
import { quietly } from './quiet.ts'
import { frame } from './screen.ts'
import { spokenLines } from './spoken.ts'
import { demandTerminal, restoreTerminal } from './terminal.ts'
import { type Background, backgroundOf, colourLevel, type Paint, painter } from './theme.ts'

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

const INK = {
  incrementalRendering: true,
  // Above the rate of a held key, so that each one is painted.
  maxFps: 120,
  patchConsole: false,
  exitOnCtrlC: false,
  interactive: true,
} as const

/** Takes the terminal over. Throws a TerminalError, with nothing changed, when there is none that could show it. */
export function startScreen(options: ScreenOptions): ScreenHandle {
  const { store, engine, env, stdin = process.stdin, stdout = process.stdout, screenReader = false } = options
  demandTerminal(stdin, stdout, env)
  const glyphs = screenReader ? SPOKEN : glyphsFor(env)
  const background = backgroundOf(options.theme ?? 'auto', env)
  const quiet = screenReader ? quietly(store) : null
  const draw = screenReader ? aloud(engine) : drawn(engine, glyphs, painter(colourLevel(env), background))
  const signal = (sequence: string) => void stdout.write(sequence)
  const screen = () => ({ columns: stdout.columns, rows: stdout.rows, glyphs })
  let generation = 0

  const quit = () => {
    stop()
    engine.quit()
  }
  const redraw = () => {
    generation += 1
    quiet?.refresh()
    ink.clear()
    stdout.write('\x1b[2J\x1b[H')
    ink.rerender(tree())
  }
  const own = belongings(signal, env, { mouse: options.mouse ?? false })
  const handover = createHandover(stdin, own)
  const actor = createActor({ store, engine, screen, background, env, signal, handover, redraw, quit })
  const tree = () => <App shown={quiet ?? store} onMounted={handover.bind} {...{ actor, draw, generation }} />
  lookFirst(engine, store.latest())
  const ink = render(tree(), {
    stdin: options.mouse ? withoutMouse(stdin, actor.mouse) : stdin,
    stdout,
    alternateScreen: !screenReader,
    isScreenReaderEnabled: screenReader,
    ...INK,
  })
  let stopped = false
  const stop = () => {
    if (stopped) return
    stopped = true
    own.end()
    ink.unmount()
    restoreTerminal(stdin, stdout)
  }
  const broken = Promise.withResolvers<never>()
  const ends = [
    ...beside(options, signal, actor.press),
    entitle(store, own, glyphs),
    guard(stop, () => void (handover.isLent() || stop()), broken.reject),
    handover.close,
    () => restoreTerminal(stdin, stdout),
  ]
  const done = ended(Promise.race([ink.waitUntilExit(), broken.promise]), stop, ends)
  return { stop, isLent: handover.isLent, done }
}

/** Resolves once all has ended; rejects with what broke it, the terminal restored. */
async function ended(exit: Promise<unknown>, stop: () => void, ends: readonly (() => void)[]): Promise<void> {
  try {
    await exit
  } catch (error) {
    stop()
    throw error
  } finally {
    for (const end of ends) end()
  }
}

const drawn =
  ({ faults }: Engine, glyphs: Glyphs, paint: Paint): AppProps['draw'] =>
  (state, size) =>
    frame(state, { ...size, glyphs }, faults).map(paint)

const aloud =
  ({ faults }: Engine): AppProps['draw'] =>
  (state, size) =>
    spokenLines(state, size, faults)
