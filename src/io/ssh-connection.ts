// The one ssh connection of a host: made when needed, on its own time, shared by shells and forwardings, made again when lost.

import { join } from 'node:path'
import { FaultError } from '../model/fault.ts'
import { unlessAborted } from './names.ts'
import { makeSocketFolder, removeFolder } from './ssh-folder.ts'
import { CONNECT_SECONDS, masterArguments, type SshTarget } from './ssh-options.ts'
import { atExit, type Shell, startShell } from './ssh-shell.ts'

export interface SshOptions extends SshTarget {
  /** Default `ssh`, found in PATH. */
  readonly program?: string
  /** Characters a script may print; default about a million. */
  readonly outputLimit?: number
}

export interface Connection {
  /** The shell whose process holds the connection, once it stands. Throws FaultError, also when the signal comes first. */
  open(signal: AbortSignal): Promise<Shell>
  /** That shell, while the connection stands; else null. */
  current(): Shell | null
  /** Starts another ssh with these arguments for the same destination. */
  start(args: (target: SshTarget, socket: string) => readonly string[]): Promise<Shell>
  /** Path of the socket by which others share it. */
  socket(): string
  /** Drops it with every shell over it: the next `open` makes a new one. */
  hangUp(): void
  /** Drops it for good and removes its folder. */
  close(): Promise<void>
}

/** The way to the host, with authentication and several jumps; one poll's limit would be too short. */
export const CONNECT_LIMIT_MS = (CONNECT_SECONDS + 10) * 1000
const OUTPUT_LIMIT = 1024 * 1024

/** Opens nothing yet. `opened` is called each time the connection stands, before anybody gets it. */
export function createConnection(options: SshOptions, opened: () => Promise<void>): Connection {
  const about = { destination: options.destination, outputLimit: options.outputLimit ?? OUTPUT_LIMIT }
  const folder = createFolder()
  const socket = () => join(folder.path(), 'ssh')
  const shells = new Set<Shell>()
  let master: Shell | null = null
  let attempt: Promise<Shell> | null = null
  let isClosed = false

  const start: Connection['start'] = async (args) => {
    const shell = await startShell(options.program ?? 'ssh', args(options, socket()), about)
    shells.add(shell)
    void shell.ended.then(() => shells.delete(shell))
    // Closed while it was being started.
    if (isClosed) shell.kill()
    return shell
  }
  const greet = async () => {
    const shell = await start(masterArguments)
    try {
      await shell.run(':', AbortSignal.timeout(CONNECT_LIMIT_MS))
      if (isClosed || !shell.isUsable()) throw new FaultError(lost(options.destination))
    } catch (error) {
      shell.kill()
      throw error
    } finally {
      attempt = null
    }
    master = shell
    void shell.ended.then(() => {
      if (master === shell) master = null
    })
    await opened()
    return shell
  }
  /** One attempt serves all who wait, and outlives them: a slow way must not be begun anew with each poll. */
  const connect = () => {
    if (isClosed) throw new Error(`the ssh link to ${options.destination} is closed`)
    if (attempt === null) {
      const mine = greet()
      attempt = mine
      // The one who waited may be gone when it fails.
      mine.catch(() => {
        if (attempt === mine) attempt = null
      })
    }
    return attempt
  }
  const hangUp = () => {
    master = null
    for (const shell of shells) shell.kill()
  }
  return {
    start,
    socket,
    hangUp,
    current: () => master,
    open: async (signal) => master ?? (await inTime(connect(), signal, options.destination)),
    async close() {
      isClosed = true
      hangUp()
      await Promise.all([...shells].map((shell) => shell.ended))
      folder.remove()
    },
  }
}

/** A private folder, made when first needed and removed at the latest with this process. */
function createFolder() {
  let made: string | null = null
  let forget = () => {}
  const remove = () => {
    if (made !== null) removeFolder(made)
    made = null
    forget()
  }
  return {
    remove,
    path() {
      if (made !== null) return made
      made = makeSocketFolder()
      forget = atExit(remove)
      return made
    },
  }
}

function lost(destination: string) {
  return {
    code: 'unreachable',
    message: `The ssh connection to ${destination} was lost`,
    hint: 'It is made again with the next poll.',
  } as const
}

/** What an asker is told whose limit passed before the connection stood. */
export function notThrough(destination: string) {
  return {
    code: 'timeout',
    message: `ssh to ${destination} is not through yet`,
    hint: `It goes on for up to ${CONNECT_LIMIT_MS / 1000} s; a longer \`timeout\` of the cluster waits for it.`,
  } as const
}

async function inTime<T>(connection: Promise<T>, signal: AbortSignal, destination: string): Promise<T> {
  try {
    return await unlessAborted(connection, signal)
  } catch (error) {
    if (error instanceof FaultError || !signal.aborted) throw error
    throw new FaultError(notThrough(destination))
  }
}
