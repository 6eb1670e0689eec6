// A diagnosis for people: one line for each check with its evidence, then the next step, and the verdict at the end.

import type { DiagnosisResult } from '../../../model/diagnosis/check-result.ts'
import type { DiagnosisVerdict } from '../../../model/diagnosis/verdict.ts'
import { type Line, span, type TextStyle } from '../../../ui/frame/format/line.ts'

const MARKS: Readonly<Record<DiagnosisResult['result'], readonly [string, TextStyle]>> = {
  ok: ['ok', 'ok'],
  warn: ['WARN', 'warning'],
  fail: ['FAIL', 'critical'],
  unknown: ['?', 'dim'],
  skipped: ['-', 'dim'],
}
const TITLE = 44

/** `FAIL  its TCP port is open   127.0.0.1:5433 refuses connections`, followed by the next step. */
export function diagnosisFindingLines(finding: DiagnosisResult): readonly Line[] {
  const { result, title, evidence, tookMs } = finding
  const [mark, style] = MARKS[result]
  const took = result === 'skipped' || tookMs < 100 ? '' : `  ${(tookMs / 1000).toFixed(1)} s`
  const line = [
    span(` ${mark.padEnd(5)}`, style),
    span(title.padEnd(TITLE), result === 'skipped' ? 'dim' : 'plain'),
    span(evidence, result === 'skipped' || result === 'unknown' ? 'dim' : 'plain'),
    span(took, 'dim'),
  ]
  const next = 'next' in finding ? finding.next : null
  return next === null ? [line] : [line, [span(`${' '.repeat(6)}next: ${next}`, 'dim')]]
}

/** The verdict sentence. */
export function diagnosisVerdictLines({ sentence, health }: DiagnosisVerdict): readonly Line[] {
  const style = health === 'ok' ? 'ok' : health === 'critical' ? 'critical' : 'warning'
  return [[], [span(sentence, style)]]
}
