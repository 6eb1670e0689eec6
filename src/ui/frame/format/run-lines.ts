// A plan and a run as lines: the effect, the impact, the checks, and each step with its exact text.

import { UNLESS_SYNC_COMMIT_OFF } from '../../../model/failover/loss-text.ts'
import type { Impact, Plan, PlanCheck } from '../../../model/runs/plan.ts'
import { currentImpact } from '../../../model/runs/proven-loss.ts'
import { hasRunSucceeded, type Run, type RunState, type RunStep, type StepState } from '../../../model/runs/run.ts'
import { formatAge, formatSeconds } from '../../../model/values/units.ts'
import type { Glyphs } from './glyphs.ts'
import { EMPTY_LINE, type Line, line, span, type TextSpan, type TextStyle } from './line.ts'
import { bytes, seconds } from './values.ts'

/** The whole plan: impact, checks, steps. */
export function planLines(run: Run, glyphs: Glyphs): readonly Line[] {
  const { plan } = run
  return [
    line(span(plan.title, 'title'), `   ${plan.cluster}   `, span(plan.danger, dangerStyle(plan)), `   run ${run.id}`),
    EMPTY_LINE,
    ...impactLines(currentImpact(run)),
    EMPTY_LINE,
    line(span('CHECKS', 'title'), plan.checks.length === 0 ? '  none are needed' : ''),
    ...worstFirst(plan.checks).flatMap((check) => checkLines(check, glyphs)),
    EMPTY_LINE,
    line(span('STEPS', 'title')),
    ...plan.steps.flatMap((_, index) => stepLines(run, index, glyphs)),
  ]
}

const RANKS: Readonly<Record<PlanCheck['result'], number>> = { fail: 0, warn: 1, pass: 2 }

/** Failed checks first, then the others; else in their order. */
function worstFirst(checks: readonly PlanCheck[]): readonly PlanCheck[] {
  return checks.toSorted((one, other) => RANKS[one.result] - RANKS[other.result])
}

function dangerStyle({ danger }: Plan): TextStyle {
  return danger === 'routine' ? 'ok' : danger === 'disruptive' ? 'warning' : 'critical'
}

/** The impact, its statement first. */
export function impactLines(impact: Impact): readonly Line[] {
  const { statement, writableInSeconds, sessionsCut, serversAffected, orphans } = impact
  return [
    line(span(statement, 'strong')),
    line(span('  commits lost   ', 'dim'), lossSpan(impact)),
    ...(writableInSeconds === null
      ? []
      : [line(span('  writable in    ', 'dim'), `about ${seconds(writableInSeconds)}`)]),
    line(span('  sessions cut   ', 'dim'), sessionsCut === null ? '?' : String(sessionsCut)),
    ...(serversAffected.length === 0 ? [] : [line(span('  servers        ', 'dim'), serversAffected.join(', '))]),
    ...orphans.map((each) => line(span('  left behind    ', 'dim'), each)),
  ]
}

/** `none` only if the action itself ensures it; else the value from the readings, with their age. */
function lossSpan({ lossBytes, lossSeconds, lossBound, lossAgeSeconds }: Impact): TextSpan {
  if (lossBound === 'none-confirmed') return span(`none that was confirmed, ${UNLESS_SYNC_COMMIT_OFF}`)
  if (lossBytes === null) return span('unknown', 'critical')
  if (lossBytes === 0 && lossBound === undefined) return span('none')
  const figure = lossBytes === 0 ? bytes(0) : `${bytes(lossBytes)}, ${seconds(lossSeconds)} of commits`
  const age = formatAge((lossAgeSeconds ?? Number.NaN) * 1000)
  if (lossBound === 'at-least')
    return span(
      `at least ${figure}, last seen ${age} ago; WAL written after that is unknown`,
      lossBytes === 0 ? 'warning' : 'critical',
    )
  return span(
    lossBound === 'as-read' ? `${figure}, as read ${age} ago` : figure,
    lossBytes === 0 ? 'plain' : 'critical',
  )
}

/** One check: its result as glyph and word, its finding, and the next step. */
export function checkLines(check: PlanCheck, glyphs: Glyphs): readonly Line[] {
  const { id, result, message, hint, overridden } = check
  const mark: TextSpan =
    overridden !== null
      ? span(`${glyphs.warning} over`, 'warning')
      : result === 'pass'
        ? span(`${glyphs.ok} pass`, 'ok')
        : result === 'warn'
          ? span(`${glyphs.warning} warn`, 'warning')
          : span(`${glyphs.critical} fail`, 'critical')
  return [
    line('  ', mark, `  ${id.padEnd(22)} `, message),
    ...(overridden === null ? [] : [line(`          ${' '.repeat(23)}`, span(`overruled: ${overridden}`, 'dim'))]),
    ...(hint === null || result === 'pass' ? [] : [line(`          ${' '.repeat(23)}`, span(hint, 'dim'))]),
  ]
}

function stepLines(run: Run, index: number, glyphs: Glyphs): readonly Line[] {
  const step = run.plan.steps[index]
  if (!step) return []
  const ran = run.steps[index]
  const { title, how, where, detail, verify, undo, ifStopped } = step
  const dim = (label: string, text: string) => line(span(`       ${label} `, 'dim'), span(text, 'dim'))
  return [
    line(`  ${index + 1}. `, span(title, 'strong'), `   ${how} on ${where}   `, ran ? stepMark(ran, glyphs) : ''),
    ...detail.split('\n').map((text) => line('       ', span(text, 'accent'))),
    dim('seen by    ', verify),
    ...(undo === null ? [] : [dim('undone by  ', undo)]),
    dim('if stopped ', ifStopped),
    ...(ran?.note == null ? [] : [line('       ', span(ran.note, ran.state === 'failed' ? 'critical' : 'plain'))]),
    ...(ran?.hint == null ? [] : [line('       ', span(ran.hint, 'dim'))]),
  ]
}

const STEP_STYLES: Readonly<Record<StepState, TextStyle>> = {
  pending: 'dim',
  running: 'accent',
  verifying: 'accent',
  done: 'ok',
  failed: 'critical',
  unknown: 'warning',
  skipped: 'warning',
  undone: 'warning',
}

/** `● done 0.3 s`: the state of a step, and its duration. */
export function stepMark({ state, startedAt, endedAt }: RunStep, glyphs: Glyphs): TextSpan {
  const glyph =
    state === 'done'
      ? glyphs.ok
      : state === 'failed'
        ? glyphs.critical
        : state === 'pending'
          ? ''
          : state === 'running' || state === 'verifying'
            ? glyphs.selected
            : glyphs.warning
  const took = startedAt === null || endedAt === null ? '' : ` ${formatSeconds((endedAt - startedAt) / 1000)}`
  return span(`${glyph} ${state}${state === 'done' ? took : ''}`.trim(), STEP_STYLES[state])
}

const ENDS: Readonly<Record<RunState, string>> = {
  planned: 'planned: nothing was changed',
  blocked: 'blocked by a check: nothing was changed',
  confirmed: 'confirmed',
  running: 'running',
  verifying: 'verifying',
  done: 'done, and seen to have worked',
  failed: 'failed: nothing was done',
  unknown: 'unknown: the command was sent, and its effect was not verified',
  stopped: 'stopped half way',
  aborted: 'aborted',
}

/** The state of a run in one line, and its reason. After a change of roles also who serves the users. */
export function runEndLine(run: Run): Line {
  if (run.state === 'done' && run.served) {
    const isWhole = hasRunSucceeded(run)
    return line(
      span(isWhole ? 'done' : 'done, but', isWhole ? 'ok' : 'critical'),
      `${isWhole ? ':' : ''} ${run.served.words}`,
    )
  }
  const style: TextStyle = run.state === 'done' ? 'ok' : run.state === 'planned' ? 'plain' : 'critical'
  return line(span(ENDS[run.state], style), run.why === null ? '' : `: ${run.why}`)
}
