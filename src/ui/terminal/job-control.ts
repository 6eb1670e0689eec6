// The signals of job control while the screen is shown: stopped by Ctrl-Z or from elsewhere, and going on.

import { setImmediate as turn } from 'node:timers/promises'

export interface JobControl {
  /** Stops a process (ours) or, with 0, our whole group, and resolves once it goes on. */
  stop(whom: number): Promise<void>
  /** While a program has the foreground, Ctrl-Z there stops us with it, without ceremony, and Ctrl-\ is its matter. */
  pause(): void
  stepBack(): void
  /** The terminal is ours again: what was heard while it was being taken is made up for. */
  taken(): void
  /** Leaves the signals to Node again. */
  close(): void
}

export interface SuspendOptions {
  /** Gives the terminal away, runs, takes it again. False, and nothing is run, while it is away already. */
  lend(run: () => Promise<void>): Promise<boolean>
  isLent(): boolean
  hasForegroundProgram(): boolean
}

/** Listens from now on. */
export function createJobControl({ lend, isLent, hasForegroundProgram }: SuspendOptions): JobControl {
  const isPosix = process.platform !== 'win32'
  /** The next SIGCONT is the end of our own stop. */
  let expected = false
  /** One came that nobody expected, while the terminal was being taken again. */
  let again = false
  /** A stop was asked for then. */
  let wanted = false

  const stop = async (whom: number) => {
    await lend(async () => {
      process.off('SIGTSTP', onStop)
      expected = true
      // Without a shell to take over, the kernel drops the signal and this goes on at once.
      process.kill(whom, 'SIGTSTP')
      await turn()
      // It is heard in this turn at the latest; where nothing was stopped none comes.
      expected = false
      process.on('SIGTSTP', onStop)
    })
  }
  const onStop = () => {
    if (isLent() && !hasForegroundProgram()) wanted = true
    else void stop(process.pid)
  }
  // Stopped without a word to us, or continued after it: the shell may have changed every mode of the terminal.
  const onContinue = () => {
    if (expected) expected = false
    else if (!isLent()) void lend(async () => {})
    else if (!hasForegroundProgram()) again = true
  }
  if (isPosix) process.on('SIGTSTP', onStop).on('SIGCONT', onContinue)
  return {
    stop,
    pause: () => void process.off('SIGTSTP', onStop).on('SIGQUIT', ignore),
    stepBack() {
      process.off('SIGQUIT', ignore)
      if (isPosix) process.on('SIGTSTP', onStop)
    },
    taken() {
      const [stops, continues] = [wanted, again]
      wanted = false
      again = false
      if (stops) void stop(process.pid)
      else if (continues) void lend(async () => {})
    },
    close: () => void process.off('SIGTSTP', onStop).off('SIGCONT', onContinue),
  }
}

const ignore = () => {}
