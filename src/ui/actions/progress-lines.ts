// A run as lines: the step at work on top, then the other steps, then what the run said. At its end, the proof as a table.

import type { PlannedStep } from '../../model/runs/plan.ts'
import type { Run, RunStep } from '../../model/runs/run.ts'
import type { ServingAfterRun } from '../../model/runs/serving-after-run.ts'
import type { State } from '../../state/state.ts'
import type { Glyphs } from '../frame/format/glyphs.ts'
import { EMPTY_LINE, fitText, type Line, line, span, textWidth } from '../frame/format/line.ts'
import { runEndLine, stepMark } from '../frame/format/run-lines.ts'
import { accessLabel } from '../frame/format/status-text.ts'
import { clock, seconds } from '../frame/format/values.ts'
import { currentActionKey } from '../keys/names.ts'
import { withCustomKeys } from '../keys/sentences.ts'

/** The time, and the user's own keys. */
export type KeysAndPolling = Pick<State, 'now' | 'keys'>

/** Below the title of a step. */
const STEP_INDENT = '       '
/** Output lines of a run that stay on the screen at least. */
const OUTPUT_LINES = 4
/** Output lines that an unfolded run shows. */
const ALL_OUTPUT_LINES = 200
/** Titles of steps in the table of the proof are cut at this width. */
const TITLE_WIDTH = 40

interface NumberedStep {
  readonly number: number
  readonly step: PlannedStep
  readonly ran: RunStep
}

/** What a run is drawn with. */
export interface RunDrawing {
  readonly glyphs: Glyphs
  readonly state: KeysAndPolling
  readonly isUnfolded: boolean
}

/** A run in progress: the step at work with its text, the steps that need a look, a count of the others, the latest output. */
export function runProgressLines(run: Run, drawing: RunDrawing): readonly Line[] {
  const { state, isUnfolded } = drawing
  const { plan, startedAt, id } = run
  const steps = numberedSteps(run)
  const done = steps.filter(({ ran }) => ran.state === 'done')
  const pending = steps.filter(({ ran }) => ran.state === 'pending')
  const open = steps.filter((each) => !done.includes(each) && !pending.includes(each))
  const current = open.at(-1)
  const place = current ? `step ${current.number} of ${steps.length}` : `${done.length} of ${steps.length} steps done`
  const took = startedAt === null ? '' : ` · ${seconds((state.now - startedAt) / 1000)}`
  return [
    line(span(plan.title, 'title'), `   ${place}${took}`),
    EMPTY_LINE,
    ...(isUnfolded
      ? steps.flatMap((each) => stepLines(each, drawing))
      : [...open.toReversed().flatMap((each) => stepLines(each, drawing)), ...restLines(done, pending, state)]),
    ...outputLines(run, isUnfolded),
    EMPTY_LINE,
    line(span(`run ${id}`, 'dim')),
  ]
}

/** A run that has ended: how, who serves the users now, then each step with its evidence. */
export function endedRunLines(run: Run, drawing: RunDrawing): readonly Line[] {
  const { plan, startedAt, endedAt, id, served } = run
  const took = startedAt === null || endedAt === null ? '' : `   ${seconds((endedAt - startedAt) / 1000)}`
  return [
    line(span(plan.title, 'title'), took),
    runEndLine(run),
    ...resumeLines(run),
    ...(served ? servedLines(served) : []),
    EMPTY_LINE,
    ...proofLines(run, drawing),
    ...(drawing.isUnfolded ? outputLines(run, true) : []),
    EMPTY_LINE,
    line(span(`run ${id}`, 'dim')),
  ]
}

function numberedSteps({ plan, steps }: Run): readonly NumberedStep[] {
  return plan.steps.flatMap((step, index) => {
    const ran = steps[index]
    return ran ? [{ number: index + 1, step, ran }] : []
  })
}

/** `3 steps done · 12 to come, next: 5. start db-1   tab shows all`. */
function restLines(
  done: readonly NumberedStep[],
  pending: readonly NumberedStep[],
  state: KeysAndPolling,
): readonly Line[] {
  const [next] = pending
  const counts = [
    ...(done.length > 0 ? [`${done.length} done`] : []),
    ...(next ? [`${pending.length} to come, next: ${next.number}. ${next.step.title}`] : []),
  ]
  if (counts.length === 0) return []
  return [
    line(
      span(`  ${counts.join(' · ')}`),
      '   ',
      span(currentActionKey(state, 'fold', 'tab'), 'key'),
      span(' shows all', 'dim'),
    ),
  ]
}

function stepLines({ number, step, ran }: NumberedStep, { glyphs, state }: RunDrawing): readonly Line[] {
  const isOpen = ran.state !== 'pending' && ran.state !== 'done' && ran.state !== 'skipped'
  const isRunning = ran.startedAt !== null && ran.endedAt === null
  const since = isRunning ? `   for ${seconds((state.now - ran.startedAt) / 1000)}` : ''
  const title = span(step.title, isOpen ? 'strong' : 'plain')
  return [
    line(`  ${number}. `, title, `   ${step.where}   `, stepMark(ran, glyphs), since),
    ...(isOpen ? presentStepLines(step, state) : []),
    ...outcomeLines(ran, state),
  ]
}

/** The effect of the step, or the task of a person. */
function presentStepLines({ how, detail, maySkip }: PlannedStep, keys: KeysAndPolling): readonly Line[] {
  const skip = maySkip ? ` (${currentActionKey(keys, 'run-skip', 's')} skips it)` : ''
  const request = `Do this there, then press ${currentActionKey(keys, 'run-by-hand', 'm')}${skip}:`
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

function outputLines({ output }: Run, isUnfolded: boolean): readonly Line[] {
  if (output.length === 0) return []
  const lines = output.slice(isUnfolded ? -ALL_OUTPUT_LINES : -OUTPUT_LINES)
  const earlier = output.length - lines.length
  return [
    EMPTY_LINE,
    line(span('OUTPUT', 'title'), earlier > 0 && !isUnfolded ? span(`  the last ${lines.length}`, 'dim') : ''),
    ...lines.map(({ at, text }) => line('   ', span(clock(at), 'dim'), `  ${text}`)),
  ]
}

function resumeLines({ state, id }: Run): readonly Line[] {
  if (state === 'done' || state === 'aborted') return []
  return [line(`Resume later: pgdeck do --resume ${id}`), line(`Undo: pgdeck do --abort ${id}`)]
}

/** Read after the last step, not taken from the plan. */
function servedLines({ access, by, writable, still }: ServingAfterRun): readonly Line[] {
  const row = (label: string, text: string) => line(span(`  ${label.padEnd(13)}`, 'dim'), text)
  return [
    EMPTY_LINE,
    line(span('WHO SERVES NOW', 'title')),
    row('users', access === null ? '? (not known)' : accessLabel(access)),
    row('served by', by.length === 0 ? 'nobody' : by.join(', ')),
    row('writable', writable.length === 0 ? 'no database' : writable.join(', ')),
    ...(still.length === 0 ? [] : [row('left behind', `${still.join(', ')}: on a database that is not writable`)]),
  ]
}

/** One row for each step: how it ended, its title, its evidence. */
function proofLines(run: Run, { glyphs, state }: RunDrawing): readonly Line[] {
  const steps = numberedSteps(run)
  const proven = steps.filter(({ ran }) => ran.state === 'done').length
  const width = Math.min(TITLE_WIDTH, Math.max(0, ...steps.map(({ step }) => textWidth(step.title))))
  const marks = steps.map(({ ran }) => stepMark(ran, glyphs))
  const markWidth = Math.max(0, ...marks.map(({ text }) => textWidth(text)))
  const rows = steps.flatMap(({ number, step, ran }, index): readonly Line[] => {
    const title = fitText(step.title, width, 'left', glyphs.ellipsis)
    const { text = '', style: markStyle = 'plain' } = marks[index] ?? {}
    const mark = span(fitText(text, markWidth), markStyle)
    const style = ran.state === 'failed' ? 'critical' : 'dim'
    const evidence = ran.note === null ? '' : withCustomKeys(state, ran.note)
    const hint = ran.hint === null ? [] : [line(STEP_INDENT, withCustomKeys(state, ran.hint))]
    return [line(`  ${String(number).padStart(2)}. `, title, '  ', mark, '  ', span(evidence, style)), ...hint]
  })
  return [line(span('PROOF', 'title'), `  ${proven} of ${steps.length} steps seen to have worked`), ...rows]
}
