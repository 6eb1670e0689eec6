// Starts the full screen over a store and ends it. It restores the terminal first, however it ends.

import { render } from 'ink'
import type { FatalSignal } from '../io/process/fatal-signals.ts'
import type { Controller } from '../state/controller.ts'
import type { Store } from '../state/store.ts'
import { App, type AppProps } from './app.tsx'
import type { Glyphs } from './frame/format/glyphs.ts'
import { type Background, colourLevel, linePainter } from './frame/format/theme.ts'
import { frame } from './frame/screen.ts'
import { screenReaderLines } from './frame/screen-reader.ts'
import type { TerminalContext } from './keys/bindings/command-context.ts'
import { startActiveQueries } from './keys/dispatch/active-queries.ts'
import { createKeyDispatcher, type KeyDispatcher } from './keys/dispatch/dispatch.ts'
import { keepTitle, startSideEffects } from './side-effects.ts'
import { createTerminalBackground, type TerminalBackground } from './terminal/background.ts'
import { keepPasteMarksWhole } from './terminal/bracketed-paste.ts'
import { filterInput } from './terminal/filtered-input.ts'
import { createTerminalHandover, type InkSuspend } from './terminal/foreground-program.ts'
import { separateEscapes } from './terminal/lone-escape.ts'
import { createTerminalModes } from './terminal/modes.ts'
import { filterMouseReports } from './terminal/mouse.ts'
import { onFatalSignal } from './terminal/on-fatal-signal.ts'
import { type OutputDeviceOptions, openOutputDevice, withBackpressure } from './terminal/output-device.ts'
import { throttleForScreenReader } from './terminal/screen-reader-throttle.ts'
import { endLastLine, restoreTerminal } from './terminal/terminal.ts'
import { startTour, type Tour } from './tour/play-tour.ts'

export interface ScreenOptions extends OutputDeviceOptions {
  readonly store: Store
  readonly controller: Controller
  /** The wheel scrolls, a click selects. In most terminals the shift key then selects text. */
  readonly mouse?: boolean
  /** The background that colours are for; default: auto. */
  readonly theme?: 'auto' | Background
  /** Rings when an alert begins that is not muted. */
  readonly bell?: boolean
  /** Keys that are pressed once every target has answered or failed once, e.g. `"/ vacuum enter"`. */
  readonly press?: string
  /** Name or id of the server or database that is selected first, before any key is played. */
  readonly select?: string
  /** Plays the guided tour of the demo, so many times as fast as it is meant to be read. */
  readonly tourSpeed?: number
  /** Told of the signal that has ended the screen; the terminal has been given back by then. */
  readonly onSignal?: (signal: FatalSignal) => void
}

export interface ScreenHandle {
  /** Resolves once the terminal is restored; rejects with the error that ended the screen or the program. */
  readonly done: Promise<void>
  stop(): void
}

const INK = {
  incrementalRendering: true,
  // Above the rate of a held key, so that each press is drawn.
  maxFps: 120,
  patchConsole: false,
  exitOnCtrlC: false,
  interactive: true,
} as const

/** Spoken lines remain on the terminal's main screen. */
function inkOptions(screenReader: boolean) {
  return { ...INK, alternateScreen: !screenReader, isScreenReaderEnabled: screenReader }
}

/** Takes over the terminal. Throws a TerminalError, with nothing changed, if no terminal can show the screen. */
export function startScreen(options: ScreenOptions): ScreenHandle {
  const { store, controller, env, screenReader = false } = options
  const { stdin, stdout, output, glyphs, signal, screen } = openOutputDevice(options)
  // Scripted keys may end the program before the answer arrives: then the shell would get it.
  const mayAsk = !screenReader && options.press === undefined
  const backdrop = createTerminalBackground({ theme: options.theme ?? 'auto', env, mayAsk, changed: () => redraw() })
  const quiet = screenReader ? throttleForScreenReader(store) : null
  const draw = screenReader ? screenReaderDraw(controller) : styledDraw(controller, glyphs, backdrop, env)
  let generation = 0
  let stopped = false

  const quit = () => {
    stop()
    controller.quit()
  }
  const redraw = () => {
    generation += 1
    quiet?.refresh()
    ink.clear()
    stdout.write('\x1b[2J\x1b[H')
    ink.rerender(tree())
  }
  const modes = createTerminalModes(signal, env, { mouse: options.mouse ?? false, draws: !screenReader })
  const handover = createTerminalHandover(stdin, modes)
  const terminal = { store, controller, screen, background: backdrop.now, env, signal, handover, redraw, quit }
  const { actor, end: endTour } = startKeys(terminal, options.tourSpeed)
  const mounted = (suspend: InkSuspend) => {
    handover.bind(suspend)
    // One turn later: by then Ink has switched echo off.
    setImmediate(() => void (stopped || backdrop.ask(signal)))
  }
  const shown = withBackpressure(quiet ?? store, output)
  const tree = () => <App shown={shown} onMounted={mounted} {...{ actor, draw, generation }} />
  startActiveQueries(controller, store.latest())
  const keys = keyInput(stdin, backdrop, options.mouse ? actor.mouse : null)
  const restore = () => restoreTerminal(stdin, stdout, { aloud: screenReader })
  const ink = render(tree(), { stdin: keys, stdout, ...inkOptions(screenReader) })
  const stop = () => {
    if (stopped) return
    stopped = true
    modes.end()
    ink.unmount()
    if (screenReader) endLastLine(stdout)
    restore()
    output.settle()
  }
  const broken = Promise.withResolvers<never>()
  const ends = [
    ...startSideEffects(options, signal, actor),
    keepTitle(store, modes, glyphs),
    onFatalSignal({ stop, handover, onSignal: options.onSignal, onError: broken.reject }),
    handover.close,
    endTour,
    output.onCaughtUp((lost) => void (lost && !stopped && redraw())),
    restore,
    () => output.close(),
  ]
  const done = ended(Promise.race([ink.waitUntilExit(), broken.promise]), stop, ends)
  return { stop, done }
}

/** The input without what is no key. With `heard` it is told of the mouse. */
function keyInput(
  stdin: NodeJS.ReadStream,
  { withoutAnswer }: Pick<TerminalBackground, 'withoutAnswer'>,
  heard: KeyDispatcher['mouse'] | null,
): NodeJS.ReadStream {
  const filters = [withoutAnswer, keepPasteMarksWhole((key) => stdin.unshift(key)), separateEscapes]
  return filterInput(stdin, heard ? [...filters, filterMouseReports(heard)] : filters)
}

/** The effects of keys. A tour presses them itself, until the user takes over. */
function startKeys(terminal: TerminalContext, tourSpeed: number | undefined): Tour {
  const actor = createKeyDispatcher(terminal)
  if (tourSpeed === undefined) return { actor, end() {} }
  const { store, controller, quit } = terminal
  return startTour({ store, faults: controller.faults, actor, speed: tourSpeed, quit })
}

/** Resolves once all has ended; rejects with the error, the terminal restored. */
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

type Draw = AppProps['draw']

/** Lines in colours that are readable on the background, as known at each frame. */
function styledDraw(
  { faults }: Controller,
  glyphs: Glyphs,
  backdrop: Pick<TerminalBackground, 'now'>,
  env: ScreenOptions['env'],
): Draw {
  const level = colourLevel(env)
  const paints = { dark: linePainter(level, 'dark'), light: linePainter(level, 'light') }
  return (state, size) => frame(state, { ...size, glyphs }, faults).map(paints[backdrop.now()])
}

/** Lines without colours, for a screen reader. */
function screenReaderDraw({ faults }: Controller): Draw {
  return (state, size) => screenReaderLines(state, size, faults)
}
