// What a cluster's executor does for the screen and the commands: plans, runs, and what ends or undoes them.

import type { ActionRequest } from '../../actions/definition/action.ts'
import type { Run } from '../../model/runs/run.ts'
import type { ResumeReasons, RunConsent } from './executor-options.ts'

export interface Executor {
  /** A plan with its checks as of now. Changes nothing. Throws PlanError for a request that can't be followed. */
  propose(request: ActionRequest, overrides?: Readonly<Record<string, string>>): Promise<Run>
  /** Throws ReadOnlyError where nothing may be done here at all: a question before it would be in vain. */
  mayAct(run: Run): Promise<void>
  /** The same for a run that was begun. Throws ActionError too where there is none of that id. */
  mayTakeUp(id: string): Promise<void>
  /** Runs what was proposed. Throws ActionError where the door stays shut: read-only (ReadOnlyError), blocked, not confirmed, busy, no journal. */
  start(run: Run, consent: RunConsent): Promise<Run>
  /** The run where it has to be confirmed once more before it goes on; null where not. Throws ActionError where there is none. */
  needsConfirmation(id: string): Promise<Run | null>
  /** Goes on with a run that was cut off or stopped. Throws ActionError as `start`. */
  resume(id: string, reasons: ResumeReasons): Promise<Run>
  /** Takes back what a stopped run did, as far as that can be; `how` somebody agreed to that. Throws ActionError as `start`. */
  abort(id: string, how: string, overrides?: ResumeReasons['overrides']): Promise<Run>
  /** The manual step that is waited for was done. */
  markManualDone(): void
  /** Ends the run after its present step; one that waits ends at once. A second time: now, whatever it does. */
  stop(): void
}
