// An escape that arrives together with an arrow or another named key: Ink would take both for one key with Alt.

import type { InputFilter } from './filtered-input.ts'

/** The key escape as terminals send it that tell all keys apart: nothing can follow it. */
const ESCAPE = '\x1b[27u'

/** Tells the escape apart from the sequence after it. Escape and a letter are told apart where keys are named. */
export const separateEscapes: InputFilter = (piece) => piece.replace(/\x1b(?=\x1b[[O])/g, ESCAPE)
