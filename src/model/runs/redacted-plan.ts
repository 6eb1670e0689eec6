// What is shown and kept of a plan: its texts without secrets. What its steps need to know is another thing.

import { REDACTED, redact, redactAll } from '../logs/redact.ts'
import type { Impact, JsonValue, Plan, PlannedStep } from './plan.ts'

/** The plan as people read it, anywhere: the same act, with the same arguments of its steps. */
export function redactPlan(plan: Plan): Plan {
  return {
    ...plan,
    title: redact(plan.title),
    checks: plan.checks.map((check) => redactAll(check) as Plan['checks'][number]),
    impact: redactAll(plan.impact) as Impact,
    steps: plan.steps.map(withoutSecretText),
  }
}

/** A command of the configuration may hold a password, and the difference of two files one of somebody else. */
function withoutSecretText(step: PlannedStep): PlannedStep {
  const { title, detail, verify, undo, ifStopped } = step
  const texts = { title, detail, verify, ifStopped }
  return { ...step, ...(redactAll(texts) as typeof texts), undo: undo === null ? null : redact(undo) }
}

/** Whether a secret was taken out of what a step needs to know: it can't be carried out any more. */
export function hasRedactedSecret(args: JsonValue): boolean {
  if (typeof args === 'string') return args.includes(REDACTED)
  if (typeof args !== 'object' || args === null) return false
  return Object.values(args).some(hasRedactedSecret)
}
