// The screen for a screen reader: its lines without drawings, and no more than the terminal can hold.

import type { DemoFault } from '../../state/controller.ts'
import type { State } from '../../state/state.ts'
import { MIN_VIEWPORT } from '../views/list/view.ts'
import { wrapText } from './format/fit-text.ts'
import { SCREEN_READER_GLYPHS } from './format/glyphs.ts'
import type { Line } from './format/line.ts'
import { frame } from './screen.ts'

/** Nothing is in columns, so nothing is cut. */
const WIDE = 4_000
/** Prefixes that name the following lines. On drawn screens their position does. */
const KEYS = 'Keys: '

/** The sentences of the screen from top to bottom, each within `columns`; at most `rows - 1` lines. */
export function screenReaderLines(
  state: State,
  size: { readonly columns: number; readonly rows: number },
  faults: readonly DemoFault[],
): readonly string[] {
  const { columns, rows } = size
  let lines: readonly string[] = []
  // Sentences wrap, drawn lines do not: the number of rows is reduced until all sentences fit.
  for (let asked = rows; asked >= MIN_VIEWPORT.rows; asked -= 2) {
    const sentences = spoken(frame(state, { columns: WIDE, rows: asked, glyphs: SCREEN_READER_GLYPHS }, faults))
    lines = sentences.flatMap((sentence) => wrapText(sentence, columns))
    if (lines.length < rows) return lines
  }
  return lines.slice(0, rows - 1)
}

function spoken(lines: readonly Line[]): readonly string[] {
  const sentences = lines.map(sentence)
  return sentences.flatMap((text, index) => {
    if (text === '') return []
    return index === lines.length - 1 ? [KEYS + text] : [text]
  })
}

/** A pause separates columns. */
function sentence(line: Line): string {
  const text = line.map((piece) => piece.text).join('')
  return (
    text
      .trim()
      .replaceAll('→', 'to')
      .replace(/(\w):\s{2,}/g, '$1: ')
      .replace(/\s*,?\s{2,},?\s*/g, ', ')
      .replace(/ ,/g, ',')
      .replace(/([^\s,]) (?=selected: )/g, '$1, ')
      // A mark and its word may be the same when both are spoken.
      .replace(/\b(ok|warning|critical|unknown) \1\b/g, '$1')
      .replace(/,(?: ,)+/g, ',')
      .replace(/^, /, '')
  )
}
