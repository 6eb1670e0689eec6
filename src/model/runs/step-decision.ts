// What a run asks of a person when a step did not work, and what may be answered.

import type { PlannedStep } from './plan.ts'

export type StepDecision =
  | { readonly do: 'retry' }
  | { readonly do: 'skip'; readonly reason: string }
  | { readonly do: 'stop' }
  /** Stop, and take back what can be. */
  | { readonly do: 'undo' }

export interface StepQuestion {
  readonly step: PlannedStep
  readonly state: 'failed' | 'unknown'
  readonly why: string
  readonly hint: string | null
}
