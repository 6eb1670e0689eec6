// Steps that prove what an act loses: whoever leaves one out makes it an act that may lose data, and has to say so.

import type { Plan, PlannedStep } from './plan.ts'

/** What the reason has to begin with by which such a step is left out: `db-ro may lose data`. */
export function dataLossPhrase({ target, cluster }: Pick<Plan, 'target' | 'cluster'>): string {
  return `${target?.name ?? cluster} may lose data`
}

/** Why that reason does not leave the step out; null where it does. Only steps that prove a loss ask for more than a reason. */
export function whyNotSkipped(plan: Plan, step: PlannedStep, reason: string): string | null {
  if (step.proves !== 'loss') return null
  const word = dataLossPhrase(plan)
  if (reason.startsWith(word) && /\w/.test(reason.slice(word.length))) return null
  return `${step.id} proves that nothing is lost: skipping it makes this data-loss. The reason has to begin with "${word}:"`
}

/** The plan as it is where these steps are left out beforehand: what they would prove is not known then. */
export function withSkippedSteps(plan: Plan, skips: Readonly<Record<string, string>>): Plan {
  const out = plan.steps.filter(({ id, proves }) => proves === 'loss' && skips[id] !== undefined)
  if (out.length === 0) return plan
  const names = out.map(({ id }) => id).join(', ')
  const impact = {
    ...plan.impact,
    lossBytes: null,
    lossSeconds: null,
    lossBound: null,
    lossAgeSeconds: null,
    statement: `${plan.title}. ${names} is skipped: the loss is unknown.`,
  }
  return { ...plan, danger: 'data-loss', impact }
}
