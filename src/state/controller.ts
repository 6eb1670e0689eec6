// What the screen may ask of the engines beside it. The screen itself never does input or output.

import type { SilenceRequest } from '../model/alerts/silence.ts'
import type { OnDemandQuery, SessionOnDatabase } from '../model/measured/on-demand.ts'
import type { ConfirmationAnswer, StepDecision } from '../model/runs/confirmation.ts'
import type { Run } from '../model/runs/run.ts'
import type { RequestedAction } from './action-state.ts'

/** A real fault that the demo can cause and repair. */
export interface DemoFault {
  readonly id: string
  readonly title: string
  /** One line: what it does and what the screen should show. */
  readonly explains: string
  make(): Promise<void>
}

/** A program that uses the terminal until it ends, or why it can't run. */
export type ForegroundProgram =
  | { readonly reason: string }
  | {
      /** Its title: `psql on db-1`. */
      readonly title: string
      /** The line above it: `\q comes back to pgdeck`. */
      readonly returnHint: string
      /** Throws an Error with a message for people if it can't run. */
      run(): Promise<ForegroundProgramEnd>
    }

/** What to show after its end: nothing, a problem, or a success. */
export type ForegroundProgramEnd = null | string | { readonly good: string }

/** Actions on a cluster, through the executor. Results are dispatched as events. */
export interface ActionController {
  /** Plans and checks a request; dispatches `action-planned` or `action-refused`. Changes nothing. */
  plan(asked: RequestedAction): void
  /**
   * Runs a proposed plan. Dispatches `action-ran` with each line of its journal, and `action-question` if a step
   * failed.
   */
  start(run: Run, asked: RequestedAction, answer: ConfirmationAnswer): void
  /** Resumes an interrupted run. */
  resume(cluster: string, run: string): void
  /** Answers the dispatched question. */
  decide(decision: StepDecision): void
  /** The user confirms the current manual step. */
  confirmManualStep(): void
  /** The user skips the manual step of that id, for this reason. */
  skipManualStep(step: string, reason: string): void
  /** Ends the run after its current step. */
  stop(): void
}

/** A recorded moment: the last one before a time, the first one after it, that of a time; or at the mark next to a time. */
export type RecordedStep =
  | { readonly before: number }
  | { readonly after: number }
  | { readonly at: number }
  | { readonly markFrom: number; readonly direction: 'before' | 'after' }

export interface Controller {
  readonly actions: ActionController
  /** Polls everything now, regardless of the schedule. */
  pollNow(): void
  setInterval(intervalMs: number): void
  /** Sets the queries of the open view, in the cluster with that name, and the session whose whole statement is read. */
  setActiveQueries(cluster: string | null, ids: readonly OnDemandQuery[], opened?: SessionOnDatabase | null): void
  setPaused(paused: boolean): void
  /** Stores a display name in the state directory and dispatches `renamed`. An empty name removes it. */
  rename(cluster: string, id: string, name: string): Promise<void>
  /** Acknowledges or silences alerts, also across restarts. Throws an Error without a reason or an end. */
  silence(request: SilenceRequest): Promise<void>
  /** Ends a silence early. Does nothing if there is none with that id. */
  unsilence(id: string): Promise<void>
  /** Whether the audit log is shown: then it is read and verified every few seconds. */
  followTrail(on: boolean): void
  /**
   * Writes a new file in the current folder, readable only by its owner. Returns its path. Throws an Error for people.
   */
  save(name: string, text: string): string
  /**
   * Collects the logs of a server or database into a new file in the current folder, in the background. Calls `told`
   * with its progress. Resolves to a text about the file. Throws an Error for people.
   */
  collectLogs(cluster: string, id: string, onProgress: (progress: string) => void): Promise<string>
  /** Starts the diagnosis of a server or database and dispatches its findings. It ends a running one. */
  diagnose(cluster: string, id: string): void
  /** The user's psql on a database of that cluster. */
  psql(cluster: string, id: string): ForegroundProgram
  /** The user's editor on the configuration file. */
  edit(): ForegroundProgram
  /** Faults of the demo, the repair last; empty outside the demo. */
  readonly faults: readonly DemoFault[]
  /** Shows a moment that an earlier session or another process recorded. Dispatches it, or a notice. */
  showRecorded(step: RecordedStep): void
  /** Ends the program normally: restores the terminal, stops the engines, exit code 0. */
  quit(): void
  /** The same with the exit code of an interruption, 130: Ctrl-C arrives as a key while the terminal is in raw mode. */
  interrupt(): void
}
