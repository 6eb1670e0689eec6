// The confirmation that an action needs, by its danger.

import type { Danger } from '../measured/spec.ts'
import { formatBytes } from '../values/units.ts'
import type { Plan, PlanCheck, PlannedStep } from './plan.ts'

/** The answer. `typed`: a text and enter. */
export type ConfirmationAnswer =
  | { readonly kind: 'enter' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'typed'; readonly text: string }

const WANTED: Readonly<Record<Danger, 'enter' | 'yes' | 'typed'>> = {
  routine: 'enter',
  disruptive: 'yes',
  outage: 'typed',
  'data-loss': 'typed',
}

/** How a plan must be confirmed. */
export function requiredConfirmation({ danger }: Pick<Plan, 'danger'>): 'enter' | 'yes' | 'typed' {
  return WANTED[danger]
}

/** The question, with the figure of a loss. */
export function confirmationQuestion(plan: Plan): string {
  const { title, danger, confirm, impact } = plan
  if (danger === 'routine') return `${title}?`
  if (danger === 'disruptive') return `${title}? ${impact.statement}`
  if (danger === 'outage') return `${title}? ${impact.statement} Type ${confirm} to continue.`
  return `${title}, and lose ${commitsLost(plan)}? Type ${confirm} to continue.`
}

/** `at least 12.4 MB of commits`: what the plan loses. */
export function commitsLost({ impact }: Pick<Plan, 'impact'>): string {
  const isFloor = impact.lossBound === 'at-least'
  const least = isFloor && impact.lossBytes !== 0 ? 'at least ' : ''
  const isUnknown = impact.lossBytes === null || (isFloor && impact.lossBytes === 0)
  const loss = isUnknown ? 'an unknown amount' : formatBytes(impact.lossBytes)
  return `${least}${loss} of commits`
}

/** True for the text to type, and for the id of what it names: a display name may have been given after a script was written. */
export function confirmsPlan(
  text: string,
  { confirm, confirmIds = [], target }: Pick<Plan, 'confirm' | 'confirmIds' | 'target'>,
): boolean {
  return text === confirm || confirmIds.includes(text) || (confirm === target?.name && text === target.id)
}

/** Why the answer does not confirm the plan; null if it does. A stronger answer suffices too. */
export function whyNotConfirmed(plan: Plan, answer: ConfirmationAnswer): string | null {
  const wanted = requiredConfirmation(plan)
  if (answer.kind === 'typed') {
    if (confirmsPlan(answer.text, plan)) return null
    return `"${answer.text}" is not "${plan.confirm}"`
  }
  if (wanted === 'typed') return `this is ${plan.danger}: type the exact name ${plan.confirm}`
  if (wanted === 'yes' && answer.kind !== 'yes') return 'answer y'
  return null
}

/** Returns the checks with the given ones overruled. Those that may not be, or did not fail, are unchanged. */
export function withOverrides(
  checks: readonly PlanCheck[],
  reasons: Readonly<Record<string, string>>,
): readonly PlanCheck[] {
  return checks.map((check) => {
    const reason = reasons[check.id]
    const applies = reason !== undefined && check.result !== 'pass' && check.mayOverride
    return applies ? { ...check, overridden: reason } : check
  })
}

export type StepDecision =
  | { readonly choice: 'retry' }
  | { readonly choice: 'skip'; readonly reason: string }
  | { readonly choice: 'stop' }
  /** Stop, and undo what can be undone. */
  | { readonly choice: 'undo' }

export interface StepQuestion {
  readonly step: PlannedStep
  readonly state: 'failed' | 'unknown'
  readonly why: string
  readonly hint: string | null
}
