// The options of an executor: access to the cluster, the user, and the user's consent.

import type { Action, ActionToolbox } from '../../actions/definition/action.ts'
import type { AuditEntry, Principal } from '../../model/events/audit-entry.ts'
import type { ConfirmationAnswer, StepDecision, StepQuestion } from '../../model/runs/confirmation.ts'
import type { Run } from '../../model/runs/run.ts'
import type { ClusterLock } from './locks/lock-request.ts'
import type { JournalOpener, RunLog } from './log/run-log.ts'
import type { ClusterAccess } from './tools/cluster-access.ts'

export interface ExecutorOptions {
  readonly clusterAccess: ClusterAccess
  /** The state directory. */
  readonly folder: string
  readonly principal: Principal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Why nothing may be changed; null if changes are allowed. */
  readonly readOnly: string | null
  /** Called after each line of the journal that is on disk. */
  readonly onRunChanged: (run: Run) => void
  readonly decide: (question: StepQuestion) => Promise<StepDecision>
  /** A user is present who can do manual steps and confirm them. */
  readonly isInteractive: boolean
  readonly noted?: (entries: readonly AuditEntry[]) => void
  readonly openJournal?: JournalOpener
  readonly actions?: readonly Action[]
}

export interface RunConsent {
  readonly answer: ConfirmationAnswer
  /** How the consent was given, for the record: `typed db-ro`, `--yes`. */
  readonly givenBy: string
  readonly skips: Readonly<Record<string, string>>
}

/** What the user gives when a run is resumed: reasons by step, and by check. */
export interface ResumeReasons {
  readonly skips: Readonly<Record<string, string>>
  /** Only `run-lock` counts: no other check runs at a resume. */
  readonly overrides?: Readonly<Record<string, string>>
  /** The confirmation of the current servers, for a run whose journal has none. */
  readonly anew?: Pick<RunConsent, 'answer' | 'givenBy'>
}

/** How a run starts or is resumed. */
export interface RunStart {
  readonly skips: RunConsent['skips']
  /** Why another run's lock is overruled; null: it is not. */
  readonly overrule: string | null
  /** Returns the run as it is now. `isHeld`: whether the cluster was locked only just now. */
  readonly ready: (isHeld: boolean) => Promise<Run>
  readonly open: (run: Run) => Promise<RunLog>
  /** Replaces the steps of the run. */
  readonly instead?: InsteadOfSteps
}

/** What is done with an open run log. */
export type RunBody = (runLog: RunLog, tools: ActionToolbox) => Promise<Run>

export type InsteadOfSteps = (runLog: RunLog, tools: ActionToolbox, lock: ClusterLock | null) => Promise<Run>
