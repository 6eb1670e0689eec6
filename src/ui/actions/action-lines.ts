// The act on the screen as lines: its form, its plan with the question, its run with what it says, its end.

import { actionFieldsFor } from '../../actions/definition/action.ts'
import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { confirmationQuestion } from '../../model/runs/confirmation.ts'
import { blockingChecks, type PlannedStep } from '../../model/runs/plan.ts'
import type { Run, RunStep } from '../../model/runs/run.ts'
import { ACTIONS } from '../../profiles/actions.ts'
import type { ActionPhase, ActionState, RequestedAction } from '../../state/action-state.ts'
import type { State } from '../../state/state.ts'
import { wrapLines } from '../frame/format/fit-text.ts'
import { EMPTY_LINE, type Line, line, span } from '../frame/format/line.ts'
import { planLines, runEndLine, stepMark } from '../frame/format/run-lines.ts'
import { clock, seconds } from '../frame/format/values.ts'
import { currentActionKey } from '../keys/names.ts'
import { linesWithCustomKeys, withCustomKeys } from '../keys/sentences.ts'
import type { Viewport } from '../views/list/view.ts'

/** What tells the time and the user's keys. */
type KeysAndPolling = Pick<State, 'now' | 'keys'>

/** Below the title of a step. */
const STEP_INDENT = '       '

/** All its lines, wrapped to the screen. */
export function actionLines({ current }: ActionState, screen: Viewport, state: KeysAndPolling): readonly Line[] {
  const lines = wrapLines(linesOf(current, screen, state), screen.columns - 2)
  return lines.map((each) => [span(' '), ...each])
}

function linesOf(at: ActionPhase, screen: Viewport, state: KeysAndPolling): readonly Line[] {
  switch (at.phase) {
    case 'form':
      return formLines(at.request, at.field)
    case 'planning':
      return [title(at.asked), EMPTY_LINE, line('Reading the cluster and making the plan …')]
    case 'refused':
      return [
        title(at.asked),
        EMPTY_LINE,
        line(span(at.why, 'critical')),
        ...(at.hint === null ? [] : [line(withCustomKeys(state, at.hint))]),
      ]
    case 'planned':
      return [...linesWithCustomKeys(state, planLines(at.run, screen.glyphs)), EMPTY_LINE, asked(at.run)]
    case 'running':
      return [
        ...runLines(at.run, screen, state),
        ...(at.stopping
          ? [
              EMPTY_LINE,
              line(
                span(`The run stops after this step. ${stop(state)} again: at once, in the middle of it.`, 'warning'),
              ),
            ]
          : []),
      ]
    case 'ended':
      return [...runLines(at.run, screen, state), EMPTY_LINE, runEndLine(at.run), ...next(at.run)]
  }
}

function stop(state: KeysAndPolling): string {
  return currentActionKey(state, 'run-stop', 'x')
}

function title({ action, target }: RequestedAction): Line {
  return line(span(`${action}${target === null ? '' : ` ${target}`}`, 'title'))
}

function formLines(asked: RequestedAction, index: number): readonly Line[] {
  const action = ACTIONS.find(({ name }) => name === asked.action)
  const lines = (action ? actionFieldsFor(action, asked.profile ?? PLAIN_PROFILE) : []).map(
    ({ name, explains, required, defaultText }, each) => {
      const value = asked.input[name]
      const need = required ? 'needed' : `may be left empty${defaultText === undefined ? '' : `: ${defaultText}`}`
      return line(
        span(each === index ? ' > ' : '   ', 'accent'),
        span(name.padEnd(20), each === index ? 'strong' : 'plain'),
        value === undefined ? span(`${explains} (${need})`, 'dim') : span(value, 'strong'),
      )
    },
  )
  return [title(asked), line(span(action?.explains ?? '', 'dim')), EMPTY_LINE, ...lines]
}

/** Steps with how each goes, the present one with its text, then what was said last. */
function runLines(
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

/** What the step does, or what a person has to do. */
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

function next(run: Run): readonly Line[] {
  if (run.state === 'done' || run.state === 'aborted') return []
  return [line(`Resume later: pgdeck do --resume ${run.id}`), line(`Undo: pgdeck do --abort ${run.id}`)]
}

/** The question, or what blocks it. */
function asked({ plan }: Run): Line {
  const blocked = blockingChecks(plan)
  if (blocked.length === 0) return line(span(confirmationQuestion(plan), 'strong'))
  return line(span(`Blocked by ${blocked.map(({ id }) => id).join(', ')}: nothing was changed.`, 'critical'))
}
