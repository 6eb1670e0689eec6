// Keeps the marks around pasted text whole. Ink reads half a mark as keys if the rest is late, and the pasted text
// would then press keys.

import type { InputFilter } from './filtered-input.ts'

/** The start of a mark whose rest has not arrived yet, from its second byte on: a single escape is a key and goes on at once. */
const BEGINNING = /\x1b\[(?:2(?:0[01]?)?)?$/
/** Nobody types this much in this time: a final escape is then the first byte of a mark. */
const MORE_THAN_TYPED = 64
const SO_LONG_MS = 200
/** The rest of a mark arrives by then. Otherwise the escape was a key. */
const REST_MS = 60

/** Passes each mark on in one piece. A key that was held back as a possible start of one goes to `giveBack`, to be read again. */
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
