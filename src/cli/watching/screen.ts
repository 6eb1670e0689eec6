// Runs the full-screen monitor over a session until the user or a signal ends it. `watch` and `demo` share it.

import type { Config } from '../../config/config.ts'
import type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'
import type { DemoFault } from '../../state/controller.ts'
import type { Store } from '../../state/store.ts'
import { loadScreen } from '../../ui/load.ts'
import { requireDrawableTerminal } from '../../ui/terminal/terminal.ts'
import { EXIT_CODES, SIGNAL_EXIT_CODES } from '../invocation/exit-codes.ts'
import type { WatchSession } from './session.ts'

export interface ShowScreenOptions {
  readonly session: Pick<WatchSession, 'store' | 'run' | 'controller'>
  readonly faults?: readonly DemoFault[]
  readonly trace?: TraceRecorder | undefined
  readonly press?: string | undefined
  readonly select?: string | undefined
  /** Plays the guided tour of the demo at this speed. */
  readonly tourSpeed?: number | undefined
  readonly screenReader?: boolean | undefined
  /** Preferences of the configuration. */
  readonly ui?: Config['ui']
  /** Ends by itself after this many seconds. */
  readonly seconds?: number | undefined
}

/** Throws a TerminalError if the monitor can't be shown: checked before a cluster is started. */
export function requireTerminal(): void {
  requireDrawableTerminal(process.stdin, process.stdout, process.env)
}

/** How long the first frame waits for figures. A frame without them would be drawn again at once. */
const HELD_BACK_MS = 80

/** Resolves once every target has answered or failed once, and after `HELD_BACK_MS` at the latest. */
function firstFigures(store: Store): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const check = () => {
    if (store.published().clusters.every(({ complete }) => complete)) resolve()
  }
  const end = store.subscribe(check)
  const timer = setTimeout(resolve, HELD_BACK_MS)
  check()
  return promise.finally(() => {
    end()
    clearTimeout(timer)
  })
}

/** Shows the monitor. Resolves to the exit code, with the terminal restored. */
export async function showScreen(options: ShowScreenOptions): Promise<number> {
  const { session, faults, trace, press, select, tourSpeed, screenReader, seconds, ui } = options
  // Polling starts before the screen's own modules load: the first frame then has figures.
  session.run()
  const { startScreen } = await loadScreen()
  await firstFigures(session.store)
  const endSizes = trace ? traceSizes(trace) : () => {}
  let code: number = EXIT_CODES.ok
  const end = (exitCode: number) => {
    code = exitCode
    screen.stop()
  }
  const screen = startScreen({
    store: session.store,
    controller: session.controller(
      { quit: () => end(EXIT_CODES.ok), interrupt: () => end(SIGNAL_EXIT_CODES.SIGINT) },
      faults,
    ),
    env: process.env,
    ...(press === undefined ? {} : { press }),
    ...(select === undefined ? {} : { select }),
    ...(tourSpeed === undefined ? {} : { tourSpeed }),
    screenReader: screenReader ?? false,
    bell: ui?.bell ?? false,
    mouse: ui?.mouse ?? false,
    theme: ui?.theme ?? 'auto',
    onSignal: (signal) => {
      code = SIGNAL_EXIT_CODES[signal]
    },
  })
  const timer = seconds === undefined ? undefined : setTimeout(() => end(EXIT_CODES.ok), seconds * 1_000)
  try {
    await screen.done
  } finally {
    clearTimeout(timer)
    endSizes()
  }
  return code
}

/** Reports the terminal's size, now and on each change; returns a function that ends it. */
function traceSizes(trace: TraceRecorder): () => void {
  const { stdout } = process
  const note = () => trace.size(stdout.columns, stdout.rows)
  note()
  stdout.on('resize', note)
  return () => void stdout.off('resize', note)
}
