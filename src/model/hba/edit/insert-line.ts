// Puts a proposed line into the text of a pg_hba.conf, and leaves everything else as it is.

import type { HbaProposal } from '../audit/propose.ts'
import { hbaLines } from '../syntax/tokens.ts'

/**
 * The file's text with the line in its place. `major` is the server's version: from 14 on a backslash at the end of a
 * line joins it with the next. Null when the file has no line of that number: then it is not the file that was read.
 */
export function insertHbaLine(
  text: string,
  { line, before, replaces }: Pick<HbaProposal, 'line' | 'before' | 'replaces'>,
  major: number,
): string | null {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const number = replaces ?? before
  if (number === null) return `${closed(text, end, major)}${line}${end}`
  const physical = text.split('\n')
  const logical = hbaLines(text, major)
  const at = logical.findIndex((each) => each.number === number)
  if (at < 0) return null
  const next = logical[at + 1]?.number ?? physical.length + 1
  const added = end === '\r\n' ? `${line}\r` : line
  physical.splice(number - 1, replaces === null ? 0 : next - number, added)
  return physical.join('\n')
}

/** The text with its last line ended, so that what follows is a line of its own. */
function closed(text: string, end: string, major: number): string {
  if (text === '') return ''
  const whole = text.endsWith('\n') ? text : `${text}${end}`
  const last = whole.replace(/\r*\n$/, '')
  return major >= 14 && last.endsWith('\\') ? `${whole}${end}` : whole
}
