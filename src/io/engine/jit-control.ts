// Keeps the JavaScript engine from optimizing a program that hardly runs: while a few servers are watched, compiling what is
// called now and then costs more processor time and memory than it will ever save.

import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'

const LOOK_EVERY_MS = 2_000
/** The share of its time in which the program must do something for optimized code to pay. */
const BUSY_SHARE = 0.03

export interface JitControl {
  /** Whether the engine optimizes now. */
  optimizes(): boolean
  /** Ends it: from then on the engine optimizes as it likes. */
  stop(): void
}

/** Looks every two seconds how busy the program was, and has the engine optimize only while it is busy. */
export function startJitControl(lookEveryMs = LOOK_EVERY_MS): JitControl {
  let optimizes = true
  let before = performance.eventLoopUtilization()
  const choose = (wanted: boolean) => {
    if (wanted === optimizes) return
    optimizes = wanted
    // What is optimized already stays so.
    for (const compiler of ['opt', 'maglev']) setFlagsFromString(wanted ? `--${compiler}` : `--no-${compiler}`)
  }
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    choose(performance.eventLoopUtilization(now, before).utilization > BUSY_SHARE)
    before = now
  }, lookEveryMs)
  timer.unref()
  return {
    optimizes: () => optimizes,
    stop() {
      clearInterval(timer)
      choose(true)
    },
  }
}
