// What is on an emulated terminal, cell by cell: two programs that send different sequences may still draw the same.

import type { Terminal } from '@xterm/headless'

/** One text per row: of each cell its character, width, attributes and colours. Resolves once all that was sent is drawn. */
export async function cellsOf(terminal: Terminal): Promise<readonly string[]> {
  await new Promise<void>((resolve) => terminal.write('', resolve))
  const buffer = terminal.buffer.active
  return Array.from({ length: terminal.rows }, (_, y) => {
    const cells = Array.from({ length: terminal.cols }, (__, x) => buffer.getLine(y)?.getCell(x))
    return cells
      .map((cell) => {
        if (!cell) return '?'
        const look = [cell.isBold(), cell.isDim(), cell.isInverse(), cell.isItalic(), cell.isUnderline()]
        const colours = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()]
        return `${cell.getChars() || ' '}${cell.getWidth()}/${[...look, ...colours].join()}`
      })
      .join('|')
  })
}
