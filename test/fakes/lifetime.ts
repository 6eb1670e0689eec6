// What is to be ended with a test, all of it: the runner leaves out every hook after one that fails, and calls none that
// is added once the test has run out of time.

import type { TestContext } from 'node:test'

export interface Lifetime {
  /** Has something ended when it is over; at once when it is over already. */
  after(end: () => unknown): void
}

/** The lifetime of a test. Whatever of it can't be ended, the rest is. Throws where the test is over already. */
export function lifetimeOf(context: TestContext): Lifetime {
  context.signal.throwIfAborted()
  const ends: (() => unknown)[] = []
  let isOver = false
  context.after(async () => {
    isOver = true
    // Those that use something come after it, and end before it does.
    const ended = await Promise.allSettled(ends.toReversed().map(async (end) => end()))
    const failures = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    if (failures.length > 0) throw new AggregateError(failures, failures.join('; '))
  })
  return {
    after(end) {
      if (isOver) end()
      else ends.push(end)
    },
  }
}
