// The sessions of one run with the console of a pooler. Several processes may share its address, and each has pools of its
// own: what pauses a pool also looks at it and resumes it.

import type { PoolerConsole } from '../../../io/entry-points/pooler-console.ts'

export interface PoolerConsoles {
  /** The session that takes the commands: the one that took the last PAUSE, as long as it is open. */
  current(): PoolerConsole
  /** The first session, for a PAUSE, after the second one is open: a login that fails now would fail when users are to go. */
  forPause(logIn: (second: PoolerConsole) => Promise<unknown>): Promise<PoolerConsole>
  /** A second session, for what is looked at while the first one waits for its PAUSE. */
  beside(): PoolerConsole
  /** Whether the session that took the last PAUSE of this run is still open. */
  hasPauser(): boolean
  /** Leaves the sessions, so that the next command may reach another process. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** Opens nothing before the first command. */
export function poolerConsoles(open: () => PoolerConsole): PoolerConsoles {
  let first = open()
  let second = open()
  /** Number of the session of `first` that took the PAUSE. */
  let pauser: number | null = null
  const close = async () => void (await Promise.allSettled([first.close(), second.close()]))
  return {
    current: () => (first.session() === null && second.session() !== null ? second : first),
    async forPause(logIn) {
      await logIn(second)
      // A session that is lost in the middle is another one afterwards.
      await logIn(first)
      pauser = first.session()
      return first
    },
    beside: () => second,
    hasPauser: () => pauser !== null && first.session() === pauser,
    async leave() {
      await close()
      first = open()
      second = open()
      pauser = null
    },
    close,
  }
}
