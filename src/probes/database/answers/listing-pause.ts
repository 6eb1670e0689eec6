// How often directories of a server are listed. The server examines every file for that, and nothing can limit or end it:
// hundreds of thousands take longer than all else by far.

import { FaultError } from '../../../model/values/fault.ts'

/**
 * Asks once more, without listing files, after the server gave a statement up with `first`. If no answer comes in the time that
 * is left, `first` is thrown: it shows that the server is up.
 */
export async function askedAgain<Answer>(first: FaultError, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw error instanceof FaultError && error.fault.code === 'timeout' ? first : error
  }
}

/** So many files are listed each time: that takes some milliseconds. */
const FEW_FILES = 1_000
/** For each millisecond that an answer with more files took, this long none is listed. */
const PAUSE_FACTOR = 50
/** After an answer that did not come in time, and four times as long after each further one. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000

/** For one session. Times are those of performance.now(). */
export class ListingPause {
  #notBefore = Number.NEGATIVE_INFINITY
  #failures = 0

  mayList(at: number): boolean {
    return at >= this.#notBefore
  }

  listed(files: number, { at, tookMs }: { readonly at: number; readonly tookMs: number }): void {
    this.#failures = 0
    if (files > FEW_FILES) this.#notBefore = at + tookMs * PAUSE_FACTOR
  }

  /** A statement that may have listed files did not end in time. */
  failed(at: number): void {
    this.#notBefore = at + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 4 ** this.#failures)
    this.#failures++
  }
}
