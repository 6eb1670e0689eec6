// The mouse as terminals report it (SGR, 1006). It is removed from the input before Ink, which drops such reports.

import type { InputFilter } from './filtered-input.ts'

export type TerminalMouseEvent =
  /** Rows to move; up is negative. */
  | { readonly kind: 'wheel'; readonly by: number }
  /** The row of the screen, from 0. */
  | { readonly kind: 'click'; readonly row: number }

/** Rows per notch, as in most programs. */
const NOTCH = 3
const REPORT = /\x1b\[<(\d+);(\d+);(\d+)([Mm])/g
/** The start of a report whose rest has not arrived yet. */
const BEGINNING = /\x1b\[<[\d;]*$/

/** Removes reports of the mouse from the input; they go to `heard`. */
export function filterMouseReports(heard: (event: TerminalMouseEvent) => void): InputFilter {
  let held = ''
  return (piece) => {
    const text = held + piece
    held = BEGINNING.exec(text)?.[0] ?? ''
    return text.slice(0, text.length - held.length).replace(REPORT, (_, button, _column, row, end) => {
      const event = eventOf(Number(button), Number(row), end === 'M')
      if (event) heard(event)
      return ''
    })
  }
}

/** Bits of the button: 64 is the wheel, 32 is movement; 4, 8 and 16 are modifier keys. */
function eventOf(button: number, row: number, pressed: boolean): TerminalMouseEvent | null {
  if (!pressed || (button & 32) !== 0) return null
  const which = button & 3
  if ((button & 64) !== 0) return which > 1 ? null : { kind: 'wheel', by: which === 0 ? -NOTCH : NOTCH }
  return which === 0 ? { kind: 'click', row: row - 1 } : null
}
