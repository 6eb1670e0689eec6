// Takes lines out of the text of a pg_hba.conf, and leaves everything else as it is.

import { hbaLines } from '../syntax/tokens.ts'

/** The text without the lines of these numbers, continuations included; null when it has no line of one of them. */
export function removeNumberedLines(text: string, numbers: readonly number[], major: number): string | null {
  // A zero byte joins lines for the server: their numbers are not those of an editor.
  if (text.includes('\0')) return null
  const physical = text.split('\n')
  const logical = hbaLines(text, major)
  const gone = new Set<number>()
  for (const number of numbers) {
    const at = logical.findIndex((each) => each.number === number)
    if (at < 0) return null
    const next = logical[at + 1]?.number ?? physical.length + 1
    for (let line = number; line < next; line++) gone.add(line)
  }
  return physical.filter((_, index) => !gone.has(index + 1)).join('\n')
}

/** The text of these lines, as the server reads them. */
export function numberedLineTexts(text: string, numbers: readonly number[], major: number): readonly string[] {
  return hbaLines(text, major).flatMap((line) => (numbers.includes(line.number) ? [line.text] : []))
}
