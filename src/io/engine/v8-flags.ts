// Flags of the JavaScript engine, set while it runs. It does not optimize a program that hardly runs: while a few servers are
// watched, compiling what is called now and then costs more processor time and memory than it will ever save. And it
// collects its garbage rather than take more memory: a program that watches for hours is to stay small. What each gains is
// in docs/performance.md.

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

/**
 * The space for young objects grows no further. It would double again and again, up to 64 MB, while much is drawn of which
 * nothing lasts; the 16 MB at most that the start takes are enough, and collecting them costs no more time.
 */
const FLAG = '--semi-space-growth-factor=1'

/**
 * A start needs room; and what bin/pgdeck.js keeps of the compiled program, some seconds after the start, says under which
 * flags it was compiled: with others the next start would refuse it.
 */
const AFTER_MS = 15_000

/** Garbage is collected sooner from some seconds on; answers with a function that calls it off. The flag stays as long as the process. */
export function tuneGarbageCollection(): () => void {
  const timer = setTimeout(() => setFlagsFromString(FLAG), AFTER_MS).unref()
  return () => clearTimeout(timer)
}
