// The output of `pgdeck hba test`, for people and as a document.

import type { ConsideredLine, HbaDecision } from '../../../model/hba/match/match.ts'
import type { ShadowedLine } from '../../../model/hba/match/shadow.ts'
import type { HbaProblem } from '../../../model/hba/syntax/record.ts'

/** The answer as a document. `file` distinguishes lines of included files. */
export function hbaTestDocument(verdict: HbaDecision, mainFile: string) {
  const { result, method, file, line, rule, error } = verdict
  const considered = verdict.consideredLines.map((one) => ({
    ...(one.file === mainFile ? {} : { file: one.file }),
    line: one.line,
    matches: one.matches,
    because: one.mismatch,
  }))
  return { decision: result, method, file, line, rule, considered, ...(error === null ? {} : { error }) }
}

/** Lines that are never reached, each with the line that matches everything before it. */
export function shadowedDocument(lines: readonly ShadowedLine[]) {
  return lines.map(({ record, by }) => ({
    file: record.file,
    line: record.line,
    by: { file: by.file, line: by.line },
  }))
}

/** The decision on the first line, then the reasons. */
export function hbaTestLines(
  verdict: HbaDecision,
  problems: readonly HbaProblem[],
  never: readonly ShadowedLine[],
): readonly string[] {
  const reasons = verdict.consideredLines.filter(({ matches }) => !matches).map(reason)
  const more = problems.slice(1).map(({ file, line, error }) => `  also ${placeOf(file, line)}: ${error}`)
  const dead = never.map(
    ({ record, by }) =>
      `  ${placeOf(record.file, record.line)} is never reached: line ${by.line} matches all its connections`,
  )
  return [headline(verdict), ...(verdict.rule === null ? [] : [`  ${verdict.rule}`]), ...reasons, ...more, ...dead]
}

function headline({ result, method, file, line, error }: HbaDecision): string {
  const at = file === null ? '' : placeOf(file, line)
  switch (result) {
    case 'allow':
      return `allow: ${at} decides, method ${method}`
    case 'reject':
      return `reject: ${at} decides`
    case 'no-match':
      return 'no-match: no line matches, so the server rejects the connection'
    case 'invalid':
      return `invalid: ${at}: ${error}; the server refuses the file; its old rules stay in force`
    case 'unknown':
      return `unknown: ${at}: ${error}`
  }
}

function placeOf(file: string, line: number | null): string {
  return line === null ? file : `${file}:${line}`
}

function reason({ file, line, mismatch }: ConsideredLine): string {
  return `  ${placeOf(file, line)} does not match: ${mismatch}`
}
