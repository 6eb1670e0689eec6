// A plan as lines: its cost, the verdict of its checks, and each step with its exact text.

import { BEFORE_PLAN, UNLESS_SYNC_COMMIT_OFF } from '../../../model/failover/loss-text.ts'
import type { Impact, Plan, PlanCheck } from '../../../model/runs/plan.ts'
import { currentImpact } from '../../../model/runs/proven-loss.ts'
import type { Run } from '../../../model/runs/run.ts'
import { formatAge } from '../../../model/values/units.ts'
import type { Glyphs } from './glyphs.ts'
import { EMPTY_LINE, type Line, line, span, type TextSpan, type TextStyle } from './line.ts'
import { stepMark } from './run-lines.ts'
import { bytes, seconds } from './values.ts'

/** A plan as it is first shown: without the passed checks, and of each step only what it does. */
export interface FoldedPlan {
  /** The key that shows the rest. */
  readonly unfoldKey: string
}

/**
 * The plan, the most important first: its cost, the verdict of the checks, the checks that did not pass, the steps. `folded`: the
 * short form; null: all of it.
 */
export function planLines(run: Run, glyphs: Glyphs, folded: FoldedPlan | null = null): readonly Line[] {
  const { plan } = run
  const shown = worstFirst(plan.checks).filter((check) => folded === null || !isPassed(check))
  return [
    line(span(plan.title, 'title'), '   ', span(plan.danger, dangerStyle(plan)), ` · ${plan.cluster}`),
    EMPTY_LINE,
    ...impactLines(currentImpact(run)),
    EMPTY_LINE,
    verdictLine(plan.checks, folded),
    ...shown.flatMap((check) => checkLines(check, glyphs)),
    EMPTY_LINE,
    line(span('STEPS', 'title'), `  ${plan.steps.length}`),
    ...plan.steps.flatMap((_, index) => stepLines(run, index, glyphs, folded !== null)),
    EMPTY_LINE,
    line(span(`run ${run.id}`, 'dim')),
  ]
}

/** A check that was overruled did not pass. */
function isPassed({ result, overridden }: PlanCheck): boolean {
  return result === 'pass' && overridden === null
}

/** `CHECKS  22 pass · 2 warn · 0 fail   tab shows all`. */
function verdictLine(checks: readonly PlanCheck[], folded: FoldedPlan | null): Line {
  if (checks.length === 0) return line(span('CHECKS', 'title'), '  none are needed')
  const count = (result: PlanCheck['result']) =>
    checks.filter((check) => check.overridden === null && check.result === result).length
  const [pass, warn, fail] = [count('pass'), count('warn'), count('fail')]
  const overruled = checks.length - pass - warn - fail
  return line(
    span('CHECKS', 'title'),
    span(`  ${pass} pass`, 'ok'),
    ' · ',
    span(`${warn} warn`, warn > 0 ? 'warning' : 'plain'),
    ' · ',
    span(`${fail} fail`, fail > 0 ? 'critical' : 'plain'),
    ...(overruled > 0 ? [' · ', span(`${overruled} overruled`, 'warning')] : []),
    ...(folded === null ? [] : [span('   '), span(folded.unfoldKey, 'key'), span(' shows all', 'dim')]),
  )
}

const RANKS: Readonly<Record<PlanCheck['result'], number>> = { fail: 0, warn: 1, pass: 2 }

/** The checks by result, the worst first; those of one result in the order of the plan. */
function worstFirst(checks: readonly PlanCheck[]): readonly PlanCheck[] {
  return checks.toSorted((one, other) => RANKS[one.result] - RANKS[other.result])
}

function dangerStyle({ danger }: Plan): TextStyle {
  return danger === 'routine' ? 'ok' : danger === 'disruptive' ? 'warning' : 'critical'
}

/** The cost: the statement, then who serves the users, what is lost, and who is affected. */
export function impactLines(impact: Impact): readonly Line[] {
  const { statement, servingAfter, writableInSeconds, sessionsCut, serversAffected, orphans } = impact
  const writable = writableInSeconds === null ? [] : [`writable in about ${seconds(writableInSeconds)}`]
  const cut = `sessions cut ${sessionsCut ?? '?'}`
  return [
    line(span(statement, 'strong')),
    ...(servingAfter === undefined ? [] : [line(span('  after it       ', 'dim'), span(servingAfter, 'strong'))]),
    line(span('  commits lost   ', 'dim'), lossSpan(impact)),
    line(span('  outage         ', 'dim'), [...writable, cut].join(' · ')),
    ...(serversAffected.length === 0 ? [] : [line(span('  servers        ', 'dim'), serversAffected.join(', '))]),
    ...orphans.map((each) => line(span('  left behind    ', 'dim'), each)),
  ]
}

/** `none` only where the act itself sees to it; else as much as the readings tell, with their age. */
function lossSpan({ lossBytes, lossSeconds, lossBound, lossAgeSeconds }: Impact): TextSpan {
  if (lossBound === 'none-confirmed') return span(`none that was confirmed, ${UNLESS_SYNC_COMMIT_OFF}`)
  if (lossBound === 'shared-storage') return span('none inside the cluster: its instances share one storage')
  if (lossBytes === null) return span('unknown', 'critical')
  if (lossBytes === 0 && lossBound === undefined) return span('none')
  const figure = lossBytes === 0 ? bytes(0) : `${bytes(lossBytes)}, ${seconds(lossSeconds)} of commits`
  const age = `${formatAge((lossAgeSeconds ?? Number.NaN) * 1000)} ${BEFORE_PLAN}`
  if (lossBound === 'at-least' && lossBytes === 0)
    return span(`unknown: what was written after it was last seen ${age}`, 'warning')
  if (lossBound === 'at-least')
    return span(`at least ${figure}, last seen ${age}; WAL written after that is unknown`, 'critical')
  return span(lossBound === 'as-read' ? `${figure}, as read ${age}` : figure, lossBytes === 0 ? 'plain' : 'critical')
}

/** One check: its result as glyph and word, then what was found, then what to do. */
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

function stepLines(run: Run, index: number, glyphs: Glyphs, isFolded: boolean): readonly Line[] {
  const step = run.plan.steps[index]
  if (!step) return []
  const ran = run.steps[index]
  const { title, how, where, detail, verify, undo, ifStopped } = step
  const dim = (label: string, text: string) => line(span(`       ${label} `, 'dim'), span(text, 'dim'))
  return [
    line(
      `  ${index + 1}. `,
      span(title, 'strong'),
      `   ${how} on ${where}   `,
      ran && ran.state !== 'pending' ? stepMark(ran, glyphs) : '',
    ),
    ...detail.split('\n').map((text) => line('       ', span(text, 'accent'))),
    ...(isFolded
      ? []
      : [
          dim('seen by    ', verify),
          ...(undo === null ? [] : [dim('undone by  ', undo)]),
          dim('if stopped ', ifStopped),
        ]),
    ...(ran?.note == null ? [] : [line('       ', span(ran.note, ran.state === 'failed' ? 'critical' : 'plain'))]),
    ...(ran?.hint == null ? [] : [line('       ', span(ran.hint, 'dim'))]),
  ]
}
