// Lines of styled text as the shell gets them: with colours on a terminal, plain everywhere else.

import type { Line } from '../../ui/frame/format/line.ts'

export type PrintLines = (lines: readonly Line[]) => string

/** A printer of lines; each ends with a line break and has no blanks at its end. */
export async function linePrinter(colour: boolean): Promise<PrintLines> {
  const paint = colour ? (await import('../../ui/frame/format/theme.ts')).linePainter(1) : plainly
  return (lines) => lines.map((line) => `${paint(line).trimEnd()}\n`).join('')
}

function plainly(line: Line): string {
  return line.map(({ text }) => text).join('')
}
