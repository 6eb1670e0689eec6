// Lines of pg_hba.conf that the server refuses: why, in words, and the line that was meant where that can be told.

import { parseHba } from './parse.ts'
import type { HbaProblem, HbaRecord } from './record.ts'

export interface InvalidHbaLine {
  readonly problem: HbaProblem
  /** What is wrong with it. */
  readonly explanation: string
  /** What it was meant to be; null where that can't be told. */
  readonly corrected: string | null
}

/** What every broken line does: nothing of the file counts. */
export const HBA_FILE_REFUSED =
  'the server refuses the whole file: its previous rules stay in force, and it would not start with this file'

const PARTED = 'a blank separates the address from its /prefix'

interface Mistake {
  readonly pattern: RegExp
  readonly fix: (rule: string) => string
  readonly explanation: string
}

const MISTAKES: readonly Mistake[] = [
  {
    // As the product's own page prints it: the address, a blank, the length of its prefix.
    pattern: /^((?:\S+\s+){3}[\da-fA-F.:]+)\s+(\/\d{1,3})(?=\s|$)/,
    fix: (rule) => rule.replace(/^((?:\S+\s+){3}[\da-fA-F.:]+)\s+(\/\d{1,3})(?=\s|$)/, '$1$2'),
    explanation: `${PARTED}: the server reads the prefix as a mask`,
  },
  {
    pattern: /^host\w*\s+\S+\s+\S+\s+[\d.]+\/\s+(\d{1,2})(?=\s)/,
    fix: (rule) => rule.replace(/\/\s+(\d{1,2})(?=\s)/, '/$1'),
    explanation: 'there is a blank inside the /prefix of the address',
  },
  {
    pattern: /^host\w*\s+\S+\s+\S+\s+(?:\d{1,3}\.){3}\d{1,3}\s+[a-z][\w-]*(?=\s|$)/,
    fix: (rule) => rule.replace(/((?:\d{1,3}\.){3}\d{1,3})(?=\s)/, '$1/32'),
    explanation: 'the address has no /prefix and no mask: /32 is one IPv4 address',
  },
  {
    pattern: /^host\w*\s+\S+\s+\S+\s+[\da-fA-F]*:[\da-fA-F:.]+\s+[a-z][\w-]*(?=\s|$)/,
    fix: (rule) => rule.replace(/((?:^|\s)[\da-fA-F]*:[\da-fA-F:.]+)(?=\s)/, '$1/128'),
    explanation: 'the address has no /prefix and no mask: /128 is one IPv6 address',
  },
  {
    pattern: /^local\s+\S+\s+\S+\s+(?:[\da-fA-F.:]+(?:\/\d+)?|localhost)\s+[a-z]/,
    fix: (rule) => rule.replace(/^(local\s+\S+\s+\S+)\s+\S+/, '$1'),
    explanation: 'a line of type local takes no address',
  },
]

/** Why the server refuses it, and the line that was meant. A correction is only offered when the server would take it. */
export function explainInvalidLine(problem: HbaProblem, major: number): InvalidHbaLine {
  const rule = problem.rule ?? ''
  for (const { pattern, fix, explanation } of MISTAKES) {
    if (!pattern.test(rule)) continue
    const corrected = fix(rule)
    // What was masked can't be written back.
    if (!rule.includes('***') && parseHbaLine(corrected, major)) return { problem, explanation, corrected }
  }
  // The view of the rules tells the error, and not the line.
  const prefix = /^invalid IP mask "(\/\d{1,3})"/.exec(problem.error)?.[1]
  if (prefix !== undefined) {
    return { problem, explanation: `${PARTED}: write the address with ${prefix} right behind it`, corrected: null }
  }
  return { problem, explanation: problem.error, corrected: null }
}

/** The line as a server of that version understands it; null when it refuses it. */
export function parseHbaLine(line: string, major: number): HbaRecord | null {
  const { records, problems } = parseHba('line', { read: () => line, list: () => null }, major)
  return problems.length > 0 ? null : (records[0] ?? null)
}
