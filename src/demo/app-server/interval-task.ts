// Something done again and again in the background until it is stopped; a failure of one turn is not the next one's.

import { setTimeout as pause } from 'node:timers/promises'

export interface IntervalTask {
  /** Fulfils once the turn that is under way has ended. */
  stop(): Promise<void>
}

/** Runs `turn` every so many milliseconds, never twice at once. What a turn throws is ignored: the next one tries again. */
export function startIntervalTask(everyMs: number, turn: () => Promise<void>): IntervalTask {
  const ending = new AbortController()
  const running = (async () => {
    while (!ending.signal.aborted) {
      await turn().catch(() => {})
      await pause(everyMs, undefined, { signal: ending.signal, ref: false }).catch(() => {})
    }
  })()
  return {
    stop: () => {
      ending.abort()
      return running
    },
  }
}
