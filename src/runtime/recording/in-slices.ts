// Long work in slices: keys and frames come between them.

import { setImmediate as breathe } from 'node:timers/promises'

const SLICE_MS = 8

/**
 * Runs the generator, eight milliseconds at a time. Resolves to what it returns. Rejects with what it throws, and with the reason
 * of the signal.
 */
export async function inSlices<T>(work: Generator<unknown, T>, signal?: AbortSignal): Promise<T> {
  const last = await slicesUntil(work, () => true, signal)
  if (!last.done) throw new Error('the work was ended early')
  return last.value
}

/** The same, with what each step yields, until `each` answers false. Resolves to the last step. */
export async function slicesUntil<Step, T>(
  work: Generator<Step, T>,
  each: (step: Step) => boolean,
  signal?: AbortSignal,
): Promise<IteratorResult<Step, T>> {
  for (;;) {
    signal?.throwIfAborted()
    const until = performance.now() + SLICE_MS
    while (performance.now() < until) {
      const step = work.next()
      if (step.done || !each(step.value)) return step
    }
    await breathe()
  }
}
