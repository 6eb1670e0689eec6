// What a person tells a run while it goes on: that a manual step was done, that it is to stop, that it is to end at once.

import type { OperatorInput } from './run-steps-options.ts'

export class OperatorInputState implements OperatorInput {
  readonly present: boolean
  #abort = new AbortController()
  #stopping = false
  #handDone = false

  /** `present`: somebody is there who can do manual steps and say so. */
  constructor(present: boolean) {
    this.present = present
  }

  /** Aborted by a second wish to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  byHand(): void {
    this.#handDone = true
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

  /** What stopped one run must not stop the planning of the next. */
  reset(): void {
    this.#stopping = false
    this.#abort = new AbortController()
  }
}
