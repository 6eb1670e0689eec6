// The terminal for the screen: its abilities, its size, and output without waiting. While the terminal does not read,
// no frame is made; the next one shows the state at that time.

import { nonBlockingOutput, type TerminalOutput } from '../../io/terminal/terminal-output.ts'
import type { Store } from '../../state/store.ts'
import { type Glyphs, glyphsFor, SCREEN_READER_GLYPHS } from '../frame/format/glyphs.ts'
import type { Viewport } from '../views/list/view.ts'
import { requireDrawableTerminal } from './terminal.ts'

export interface OutputDevice {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly output: TerminalOutput
  readonly glyphs: Glyphs
  /** Sends a sequence that draws nothing. */
  signal(sequence: string): void
  /** The size now. */
  screen(): Viewport
}

export interface OutputDeviceOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin?: NodeJS.ReadStream
  readonly stdout?: NodeJS.WriteStream
  readonly screenReader?: boolean
}

/** Throws a TerminalError if no terminal can show the monitor. */
export function openOutputDevice(options: OutputDeviceOptions): OutputDevice {
  const { stdin = process.stdin, stdout: given = process.stdout, env, screenReader = false } = options
  requireDrawableTerminal(stdin, given, env)
  const output = nonBlockingOutput(given)
  const stdout = output.stream
  const glyphs = screenReader ? SCREEN_READER_GLYPHS : glyphsFor(env)
  return {
    stdin,
    stdout,
    output,
    glyphs,
    signal: (sequence) => void stdout.write(sequence),
    screen: () => ({ columns: stdout.columns, rows: stdout.rows, glyphs }),
  }
}

type Shown = Pick<Store, 'subscribe' | 'published'>

/** The same, but a change of size is reported only after all earlier output was read. */
export function withBackpressure(shown: Shown, output: Pick<TerminalOutput, 'isBehind' | 'onCaughtUp'>): Shown {
  return {
    published: shown.published,
    subscribe(listener) {
      const ends = [
        shown.subscribe(() => {
          if (!output.isBehind()) listener()
        }),
        output.onCaughtUp(() => listener()),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
