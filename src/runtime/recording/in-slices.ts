// Long work in slices: keys and frames come between them.

import { setImmediate as breathe } from 'node:timers/promises'

const SLICE_MS = 8

/** Runs the generator to its end, eight milliseconds at a time. Throws what it throws, and the reason of the signal. */
export async function inSlices<T>(work: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted()
    const until = performance.now() + SLICE_MS
    while (performance.now() < until) {
      const step = work.next()
      if (step.done) return step.value
    }
    await breathe()
  }
}
