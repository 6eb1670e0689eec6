// The operator's input to a running run: a manual step is done or skipped, the run shall stop, the run shall end at once.

import type { OperatorInput } from './run-steps-options.ts'

export class OperatorInputState implements OperatorInput {
  readonly present: boolean
  #abort = new AbortController()
  #stopping = false
  #handDone = false
  #skipped: { readonly step: string | null; readonly reason: string } | null = null

  /** `present`: a user is there who can do manual steps and confirm them. */
  constructor(present: boolean) {
    this.present = present
  }

  /** Aborted by the second request to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  byHand(): void {
    this.#handDone = true
  }

  /** `step`: its id; null: the current one. */
  skip(step: string | null, reason: string): void {
    this.#skipped = { step, reason }
  }

  stop(): void {
    if (this.#stopping) this.#abort.abort()
    this.#stopping = true
  }

  isStopping(): boolean {
    return this.#stopping
  }

  takeDone(): boolean {
    const done = this.#handDone
    this.#handDone = false
    return done
  }

  takeSkip(step: string): string | null {
    const skipped = this.#skipped
    this.#skipped = null
    // What was typed for a step that has ended meanwhile must not skip the next one.
    return skipped !== null && (skipped.step ?? step) === step ? skipped.reason : null
  }

  /** A stop of one run must not stop the planning of the next. */
  reset(): void {
    this.#stopping = false
    this.#abort = new AbortController()
  }
}
