// The page of a diagnosis: the verdict, and below it every check with its finding, as they arrive.

import { DIAGNOSIS_CHECKS, type DiagnosisCheckId, type DiagnosisResult } from '../../../model/diagnosis/check-result.ts'
import type { DiagnosisVerdict } from '../../../model/diagnosis/verdict.ts'
import type { DiagnosisRun } from '../../../state/diagnosis.ts'
import type { OpenDetails } from '../../../state/navigation.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { EMPTY_LINE, type Line, span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { healthSpan } from '../../frame/format/status-text.ts'
import { age, instant, seconds } from '../../frame/format/values.ts'
import { currentKey } from '../../keys/names.ts'
import { withCustomKeys } from '../../keys/sentences.ts'
import type { View, Viewport } from '../list/view.ts'
import { topologyView } from '../topology/view.ts'

export const DIAGNOSIS_VIEW_ID = 'diagnosis'

/** This view has no key of its own. It opens for a server or database, whose row remains the target of keys. */
export const diagnosisView: View = {
  ...topologyView,
  id: DIAGNOSIS_VIEW_ID,
  title: 'diagnosis',
  details: diagnosisLines,
}

const MARGIN = 3
const TITLE = 42
/** On a narrow screen the evidence goes below the title. */
const WIDE = 100

/** All lines of the page of that server or database. */
function diagnosisLines(state: State, cluster: ClusterState, details: OpenDetails, screen: Viewport): readonly Line[] {
  const run = state.diagnosis
  if (!run || run.subject.id !== details.id || run.cluster !== cluster.spec.name) {
    return [[span(` ${currentKey(state, 'd')} diagnoses it`, 'dim')]]
  }
  const findings = new Map(run.findings.map((finding) => [finding.id, finding]))
  return [
    heading(run, state),
    ...(run.verdict ? verdictLines(run.verdict, state, screen) : []),
    EMPTY_LINE,
    [span(' CHECKS', 'accent'), span(`  ${run.findings.length} of ${run.checks.length} done`, 'dim')],
    ...run.checks.flatMap((id) => {
      const finding = findings.get(id)
      return finding ? findingLines(finding, run.startedAt, state, screen) : pendingLine(id, screen)
    }),
  ]
}

function heading({ subject, startedAt, endedAt }: DiagnosisRun, state: State): Line {
  const title = [span(' DIAGNOSIS ', 'accent'), span(`of ${subject.kind} ${subject.name}`, 'strong')]
  if (endedAt === null) return [...title, span(`  running since ${instant(startedAt)}`, 'dim')]
  const took = seconds((endedAt - startedAt) / 1000)
  const keys = `${currentKey(state, 'd')} runs it again, ${currentKey(state, 'esc')} closes`
  return [...title, span(`  took ${took}, ${age(endedAt, state.now)} ago; ${keys}`, 'dim')]
}

function verdictLines(
  { sentence, health }: DiagnosisVerdict,
  state: State,
  { columns, glyphs }: Viewport,
): readonly Line[] {
  const mark = healthSpan(health, glyphs)
  const style: TextStyle = health === 'ok' ? 'ok' : health === 'critical' ? 'critical' : 'warning'
  const lines = wrapText(withCustomKeys(state, sentence), columns - MARGIN - 1)
  return [EMPTY_LINE, [span('  '), mark], ...lines.map((text): Line => [span(' '.repeat(MARGIN)), span(text, style)])]
}

function markOf({ result }: DiagnosisResult, { glyphs }: Viewport): TextSpan {
  switch (result) {
    case 'ok':
      return span(glyphs.ok, 'ok')
    case 'warn':
      return span(glyphs.warning, 'warning')
    case 'fail':
      return span(glyphs.critical, 'critical')
    case 'unknown':
      return span(glyphs.unknown, 'warning')
    case 'skipped':
      return span(glyphs.dash, 'dim')
  }
}

const WORDS: Readonly<Record<DiagnosisResult['result'], string>> = {
  ok: 'ok',
  warn: 'warning',
  fail: 'fails',
  unknown: 'unknown',
  skipped: 'left out',
}
const WORD = 9

function findingLines(finding: DiagnosisResult, startedAt: number, state: State, screen: Viewport): readonly Line[] {
  const { result, title, evidence, at } = finding
  const isQuiet = result === 'skipped'
  const start: Line = [
    span(' '.repeat(MARGIN)),
    // Spoken marks are words themselves.
    ...(screen.glyphs.forScreenReader ? [] : [markOf(finding, screen)]),
    span(` ${WORDS[result].padEnd(WORD)}`, isQuiet ? 'dim' : 'plain'),
  ]
  // Readings of the diagnosis are as old as the diagnosis, whose age is above.
  const seen = at !== null && startedAt - at > 2_000 ? ` (${age(at, state.now)} ago)` : ''
  const style: TextStyle = isQuiet || result === 'unknown' ? 'dim' : 'plain'
  const titled = span(title, isQuiet ? 'dim' : 'strong')
  const isWide = screen.columns >= WIDE
  // A passed check needs one line only, cut at the edge of the screen.
  if (!isWide && (isQuiet || result === 'ok')) return [[...start, titled, span(`  ${evidence}${seen}`, 'dim')]]
  const column = MARGIN + WORD + 2 + (isWide ? TITLE + 1 : 0)
  const wrapped = (text: string) => wrapText(text, Math.max(20, screen.columns - column - 1))
  const below = (text: string, as: TextStyle): Line => [span(' '.repeat(column)), span(text, as)]
  const [first = '', ...rest] = wrapped(evidence + seen)
  const advice = 'next' in finding ? finding.next : null
  const next = advice === null ? [] : wrapped(`next: ${withCustomKeys(state, advice)}`)
  const beside = isWide ? [span(' '.repeat(Math.max(1, TITLE + 1 - title.length))), span(first, style)] : []
  return [
    [...start, titled, ...beside],
    ...(isWide ? rest : [first, ...rest]).map((text) => below(text, style)),
    ...next.map((text) => below(text, 'dim')),
  ]
}

function pendingLine(id: DiagnosisCheckId, { glyphs }: Viewport): readonly Line[] {
  return [[span(' '.repeat(MARGIN)), span(`${glyphs.ellipsis} ${'asked'.padEnd(WORD)}${DIAGNOSIS_CHECKS[id]}`, 'dim')]]
}
