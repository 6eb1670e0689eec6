// Giving the terminal away for a while and taking it again: to a program in the foreground, or to the shell by Ctrl-Z.

import { setImmediate as turn } from 'node:timers/promises'
import { createJobControl } from './job-control.ts'
import type { TerminalModes } from './modes.ts'

/** Ink's own: gives the terminal back, runs, takes it again and draws everything anew. */
export type InkSuspend = (run: () => Promise<void>) => Promise<unknown>

export interface TerminalHandover {
  /** What Ink offers once the screen is mounted. */
  bind(suspend: InkSuspend): void
  /** Runs with the terminal given back; throws what `run` throws. False, and nothing is run, while it is away already. */
  runInForeground(run: () => Promise<void>): Promise<boolean>
  /** True while a program has the foreground: Ctrl-C there is meant for it, though it reaches us too. */
  isInForeground(): boolean
  /** Stops this process and its group, as Ctrl-Z does elsewhere; resolves once it goes on. */
  stop(): Promise<void>
  /** Leaves the signals to Node again. */
  close(): void
}

/** The whole group of the terminal: a parent such as npm would wait for us otherwise, and the shell for it. */
const GROUP = 0

/** Listens for the signals of job control from now on. */
export function createTerminalHandover(stdin: NodeJS.ReadStream, modes: TerminalModes): TerminalHandover {
  let suspend: InkSuspend | null = null
  let lent = false
  let hasGuest = false

  const lend = async (run: () => Promise<void>) => {
    if (lent || !suspend) return false
    lent = true
    modes.restore()
    try {
      await suspend(async () => {
        await stopReading(stdin)
        await run()
      })
      return true
    } finally {
      lent = false
      modes.apply()
      job.taken()
    }
  }
  const job = createJobControl({ lend, isLent: () => lent, hasForegroundProgram: () => hasGuest })
  return {
    bind(offered) {
      suspend = offered
    },
    runInForeground: async (run) => {
      if (lent) return false
      hasGuest = true
      job.pause()
      try {
        return await lend(run)
      } finally {
        hasGuest = false
        job.stepBack()
      }
    },
    isInForeground: () => hasGuest,
    stop: () => job.stop(GROUP),
    close: job.close,
  }
}

/** Node goes on reading ahead although nobody listens: it would take the first keys from whoever has the terminal. */
async function stopReading(stdin: NodeJS.ReadStream): Promise<void> {
  await turn()
  stdin.pause()
  await turn()
}
