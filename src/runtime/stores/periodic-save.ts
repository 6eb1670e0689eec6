// Saves to the state folder now and then, and at the end: for what is kept of every program that watches.

export interface PeriodicSave {
  /** Saves now and then, until `close`. */
  start(): void
  /** Saves and ends. Never throws. */
  close(): Promise<void>
}

/** Starts nothing yet. What fails is told by `warn`, and tried again the next time. */
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
