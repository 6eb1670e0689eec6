// The one place where words become a line of POSIX sh: what it quotes reaches the program as it was, whatever it holds.

/** Nothing in these means anything to a shell, wherever they stand. */
const PLAIN = /^[A-Za-z0-9_/.,:+@-]+$/

/** One word for sh, e.g. `it's` as `'it'\''s'`. Throws RangeError for NUL, which no argument can hold. */
export function shellQuote(word: string): string {
  if (word.includes('\0')) throw new RangeError('an argument for a shell can’t contain NUL')
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A whole command for sh. The first word is never taken for a variable: one that holds `=` is quoted. */
export function shellCommandLine(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ')
}
