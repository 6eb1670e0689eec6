// What the screen may ask of the engines that run beside it. The screen never does IO itself.

import type { SilenceRequest } from '../model/alerts/silence.ts'
import type { OnDemandQuery } from '../model/measured/on-demand.ts'
import type { ConfirmationAnswer, StepDecision } from '../model/runs/confirmation.ts'
import type { Run } from '../model/runs/run.ts'
import type { RequestedAction } from './action-state.ts'

/** A fault the demo can make and heal for real. */
export interface DemoFault {
  readonly id: string
  readonly title: string
  /** One line: what it does and what should be seen. */
  readonly explains: string
  make(): Promise<void>
}

/** A program that takes the terminal until it ends, or why it can't. */
export type ForegroundProgram =
  | { readonly reason: string }
  | {
      /** In words: `psql on db-1`. */
      readonly title: string
      /** Said above it: `\q comes back to pgdeck`. */
      readonly returnHint: string
      /** Throws an Error in words when it can't be run. */
      run(): Promise<ForegroundProgramEnd>
    }

/** What to tell of its end: nothing, what went wrong, or good news. */
export type ForegroundProgramEnd = null | string | { readonly good: string }

/** Acts on a cluster, through the executor. Whatever comes of them is dispatched. */
export interface ActionController {
  /** Plans what is asked for and checks it: `action-planned` or `action-refused`. Changes nothing. */
  plan(asked: RequestedAction): void
  /** Runs what was proposed: `action-ran` with each line of its journal, `action-question` where a step did not work. */
  start(run: Run, asked: RequestedAction, answer: ConfirmationAnswer): void
  /** Goes on with a run that was cut off. */
  resume(cluster: string, run: string): void
  /** Answers the question that was dispatched. */
  decide(decision: StepDecision): void
  /** The manual step that is waited for was done. */
  confirmManualStep(): void
  /** Ends the run after its present step. */
  stop(): void
}

export interface Controller {
  readonly actions: ActionController
  /** Poll everything now, whatever the schedule. */
  pollNow(): void
  setInterval(intervalMs: number): void
  /** What the open view needs beyond the pulse, in the cluster of that name. */
  setActiveQueries(cluster: string | null, ids: readonly OnDemandQuery[]): void
  setPaused(paused: boolean): void
  /** Keeps a display name in the state directory and dispatches `renamed`; an empty name takes it away. */
  rename(cluster: string, id: string, name: string): Promise<void>
  /** Acknowledges or silences alerts and keeps that over restarts. Throws an Error without a reason or an end. */
  silence(request: SilenceRequest): Promise<void>
  /** Ends a silence early; nothing happens when there is none of that id. */
  unsilence(id: string): Promise<void>
  /** Whether the audit trail is looked at: then it is read again every few seconds, and proven. */
  followTrail(on: boolean): void
  /** Writes a new file in the current folder, for its owner only; answers with its path. Throws an Error in words. */
  save(name: string, text: string): string
  /**
   * Collects the logs of a server or database into a new file in the current folder, beside everything else. `told` is
   * called now and then with how far it is; answers with what to tell of the file. Throws an Error in words.
   */
  collectLogs(cluster: string, id: string, onProgress: (progress: string) => void): Promise<string>
  /** Begins the diagnosis of a server or database; its findings are dispatched. One at a time: it ends the one before. */
  diagnose(cluster: string, id: string): void
  /** The user's psql on a database of that cluster. */
  psql(cluster: string, id: string): ForegroundProgram
  /** The user's editor on the configuration file. */
  edit(): ForegroundProgram
  /** Faults of the demo, the healing one last; empty outside the demo. */
  readonly faults: readonly DemoFault[]
  /** Ends the program the ordinary way: terminal restored, engines stopped, exit code 0. */
  quit(): void
  /** The same with the exit code of an interruption, 130: Ctrl-C arrives as a key while the terminal is raw. */
  interrupt(): void
}
