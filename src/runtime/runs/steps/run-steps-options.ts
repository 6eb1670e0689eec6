// What carrying a run through its steps needs: what is run, by whom, and what a person tells it meanwhile.

import type { Action, ActionToolbox } from '../../../actions/definition/action.ts'
import type { Principal } from '../../../model/events/audit-entry.ts'
import type { StepDecision, StepQuestion } from '../../../model/runs/confirmation.ts'
import type { ClusterLock } from '../locks/lock-request.ts'
import type { RunLog } from '../log/run-log.ts'

export interface RunStepsOptions {
  readonly log: RunLog
  readonly action: Action
  readonly tools: ActionToolbox
  /** Who runs it now: whose word it is that something was done by hand, or is left out. */
  readonly who: Principal
  /** By which the run has the cluster; null for acts that need not have it. */
  readonly lock: ClusterLock | null
  /** Reasons by step that were given beforehand. */
  readonly skips: Readonly<Record<string, string>>
  readonly decide: (question: StepQuestion) => Promise<StepDecision>
  readonly operator: OperatorInput
}

/** What a person tells a run while it goes on. */
export interface OperatorInput {
  /** True once: the manual step that is waited for was done. */
  takeDone(): boolean
  /** True after somebody asked to stop. */
  isStopping(): boolean
  /** Manual steps are waited for as long as it takes. */
  readonly present: boolean
}
