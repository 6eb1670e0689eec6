// Styled lines for the shell, with colours on a terminal and plain elsewhere; and aligned columns. Nobody scrolls
// such output sideways, so columns are as wide as needed and nothing is cut.

import { asciiFor } from '../../ui/frame/format/fit-text.ts'
import { asciiMark, glyphsFor } from '../../ui/frame/format/glyphs.ts'
import { fitText, type Line, span, type TextSpan, textWidth } from '../../ui/frame/format/line.ts'

export type PrintLines = (lines: readonly Line[]) => string

/**
 * The text as this environment's locale can show it, by the decision that the screen uses. If the locale is not
 * UTF-8, other characters become their mark in ASCII, or `?`. Not for documents: JSON is UTF-8 everywhere.
 */
export function localeText(text: string, env: NodeJS.ProcessEnv = process.env): string {
  if (!glyphsFor(env).ascii) return text
  return text.replace(/[^\x00-\x7f]/gu, (letter) => asciiMark(letter) ?? asciiFor(letter))
}

/** A printer of lines. Each ends with a line break and has no trailing blanks. */
export async function linePrinter(colour: boolean): Promise<PrintLines> {
  const paint = colour ? (await import('../../ui/frame/format/theme.ts')).linePainter(1) : plainly
  return (lines) => localeText(lines.map((line) => `${paint(line).trimEnd()}\n`).join(''))
}

function plainly(line: Line): string {
  return line.map(({ text }) => text).join('')
}

const GAP = '  '

/** One column. Figures are right-aligned. */
export interface TextColumn<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  cell(row: Row): TextSpan | string
}

/** The head and one line per row; every line begins with the indent. */
export function textTable<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  indent = GAP,
): readonly Line[] {
  const measured = columns.map((column) => {
    const cells = rows.map((row) => column.cell(row)).map((cell) => (typeof cell === 'string' ? span(cell) : cell))
    return { ...column, cells, width: Math.max(textWidth(column.title), ...cells.map(({ text }) => textWidth(text))) }
  })
  const head = measured.map(({ title, width, align }) => span(fitText(title, width, align), 'dim'))
  const body = rows.map((_, index) =>
    measured.map(({ cells, width, align }): TextSpan => {
      const { text, style } = cells[index] ?? span('')
      return { text: fitText(text, width, align), style }
    }),
  )
  return [head, ...body].map((cells) => [
    span(indent),
    ...cells.flatMap((cell, at) => (at > 0 ? [span(GAP), cell] : [cell])),
  ])
}
