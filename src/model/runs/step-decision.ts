// What a run asks of a person when a step did not work, and what may be answered.

import type { PlannedStep } from './plan.ts'

export type StepDecision =
  | { readonly choice: 'retry' }
  | { readonly choice: 'skip'; readonly reason: string }
  | { readonly choice: 'stop' }
  /** Stop, and take back what can be. */
  | { readonly choice: 'undo' }

export interface StepQuestion {
  readonly step: PlannedStep
  readonly state: 'failed' | 'unknown'
  readonly why: string
  readonly hint: string | null
}
