// The state of a run and of its steps as text: a mark for each step, and how the run ended.

import { hasRunSucceeded, type Run, type RunState, type RunStep, type StepState } from '../../../model/runs/run.ts'
import { formatSeconds } from '../../../model/values/units.ts'
import type { Glyphs } from './glyphs.ts'
import { type Line, line, span, type TextSpan, type TextStyle } from './line.ts'

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
  failed: 'failed, with no step done',
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
