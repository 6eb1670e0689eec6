// The action on the screen as lines: its form, its plan, its run, its end.

import { actionFieldsFor } from '../../actions/definition/action.ts'
import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import type { Run } from '../../model/runs/run.ts'
import { ACTIONS } from '../../profiles/actions.ts'
import type { ActionPhase, ActionState, RequestedAction } from '../../state/action-state.ts'
import { wrapLines } from '../frame/format/fit-text.ts'
import type { Glyphs } from '../frame/format/glyphs.ts'
import { EMPTY_LINE, type Line, line, span } from '../frame/format/line.ts'
import { type FoldedPlan, planLines } from '../frame/format/plan-lines.ts'
import { currentActionKey } from '../keys/names.ts'
import { linesWithCustomKeys, withCustomKeys } from '../keys/sentences.ts'
import type { Viewport } from '../views/list/view.ts'
import { endedRunLines, type KeysAndPolling, type RunDrawing, runProgressLines } from './progress-lines.ts'

/** All its lines, wrapped to the screen. */
export function actionLines(action: ActionState, screen: Viewport, state: KeysAndPolling): readonly Line[] {
  const { current, isUnfolded } = action
  const lines = wrapLines(linesOf(current, { glyphs: screen.glyphs, state, isUnfolded }), screen.columns - 2)
  return lines.map((each) => [span(' '), ...each])
}

function linesOf(at: ActionPhase, drawing: RunDrawing): readonly Line[] {
  const { state, glyphs, isUnfolded } = drawing
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
      return plannedLines(
        at.run,
        glyphs,
        isUnfolded ? null : { unfoldKey: currentActionKey(state, 'fold', 'tab') },
        state,
      )
    case 'running':
      return [
        ...(at.stopping
          ? [
              line(
                span(`The run stops after this step. ${stop(state)} again: at once, in the middle of it.`, 'warning'),
              ),
            ]
          : []),
        ...runProgressLines(at.run, drawing),
      ]
    case 'ended':
      return endedRunLines(at.run, drawing)
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
        value === undefined || each === index ? span(`${explains} (${requirement})`, 'dim') : span(value, 'strong'),
      )
    },
  )
  return [title(asked), line(span(action?.explains ?? '', 'dim')), EMPTY_LINE, ...lines]
}

/** What blocks the plan stands first. */
function plannedLines(run: Run, glyphs: Glyphs, folded: FoldedPlan | null, state: KeysAndPolling): readonly Line[] {
  const blocked = blockingChecks(run.plan)
  const why = `Blocked by ${blocked.map(({ id }) => id).join(', ')}: nothing was changed.`
  return [
    ...(blocked.length === 0 ? [] : [line(span(why, 'critical'))]),
    ...linesWithCustomKeys(state, planLines(run, glyphs, folded)),
  ]
}
