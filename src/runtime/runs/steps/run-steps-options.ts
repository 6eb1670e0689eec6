// What the steps of a run need: the run, its user, and that user's input meanwhile.

import type { Action, ActionToolbox } from '../../../actions/definition/action.ts'
import type { Principal } from '../../../model/events/audit-entry.ts'
import type { StepDecision, StepQuestion } from '../../../model/runs/confirmation.ts'
import type { ClusterLock } from '../locks/lock-request.ts'
import type { RunLog } from '../log/run-log.ts'

export interface RunStepsOptions {
  readonly log: RunLog
  readonly action: Action
  readonly tools: ActionToolbox
  /** The user who runs it now, and who confirms or skips steps. */
  readonly who: Principal
  /** The lock on the cluster; null for actions that need none. */
  readonly lock: ClusterLock | null
  /** Reasons by step that were given beforehand. */
  readonly skips: Readonly<Record<string, string>>
  readonly decide: (question: StepQuestion) => Promise<StepDecision>
  readonly operator: OperatorInput
}

/** The operator's input to a running run. */
export interface OperatorInput {
  /** True once: the user confirmed the current manual step. */
  takeDone(): boolean
  /** The reason for which the user skips that manual step, once; null: the user does not. */
  takeSkip(step: string): string | null
  /** True after a request to stop. */
  isStopping(): boolean
  /** Manual steps are waited for without a limit. */
  readonly present: boolean
}
