// The executor of a cluster, as the screen and the commands use it: it plans, starts, resumes and undoes runs.

import type { ActionRequest } from '../../actions/definition/action.ts'
import type { Run } from '../../model/runs/run.ts'
import type { ResumeReasons, RunConsent } from './executor-options.ts'

export interface Executor {
  /** Returns a plan with its checks as of now. Changes nothing. Throws PlanError for an invalid request. */
  propose(request: ActionRequest, overrides?: Readonly<Record<string, string>>): Promise<Run>
  /** Throws ReadOnlyError in read-only mode, before the user is asked to confirm. */
  mayAct(run: Run): Promise<void>
  /** The same for an existing run. Also throws ActionError if there is none with that id. */
  mayTakeUp(id: string): Promise<void>
  /**
   * Runs a proposed plan. Throws ActionError if it may not start: read-only (ReadOnlyError), blocked, not confirmed,
   * busy, no journal.
   */
  start(run: Run, consent: RunConsent): Promise<Run>
  /**
   * Returns the run if it must be confirmed again before it is resumed; else null. Throws ActionError if there is none.
   */
  needsConfirmation(id: string): Promise<Run | null>
  /** Resumes an interrupted or stopped run. Throws ActionError as `start`. */
  resume(id: string, reasons: ResumeReasons): Promise<Run>
  /**
   * Undoes what a stopped run did, as far as possible; `how`: how the user agreed to it. Throws ActionError as `start`.
   */
  abort(id: string, how: string, overrides?: ResumeReasons['overrides']): Promise<Run>
  /** The user confirms the current manual step. */
  markManualDone(): void
  /**
   * The user skips a manual step, for this reason; `step` is its id, null the current one. Without effect if that step
   * is not the current one, or may not be skipped.
   */
  skipManualStep(step: string | null, reason: string): void
  /** Ends the run after its current step; a waiting run ends at once. The second call ends it at once in every case. */
  stop(): void
  /**
   * Before this process ends: ends a run because of which users wait, so that they do not wait for a resume. Resolves when
   * it has ended, after some seconds at most. It does nothing to another run.
   */
  letUsersGo(): Promise<void>
}
