// The action on the screen as lines: its form, its plan with the question, its run with messages, its end.

import { actionFieldsFor } from '../../actions/definition/action.ts'
import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { confirmationQuestion } from '../../model/runs/confirmation.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import type { Run } from '../../model/runs/run.ts'
import { ACTIONS } from '../../profiles/actions.ts'
import type { ActionPhase, ActionState, RequestedAction } from '../../state/action-state.ts'
import { wrapLines } from '../frame/format/fit-text.ts'
import { EMPTY_LINE, type Line, line, span } from '../frame/format/line.ts'
import { planLines, runEndLine } from '../frame/format/run-lines.ts'
import { currentActionKey } from '../keys/names.ts'
import { linesWithCustomKeys, withCustomKeys } from '../keys/sentences.ts'
import type { Viewport } from '../views/list/view.ts'
import { type KeysAndPolling, runProgressLines } from './progress-lines.ts'

/** All lines of the action, wrapped to the screen. */
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
        ...runProgressLines(at.run, screen, state),
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
      return [...runProgressLines(at.run, screen, state), EMPTY_LINE, runEndLine(at.run), ...next(at.run)]
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
      const requirement = required
        ? 'needed'
        : `may be left empty${defaultText === undefined ? '' : `: ${defaultText}`}`
      return line(
        span(each === index ? ' > ' : '   ', 'accent'),
        span(name.padEnd(20), each === index ? 'strong' : 'plain'),
        value === undefined ? span(`${explains} (${requirement})`, 'dim') : span(value, 'strong'),
      )
    },
  )
  return [title(asked), line(span(action?.explains ?? '', 'dim')), EMPTY_LINE, ...lines]
}

function next(run: Run): readonly Line[] {
  if (run.state === 'done' || run.state === 'aborted') return []
  return [line(`Resume later: pgdeck do --resume ${run.id}`), line(`Undo: pgdeck do --abort ${run.id}`)]
}

/** The question, or the failed checks. */
function asked({ plan }: Run): Line {
  const blocked = blockingChecks(plan)
  if (blocked.length === 0) return line(span(confirmationQuestion(plan), 'strong'))
  return line(span(`Blocked by ${blocked.map(({ id }) => id).join(', ')}: nothing was changed.`, 'critical'))
}
