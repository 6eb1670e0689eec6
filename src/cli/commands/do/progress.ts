// Tells how a run goes, a line for each step and each line of output as they come.

import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { Run, RunStep } from '../../../model/runs/run.ts'
import { formatSeconds } from '../../../model/values/units.ts'

/** A listener for a run that tells what is new since it was told last. */
export function runProgressPrinter(tell: (text: string) => void): (run: Run) => void {
  const told = new Map<string, string>()
  let last = 0
  return (run) => {
    for (const [index, step] of run.steps.entries()) {
      const text = textOf(step)
      if (text === null || told.get(step.id) === text) continue
      told.set(step.id, text)
      const planned = run.plan.steps[index]
      tell(`[${index + 1}/${run.steps.length}] ${planned?.title ?? step.id}: ${text}`)
      if (step.state === 'running' && planned?.how === 'manual') tellManual(planned, tell)
    }
    for (const { at, text } of run.output) {
      if (at < last) continue
      if (told.get(`said ${at} ${text}`) !== undefined) continue
      told.set(`said ${at} ${text}`, text)
      last = at
      tell(`      ${text}`)
    }
  }
}

/** What somebody has to do there; its effect is looked for meanwhile. */
function tellManual({ where, detail, verify }: PlannedStep, tell: (text: string) => void): void {
  tell(`      To be done by hand on ${where}:`)
  for (const line of detail.split('\n')) tell(`        ${line}`)
  tell(`      It goes on as soon as this is seen: ${verify}. m and enter: it was done.`)
}

function textOf({ state, note, hint, startedAt, endedAt, attempts }: RunStep): string | null {
  const took = startedAt === null || endedAt === null ? '' : ` in ${formatSeconds((endedAt - startedAt) / 1000)}`
  switch (state) {
    case 'pending':
    case 'verifying':
      return null
    case 'running':
      return attempts > 1 ? `begins, attempt ${attempts}` : 'begins'
    case 'done':
      return `done${took}: ${note ?? ''}`
    default:
      return `${state}: ${note ?? ''}${hint === null ? '' : ` ${hint}`}`
  }
}
