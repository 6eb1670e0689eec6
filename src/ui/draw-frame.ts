// From the state to the lines that are sent: painted for the terminal's background, or as sentences to be read aloud.

import type { Controller } from '../state/controller.ts'
import type { AppProps } from './app.tsx'
import type { Glyphs } from './frame/format/glyphs.ts'
import { colourLevel, linePainter } from './frame/format/theme.ts'
import { frame } from './frame/screen.ts'
import { screenReaderLines } from './frame/screen-reader.ts'
import type { TerminalBackground } from './terminal/background.ts'

type Draw = AppProps['draw']

/** Lines in the colours that can be read on the background, as far as it is known at each frame. */
export function styledDraw(
  { faults }: Controller,
  glyphs: Glyphs,
  backdrop: Pick<TerminalBackground, 'now'>,
  env: Readonly<Record<string, string | undefined>>,
): Draw {
  const level = colourLevel(env)
  const paints = { dark: linePainter(level, 'dark'), light: linePainter(level, 'light') }
  return (state, size) => frame(state, { ...size, glyphs }, faults).map(paints[backdrop.now()])
}

/** Lines without colours, for a screen reader. */
export function screenReaderDraw({ faults }: Controller): Draw {
  return (state, size) => screenReaderLines(state, size, faults)
}
