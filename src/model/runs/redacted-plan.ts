// A plan without secrets in its texts, for showing and storing. The arguments of its steps are unchanged.

import { REDACTED, redact, redactAll } from '../logs/redact.ts'
import type { Impact, JsonValue, Plan, PlannedStep } from './plan.ts'

/** Returns the plan as people read it, with the same arguments of its steps. */
export function redactPlan(plan: Plan): Plan {
  return {
    ...plan,
    title: redact(plan.title),
    checks: plan.checks.map((check) => redactAll(check) as Plan['checks'][number]),
    impact: redactAll(plan.impact) as Impact,
    steps: plan.steps.map(withoutSecretText),
  }
}

/** A command of the configuration may contain a password, and so may the difference of two files. */
function withoutSecretText(step: PlannedStep): PlannedStep {
  const { title, detail, verify, undo, ifStopped } = step
  const texts = { title, detail, verify, ifStopped }
  return { ...step, ...(redactAll(texts) as typeof texts), undo: undo === null ? null : redact(undo) }
}

/** Whether a secret was removed from the arguments of a step: then it can't run any more. */
export function hasRedactedSecret(args: JsonValue): boolean {
  if (typeof args === 'string') return args.includes(REDACTED)
  if (typeof args !== 'object' || args === null) return false
  return Object.values(args).some(hasRedactedSecret)
}
