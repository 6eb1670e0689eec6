// What an executor is given: access to the cluster, who acts, and what somebody agreed to.

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
  /** Why nothing may be changed; null when it may. */
  readonly readOnly: string | null
  /** Told after each line of the journal that is on disk. */
  readonly onRunChanged: (run: Run) => void
  readonly decide: (question: StepQuestion) => Promise<StepDecision>
  /** Somebody is there who can do manual steps and say so. */
  readonly isInteractive: boolean
  readonly noted?: (entries: readonly AuditEntry[]) => void
  readonly openJournal?: JournalOpener
  readonly actions?: readonly Action[]
}

export interface RunConsent {
  readonly answer: ConfirmationAnswer
  /** How it was given, for the record: `typed db-ro`, `--yes`. */
  readonly givenBy: string
  readonly skips: Readonly<Record<string, string>>
}

/** What is given along with a run that is gone on with: reasons by step, and by check. */
export interface ResumeReasons {
  readonly skips: Readonly<Record<string, string>>
  /** Only `run-lock` counts: nothing else is checked there. */
  readonly overrides?: Readonly<Record<string, string>>
  /** The answer to the question whether the servers of now are meant, where the run holds none. */
  readonly anew?: Pick<RunConsent, 'answer' | 'givenBy'>
}

/** How a run begins, or goes on. */
export interface RunStart {
  readonly skips: RunConsent['skips']
  /** Why somebody else's run is overruled; null: it is not. */
  readonly overrule: string | null
  /** The run as it is now; told whether the cluster has only just come into its hands. */
  readonly ready: (isHeld: boolean) => Promise<Run>
  readonly open: (run: Run) => Promise<RunLog>
  /** In place of its steps. */
  readonly instead?: InsteadOfSteps
}

/** What is done with an open book. */
export type RunBody = (runLog: RunLog, tools: ActionToolbox) => Promise<Run>

export type InsteadOfSteps = (runLog: RunLog, tools: ActionToolbox, lock: ClusterLock | null) => Promise<Run>
