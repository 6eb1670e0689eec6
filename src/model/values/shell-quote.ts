// The one place that makes a line of POSIX sh from words. Each quoted word reaches the program unchanged.

/** These characters mean nothing to a shell, in any place. */
const PLAIN = /^[A-Za-z0-9_/.,:+@-]+$/
/** An option with its value: only a first word can set a variable. */
const OPTION = /^--[A-Za-z0-9-]+=[A-Za-z0-9_/.,:+@-]+$/

/** One word for sh, e.g. `it's` as `'it'\''s'`. Throws RangeError for NUL, which no argument can hold. */
export function shellQuote(word: string): string {
  if (word.includes('\0')) throw new RangeError('an argument for a shell can’t contain NUL')
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A whole command for sh. A first word that holds `=` is quoted, so that sh does not take it for a variable. */
export function shellCommandLine(argv: readonly string[]): string {
  return argv.map((word, index) => (index > 0 && OPTION.test(word) ? word : shellQuote(word))).join(' ')
}
