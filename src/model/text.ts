// Text from outside (names, queries, logs, HTTP answers) made harmless: nothing but visible text may reach the terminal.

/** Printable ASCII is the usual case and needs no work. */
const HARMLESS = /^[\x20-\x7e]*$/

// Bodies stop at the first control character, so that hostile text of any length is read once. An unfinished
// sequence loses its introducer only: the rest is shown rather than hidden.
const STRINGS = /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)/g
const CONTROL_SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g
const OTHER_ESCAPES = /\x1b(?:[ -/]+[0-~]|[0-Z\\^-~])/g
const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/g
/** Bidirectional overrides, joiners, fillers, tags and the like: they move or hide what stands beside them. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
/** More marks on one letter than any script needs paint over the rows above and below. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu

/**
 * What may be shown of a text from outside, on one line: escape sequences, control characters, bidirectional and
 * invisible characters are gone, line breaks and tabs are one space, broken surrogates are U+FFFD.
 */
export function clean(text: string): string {
  if (HARMLESS.test(text)) return text
  return text
    .toWellFormed()
    .replace(STRINGS, '')
    .replace(CONTROL_SEQUENCES, '')
    .replace(LINE_BREAKS, ' ')
    .replace(OTHER_ESCAPES, '')
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '')
    .replace(PILED_MARKS, '$1')
}
