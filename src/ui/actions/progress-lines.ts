// A run as lines: its steps with their state, and its last messages.

import type { PlannedStep } from '../../model/runs/plan.ts'
import type { Run, RunStep } from '../../model/runs/run.ts'
import type { State } from '../../state/state.ts'
import { EMPTY_LINE, type Line, line, span } from '../frame/format/line.ts'
import { stepMark } from '../frame/format/run-lines.ts'
import { clock, seconds } from '../frame/format/values.ts'
import { currentActionKey } from '../keys/names.ts'
import { withCustomKeys } from '../keys/sentences.ts'
import type { Viewport } from '../views/list/view.ts'

/** The time and the user's keys. */
export type KeysAndPolling = Pick<State, 'now' | 'keys'>

/** Below the title of a step. */
const STEP_INDENT = '       '

/** Steps with their state, the present one with its text, then the last messages. */
export function runProgressLines(
  { plan, steps, output, startedAt, endedAt, id }: Run,
  { glyphs }: Viewport,
  state: KeysAndPolling,
): readonly Line[] {
  const { now } = state
  const took = startedAt === null ? '' : `   ${seconds(((endedAt ?? now) - startedAt) / 1000)}`
  const lines = plan.steps.flatMap((step, index) => {
    const ran = steps[index]
    return ran ? stepLines(index + 1, step, ran, glyphs, state) : []
  })
  const outputLines = output.slice(-200).map(({ at, text }) => line('   ', span(clock(at), 'dim'), `  ${text}`))
  return [
    line(span(plan.title, 'title'), `   run ${id}${took}`),
    EMPTY_LINE,
    ...lines,
    ...(outputLines.length === 0 ? [] : [EMPTY_LINE, line(span('OUTPUT', 'title')), ...outputLines]),
  ]
}

function stepLines(
  number: number,
  step: PlannedStep,
  ran: RunStep,
  glyphs: Viewport['glyphs'],
  keys: KeysAndPolling,
): readonly Line[] {
  const isOpen = ran.state !== 'pending' && ran.state !== 'done' && ran.state !== 'skipped'
  const isRunning = ran.startedAt !== null && ran.endedAt === null
  const since = isRunning ? `   for ${seconds((keys.now - ran.startedAt) / 1000)}` : ''
  const title = span(step.title, isOpen ? 'strong' : 'plain')
  return [
    line(`  ${number}. `, title, `   ${step.where}   `, stepMark(ran, glyphs), since),
    ...(isOpen ? presentStepLines(step, keys) : []),
    ...outcomeLines(ran, keys),
  ]
}

/** The effect of the step, or the task of a person. */
function presentStepLines({ how, detail }: PlannedStep, keys: KeysAndPolling): readonly Line[] {
  const request = `Do this there, then press ${currentActionKey(keys, 'run-by-hand', 'm')}:`
  const lines = detail.split('\n').map((text) => line(STEP_INDENT, span(text, 'accent')))
  return how === 'manual' ? [line(STEP_INDENT, span(request, 'warning')), ...lines] : lines
}

function outcomeLines({ state, note, hint }: RunStep, keys: KeysAndPolling): readonly Line[] {
  const style = state === 'failed' ? 'critical' : 'dim'
  return [
    ...(note === null ? [] : [line(STEP_INDENT, span(withCustomKeys(keys, note), style))]),
    ...(hint === null ? [] : [line(STEP_INDENT, withCustomKeys(keys, hint))]),
  ]
}
