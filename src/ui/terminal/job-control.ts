// The signals of job control while the screen is shown: a stop by Ctrl-Z or from elsewhere, and the continuation.

import { setImmediate as turn } from 'node:timers/promises'

export interface JobControl {
  /** Stops a process (ours) or, with 0, our whole group, and resolves once it continues. */
  stop(whom: number): Promise<void>
  /** While a program has the foreground, Ctrl-Z there stops this process directly, and Ctrl-\ concerns that program only. */
  pause(): void
  stepBack(): void
  /** The terminal is ours again: signals that arrived meanwhile are handled now. */
  taken(): void
  /** Stops listening: Node handles signals again. */
  close(): void
}

export interface SuspendOptions {
  /** Releases the terminal, runs, takes it back. False, without running, if it is released already. */
  lend(run: () => Promise<void>): Promise<boolean>
  isLent(): boolean
  hasForegroundProgram(): boolean
}

/** Starts to listen. */
export function createJobControl({ lend, isLent, hasForegroundProgram }: SuspendOptions): JobControl {
  const isPosix = process.platform !== 'win32'
  /** The next SIGCONT ends our own stop. */
  let expected = false
  /** An unexpected one arrived while the terminal was being taken back. */
  let again = false
  /** A stop was requested meanwhile. */
  let wanted = false

  const stop = async (whom: number) => {
    await lend(async () => {
      process.off('SIGTSTP', onStop)
      expected = true
      // Without a shell to take over, the kernel drops the signal and this process continues at once.
      process.kill(whom, 'SIGTSTP')
      await turn()
      // It arrives within this turn. If nothing was stopped, none arrives.
      expected = false
      process.on('SIGTSTP', onStop)
    })
  }
  const onStop = () => {
    if (isLent() && !hasForegroundProgram()) wanted = true
    else void stop(process.pid)
  }
  // Stopped without notice, or continued after it: the shell may have changed every mode of the terminal.
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
