// Saves to the state folder periodically and at the end, for what every watching program stores.

export interface PeriodicSave {
  /** Saves periodically until `close`. */
  start(): void
  /** Saves and ends. Never throws. */
  close(): Promise<void>
}

/** Starts nothing yet. `warn` reports a failure, and the next save tries again. */
export function createPeriodicSave(
  ms: number,
  save: () => Promise<void>,
  warn: (error: unknown) => void,
): PeriodicSave {
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      timer = setInterval(() => void save().catch(warn), ms)
      timer.unref()
    },
    async close() {
      clearInterval(timer)
      await save().catch(warn)
    },
  }
}
