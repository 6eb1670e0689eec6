// Keeps the marks around pasted text whole: Ink takes half a mark for keys when the rest is late, and what was pasted would
// then press keys of its own.

import type { InputFilter } from './filtered-input.ts'

/** A mark of which the rest has not arrived yet, from its second byte on: an escape alone is a key, and goes on at once. */
const BEGINNING = /\x1b\[(?:2(?:0[01]?)?)?$/
/** Nobody types that much in such a time: an escape at the end of it is the first byte of a mark. */
const MORE_THAN_TYPED = 64
const SO_LONG_MS = 200
/** The rest of a mark is not later than that; without it the escape was a key after all. */
const REST_MS = 60

/** Passes each such mark on in one piece. A key that was held for the beginning of one goes to `giveBack`, to be read again. */
export function keepPasteMarksWhole(giveBack: (key: string) => void): InputFilter {
  let held = ''
  let burst = { since: 0, length: 0 }
  const letGo = () => {
    if (held !== '\x1b') return
    held = ''
    burst = { since: 0, length: 0 }
    giveBack('\x1b')
  }
  return (piece) => {
    const text = held + piece
    const now = performance.now()
    if (now - burst.since > SO_LONG_MS) burst = { since: now, length: 0 }
    burst.length += piece.length
    const isCut = burst.length > MORE_THAN_TYPED && text.endsWith('\x1b')
    if (isCut) setTimeout(letGo, REST_MS)
    held = isCut ? '\x1b' : (BEGINNING.exec(text)?.[0] ?? '')
    return text.slice(0, text.length - held.length)
  }
}
