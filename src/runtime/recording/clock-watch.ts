// Notices that the clock of this host was set, or that the host was suspended.

/** Slewing a clock, and a busy host, move it by less. */
const LEAST_JUMP_MS = 2_000

export interface ClockWatch {
  /** By how many milliseconds the clock has jumped since the last call; 0 if it did not. `at` is its time now. */
  jumpAt(at: number): number
}

/** `steady` counts milliseconds and is never set. */
export function createClockWatch(steady: () => number = () => performance.now()): ClockWatch {
  let last: { readonly at: number; readonly steady: number } | null = null
  return {
    jumpAt(at) {
      const now = { at, steady: steady() }
      const jump = last === null ? 0 : now.at - last.at - (now.steady - last.steady)
      last = now
      return Math.abs(jump) >= LEAST_JUMP_MS ? jump : 0
    },
  }
}
