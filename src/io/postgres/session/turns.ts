// Turns of statements on one session: the protocol answers in order. A statement that is abandoned while it waits costs nothing.

import { abortable } from '../../network/wait-timeout.ts'

export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Runs `work` after all that came before. Rejects with the signal's reason if its turn does not come in time. */
  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last
    const turn = Promise.withResolvers<void>()
    this.#last = turn.promise
    try {
      await abortable(before, signal)
      return await work()
    } finally {
      void before.then(turn.resolve)
    }
  }

  /** Resolves after all turns that were taken until now. */
  over(): Promise<void> {
    return this.#last
  }
}
