// The mouse as terminals report it (SGR, 1006), taken out of the input before Ink reads it: Ink drops such reports.

import { filterInput } from './input-filter.ts'

export type TerminalMouseEvent =
  /** Rows to go, up is negative. */
  | { readonly kind: 'wheel'; readonly by: number }
  /** The row of the screen, from 0. */
  | { readonly kind: 'click'; readonly row: number }

/** Rows per notch, as most programs have it. */
const NOTCH = 3
const REPORT = /\x1b\[<(\d+);(\d+);(\d+)([Mm])/g
/** A report of which the rest has not arrived yet. */
const BEGINNING = /\x1b\[<[\d;]*$/

/** The input without reports of the mouse, which go to `heard`. */
export function filterMouseReports(
  stdin: NodeJS.ReadStream,
  heard: (event: TerminalMouseEvent) => void,
): NodeJS.ReadStream {
  let held = ''
  return filterInput(stdin, (chunk) => {
    const text = held + chunk
    held = BEGINNING.exec(text)?.[0] ?? ''
    return text.slice(0, text.length - held.length).replace(REPORT, (_, button, _column, row, end) => {
      const event = eventOf(Number(button), Number(row), end === 'M')
      if (event) heard(event)
      return ''
    })
  })
}

/** Bits of the button: 64 is the wheel, 32 is moving, 4, 8 and 16 are keys held with it. */
function eventOf(button: number, row: number, pressed: boolean): TerminalMouseEvent | null {
  if (!pressed || (button & 32) !== 0) return null
  const which = button & 3
  if ((button & 64) !== 0) return which > 1 ? null : { kind: 'wheel', by: which === 0 ? -NOTCH : NOTCH }
  return which === 0 ? { kind: 'click', row: row - 1 } : null
}
