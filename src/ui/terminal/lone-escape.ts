// An escape that arrives with an arrow or another named key: Ink would read both as one key with Alt.

import type { InputFilter } from './filtered-input.ts'

/** The escape key as terminals send it that distinguish all keys: nothing can follow it. */
const ESCAPE = '\x1b[27u'

/** Separates the escape from the sequence after it. Escape and a letter are separated where keys are named. */
export const separateEscapes: InputFilter = (piece) => piece.replace(/\x1b(?=\x1b[[O])/g, ESCAPE)
