// The act on the screen as lines: its form, its plan with the question, its run with what it says, its end.

import { fieldsFor } from '../../actions/action.ts'
import { ACTIONS } from '../../actions/index.ts'
import { confirmationWanted, question } from '../../model/operation/confirmation.ts'
import { blockers } from '../../model/operation/plan.ts'
import type { Run } from '../../model/operation/run.ts'
import type { ActPhase, ActState, Asked } from '../../state/acts.ts'
import { EMPTY, type Line, line, span } from '../format/line.ts'
import { endLine, planLines, stepMark } from '../format/plan-lines.ts'
import { clock, seconds } from '../format/values.ts'
import { wrapped } from '../format/wrap-lines.ts'
import type { Screen } from '../views/view.ts'

/** All its lines, wrapped to the screen. */
export function actLines({ at }: ActState, screen: Screen, now: number): readonly Line[] {
  const lines = wrapped(linesOf(at, screen, now), screen.columns - 2)
  return lines.map((each) => [span(' '), ...each])
}

function linesOf(at: ActPhase, screen: Screen, now: number): readonly Line[] {
  switch (at.phase) {
    case 'form':
      return formLines(at.asked, at.field)
    case 'planning':
      return [title(at.asked), EMPTY, line('The cluster is read and the plan is made …')]
    case 'refused':
      return [title(at.asked), EMPTY, line(span(at.why, 'critical')), ...(at.hint === null ? [] : [line(at.hint)])]
    case 'planned':
      return [...planLines(at.run, screen.glyphs), EMPTY, asked(at.run)]
    case 'running':
      return [
        ...runLines(at.run, screen, now),
        ...(at.stopping
          ? [EMPTY, line(span('It stops after this step. x again: at once, whatever it does.', 'warning'))]
          : []),
      ]
    case 'ended':
      return [...runLines(at.run, screen, now), EMPTY, endLine(at.run), ...next(at.run)]
  }
}

function title({ action, target }: Asked): Line {
  return line(span(`${action}${target === null ? '' : ` ${target}`}`, 'title'))
}

function formLines(asked: Asked, index: number): readonly Line[] {
  const action = ACTIONS.find(({ name }) => name === asked.action)
  const lines = (action ? fieldsFor(action, asked.profile ?? 'postgres') : []).map(
    ({ name, explains, required, otherwise }, each) => {
      const value = asked.input[name]
      const need = required ? 'needed' : `may be left empty${otherwise === undefined ? '' : `: ${otherwise}`}`
      return line(
        span(each === index ? ' > ' : '   ', 'accent'),
        span(name.padEnd(20), each === index ? 'strong' : 'plain'),
        value === undefined ? span(`${explains} (${need})`, 'dim') : span(value, 'strong'),
      )
    },
  )
  return [title(asked), line(span(action?.explains ?? '', 'dim')), EMPTY, ...lines]
}

/** Steps with how each goes, the present one with its text, then what was said last. */
function runLines(
  { plan, steps, output, startedAt, endedAt, id }: Run,
  { glyphs }: Screen,
  now: number,
): readonly Line[] {
  const took = startedAt === null ? '' : `   ${seconds(((endedAt ?? now) - startedAt) / 1000)}`
  const lines = plan.steps.flatMap((step, index) => {
    const ran = steps[index]
    if (!ran) return []
    const isOpen = ran.state !== 'pending' && ran.state !== 'done' && ran.state !== 'skipped'
    const since =
      ran.startedAt !== null && ran.endedAt === null ? `   for ${seconds((now - ran.startedAt) / 1000)}` : ''
    const byHand =
      isOpen && step.how === 'manual'
        ? [line('       ', span('Do this there; m says that it is done:', 'warning'))]
        : []
    return [
      line(
        `  ${index + 1}. `,
        span(step.title, isOpen ? 'strong' : 'plain'),
        `   ${step.where}   `,
        stepMark(ran, glyphs),
        since,
      ),
      ...byHand,
      ...(isOpen ? step.detail.split('\n').map((text) => line('       ', span(text, 'accent'))) : []),
      ...(ran.note === null ? [] : [line('       ', span(ran.note, ran.state === 'failed' ? 'critical' : 'dim'))]),
      ...(ran.hint === null ? [] : [line('       ', ran.hint)]),
    ]
  })
  const said = output.slice(-200).map(({ at, text }) => line('   ', span(clock(at), 'dim'), `  ${text}`))
  return [
    line(span(plan.title, 'title'), `   run ${id}${took}`),
    EMPTY,
    ...lines,
    ...(said.length === 0 ? [] : [EMPTY, line(span('OUTPUT', 'title')), ...said]),
  ]
}

function next(run: Run): readonly Line[] {
  if (run.state === 'done' || run.state === 'aborted') return []
  return [line(`Go on later: pgdeck do --resume ${run.id}`), line(`Take it back: pgdeck do --abort ${run.id}`)]
}

/** The question, or what blocks it. */
function asked({ plan }: Run): Line {
  const blocked = blockers(plan)
  if (blocked.length === 0) return line(span(question(plan), 'strong'))
  return line(span(`Blocked by ${blocked.map(({ id }) => id).join(', ')}: nothing was changed.`, 'critical'))
}

/** What is asked in the line above the footer: label, what is typed, help; null where nothing is. */
export function actEntry({
  at,
}: ActState): { label: string; text: string | null; problem: string | null; help: string } | null {
  if (at.phase === 'form') {
    const action = ACTIONS.find(({ name }) => name === at.asked.action)
    const field = action && fieldsFor(action, at.asked.profile ?? 'postgres')[at.field]
    return { label: field?.name ?? '', text: at.text, problem: at.problem, help: 'enter takes it, esc leaves it' }
  }
  if (at.phase === 'running' && at.reason !== null) {
    return {
      label: 'Leave the step out, because',
      text: at.reason,
      problem: null,
      help: 'enter takes it, esc does not',
    }
  }
  if (at.phase === 'running' && at.question) {
    const skip = at.question.step.maySkip ? ', s leave it out' : ''
    return {
      label: `${at.question.step.title}: ${at.question.state}`,
      text: null,
      problem: at.question.why,
      help: `r try again${skip}, u undo, x stop`,
    }
  }
  if (at.phase !== 'planned') return null
  if (at.entry === 'override') return { label: 'Overrule', text: at.text, problem: at.problem, help: 'CHECK=REASON' }
  const blocked = blockers(at.run.plan)
  if (blocked.length > 0) {
    return {
      label: `Blocked by ${blocked.map(({ id }) => id).join(', ')}`,
      text: null,
      problem: at.problem,
      help: 'nothing was changed; esc leaves it',
    }
  }
  const wanted = confirmationWanted(at.run.plan)
  const help = {
    enter: 'enter does it, esc leaves it',
    yes: 'y does it, esc leaves it',
    typed: 'then enter; esc leaves it',
  }[wanted]
  const label = wanted === 'typed' ? `Type ${at.run.plan.confirm}` : `${at.run.plan.title}?`
  return { label, text: wanted === 'typed' ? at.text : null, problem: at.problem, help }
}
