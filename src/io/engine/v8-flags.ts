// Flags of the JavaScript engine, set at run time. While few servers are watched, compiling rarely called functions
// costs more processor time and memory than it saves, so optimization is off. Garbage is collected early rather than
// using more memory, because a monitor runs for hours. docs/performance.md has the gain of each flag.

import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'

const LOOK_EVERY_MS = 2_000
/** The share of processor time from which optimized code pays. */
const BUSY_SHARE = 0.03

export interface JitControl {
  /** Whether the engine optimizes now. */
  optimizes(): boolean
  /** Ends the control: from then on the engine optimizes freely. */
  stop(): void
}

/** Measures every two seconds how busy the program was, and lets the engine optimize only while it is busy. */
export function startJitControl(lookEveryMs = LOOK_EVERY_MS): JitControl {
  let optimizes = true
  let before = performance.eventLoopUtilization()
  const choose = (wanted: boolean) => {
    if (wanted === optimizes) return
    optimizes = wanted
    // Code that is optimized already stays optimized.
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

interface LaterFlag {
  readonly flag: string
  /**
   * Some seconds after the start bin/pgdeck.js stores compiled code with the flags in force: with other flags the next
   * start would reject it.
   */
  readonly afterMs: number
}

export const GARBAGE_FLAGS: readonly LaterFlag[] = [
  // Where little is allocated, the engine collects everything twice, at the earliest 8 s after a full collection. The
  // second time finds next to nothing.
  { flag: '--memory-reducer-gc-count=1', afterMs: 6_000 },
  // Keeps the space for young objects from growing. While much is drawn that is soon dropped, it would double again and
  // again, up to 64 MB. The 16 MB at most that the start uses are enough, and collecting them takes no more time. The
  // start needs room.
  { flag: '--semi-space-growth-factor=1', afterMs: 15_000 },
]

/**
 * Collects young objects sooner, and all objects more rarely, from some seconds on. Returns a function that cancels
 * this. Once set, a flag stays for the life of the process.
 */
export function tuneGarbageCollection(): () => void {
  const timers = GARBAGE_FLAGS.map(({ flag, afterMs }) => setTimeout(() => setFlagsFromString(flag), afterMs).unref())
  return () => {
    for (const timer of timers) clearTimeout(timer)
  }
}
