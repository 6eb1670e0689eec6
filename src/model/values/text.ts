// Makes text from outside (names, queries, logs, HTTP answers) harmless: only visible text reaches the terminal.

/** Printable ASCII is the usual case and stays as it is. */
const HARMLESS = /^[\x20-\x7e]*$/

// Bodies stop at the first control character, so hostile text of any length is read once. An unfinished sequence
// loses its introducer only: the rest is shown rather than hidden.
const STRINGS = /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)/g
const CONTROL_SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g
const OTHER_ESCAPES = /\x1b(?:[ -/]+[0-~]|[0-Z\\^-~])/g
const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/g
/** Bidirectional overrides, joiners, fillers and tags: they move or hide neighbouring text. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
/** More marks on one letter than any script needs: they paint over neighbouring rows. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu

/**
 * Returns a text from outside as one line that may be shown. Escape sequences, control characters, bidirectional and
 * invisible characters are removed; line breaks and tabs become one space, broken surrogates U+FFFD.
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

/** The same for a text of several lines: line breaks and tabs stay. */
export function cleanLines(text: string): string {
  return HARMLESS.test(text)
    ? text
    : text
        .split(/(\r\n|[\n\t])/)
        .map((part, index) => (index % 2 === 1 ? part.replace('\r', '') : clean(part)))
        .join('')
}

/**
 * Returns a value for JSON with each text and each name in it made harmless. JSON itself does not escape C1 control
 * characters and characters that turn the direction of text.
 */
export function cleanDocument(value: unknown): unknown {
  if (typeof value === 'string') return cleanLines(value)
  if (Array.isArray(value)) return value.map(cleanDocument)
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), cleanDocument(inner)]))
}

/** A JSON document that may be shown in a terminal, without a final line break. */
export function safeJson(document: unknown, indent = 0): string {
  return JSON.stringify(cleanDocument(document), null, indent)
}

const NOT_SHOWN = /[\x7f-\x9f\u2028\u2029]|[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu

/** The same document with escapes instead: for a file whose values must not change. */
export function escapedJson(document: unknown, indent = 0): string {
  return JSON.stringify(document, null, indent).replace(NOT_SHOWN, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  )
}

/** `a`, `a and b`, `a, b and c`; empty for none. */
export function listText(items: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`
}
