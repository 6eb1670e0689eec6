// The mouse as terminals report it (SGR, 1006), taken out of the input before Ink reads it: Ink drops such reports.

import type { InputFilter } from './filtered-input.ts'

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

/** Takes reports of the mouse out of the input; they go to `heard`. */
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

/** Bits of the button: 64 is the wheel, 32 is moving, 4, 8 and 16 are keys held with it. */
function eventOf(button: number, row: number, pressed: boolean): TerminalMouseEvent | null {
  if (!pressed || (button & 32) !== 0) return null
  const which = button & 3
  if ((button & 64) !== 0) return which > 1 ? null : { kind: 'wheel', by: which === 0 ? -NOTCH : NOTCH }
  return which === 0 ? { kind: 'click', row: row - 1 } : null
}
