// Gives the terminal to a program in the foreground, or to the shell by Ctrl-Z, and takes it back.

import { setImmediate as turn } from 'node:timers/promises'
import { createJobControl } from './job-control.ts'
import type { TerminalModes } from './modes.ts'

/** Ink's own function: it releases the terminal, runs the callback, takes the terminal back and draws everything anew. */
export type InkSuspend = (run: () => Promise<void>) => Promise<unknown>

export interface TerminalHandover {
  /** Sets Ink's function once the screen is mounted. */
  bind(suspend: InkSuspend): void
  /** Runs with the terminal released; throws the errors of `run`. False, without running, if it is released already. */
  runInForeground(run: () => Promise<void>): Promise<boolean>
  /** True while a program has the foreground: Ctrl-C is meant for that program, although this process gets it too. */
  isInForeground(): boolean
  /** Stops this process and its group, as Ctrl-Z usually does; resolves once it continues. */
  stop(): Promise<void>
  /** Stops listening: Node handles signals again. */
  close(): void
}

/** The whole process group: otherwise a parent such as npm would wait for this process, and the shell for npm. */
const GROUP = 0

/** Starts to listen for the signals of job control. */
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

/** Node reads ahead even without a listener: it would take the first keys of the program that has the terminal. */
async function stopReading(stdin: NodeJS.ReadStream): Promise<void> {
  await turn()
  stdin.pause()
  await turn()
}
