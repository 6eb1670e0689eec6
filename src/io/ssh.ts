// One host over the system's ssh: a single connection with a shell on it that answers scripts, and forwardings to databases.

import { join } from 'node:path'
import { FaultError } from '../model/fault.ts'
import { unlessAborted } from './names.ts'
import { makeSocketFolder, removeFolder } from './ssh-folder.ts'
import { createForward, type Forward } from './ssh-forward.ts'
import { CONNECT_SECONDS, masterArguments, type SshTarget, sharedArguments } from './ssh-options.ts'
import { atExit, type Shell, type ShellAnswer, startShell } from './ssh-shell.ts'

export type { Forward } from './ssh-forward.ts'
export type { ShellAnswer } from './ssh-shell.ts'

export interface SshOptions extends SshTarget {
  /** Default `ssh`, found in PATH. */
  readonly program?: string
  /** Bytes a script may print; default 1 MB. */
  readonly outputLimit?: number
}

/** The access to one host. Connects when first used, and again when the connection was lost. */
export interface SshLink {
  /**
   * Runs a POSIX sh script there, after those before it, and gives back what it printed. Throws FaultError; a script
   * that is not done when the signal comes is given up together with its shell. The connection is not hurt by that.
   */
  run(script: string, signal: AbortSignal): Promise<ShellAnswer>
  /**
   * A Unix socket here that leads to `host:port` as that host sees them; a host that begins with `/` is the folder of a
   * socket there. Its folder and port are what the database driver takes.
   */
  openForward(host: string, port: number, signal: AbortSignal): Promise<Forward>
  /** Ends the connection, its forwardings and what runs on it, and removes every file. */
  close(): Promise<void>
}

/** The way to the host, with authentication and several jumps; one poll's limit would be too short. */
const CONNECT_LIMIT_MS = (CONNECT_SECONDS + 10) * 1000
const OUTPUT_LIMIT = 1024 * 1024

/** Opens nothing yet: the first use does. */
export function openSsh(options: SshOptions): SshLink {
  const { program = 'ssh', outputLimit = OUTPUT_LIMIT } = options
  const about = { destination: options.destination, outputLimit }
  const forwards = new Set<Forward>()
  let folder: string | null = null
  let forget = () => {}
  let master: Shell | null = null
  let worker: Shell | null = null
  let connecting: Promise<Shell> | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let isClosed = false

  const socket = () => {
    if (folder === null) {
      const made = makeSocketFolder()
      folder = made
      forget = atExit(() => removeFolder(made))
    }
    return join(folder, 'ssh')
  }

  /** The open connection; when there is none it is made, on its own time, so that a slow way is not begun anew each poll. */
  const connected = (): Promise<Shell> => {
    if (isClosed) throw new Error(`the ssh link to ${options.destination} is closed`)
    if (master) return Promise.resolve(master)
    connecting ??= connect().finally(() => {
      connecting = null
    })
    // The one who waited may be gone when it fails.
    connecting.catch(() => {})
    return connecting
  }

  const connect = async (): Promise<Shell> => {
    const shell = startShell(program, masterArguments(options, socket()), about)
    opening = shell
    void shell.ended.then(() => {
      if (master !== shell) return
      master = null
      worker?.kill()
      worker = null
    })
    try {
      await shell.run(':', AbortSignal.timeout(CONNECT_LIMIT_MS))
      if (isClosed || !shell.isUsable()) throw new FaultError(lost(options.destination))
    } catch (error) {
      shell.kill()
      throw error
    } finally {
      opening = null
    }
    master = shell
    worker = shell
    for (const forward of forwards) await forward.ready(AbortSignal.timeout(CONNECT_LIMIT_MS)).catch(() => {})
    return shell
  }
  let opening: Shell | null = null

  const hangUp = () => {
    master?.kill()
    worker?.kill()
    master = null
    worker = null
  }

  /** A shell that answers: the connection's own, or another one over it when that one hangs. */
  const readyShell = async (signal: AbortSignal): Promise<Shell> => {
    await waitFor(connected(), signal, options.destination)
    if (worker?.isUsable()) return worker
    const shell = startShell(program, sharedArguments(options, socket()), about)
    try {
      await shell.run(':', signal)
    } catch (error) {
      // Not even a greeting: it is the connection that hangs.
      shell.kill()
      hangUp()
      throw error
    }
    worker = shell
    return shell
  }

  /** Lets go of a shell that hangs. The connection stays while databases are reached through it. */
  const giveUp = (shell: Shell) => {
    if (worker === shell) worker = null
    if (shell !== master) shell.kill()
    else if (forwards.size === 0) hangUp()
  }

  const runNow = async (script: string, signal: AbortSignal) => {
    if (signal.aborted) throw new FaultError(notThrough(options.destination))
    const shell = await readyShell(signal)
    try {
      return await shell.run(script, signal)
    } catch (error) {
      giveUp(shell)
      throw error
    }
  }

  return {
    run(script, signal) {
      const answer = turn.then(() => runNow(script, signal))
      turn = answer.catch(() => {})
      return answer
    },
    async openForward(host, port, signal) {
      const forward = createForward({
        target: options,
        program,
        host,
        port,
        socket,
        connected: async (limit) => await waitFor(connected(), limit, options.destination),
        closed: () => forwards.delete(forward),
      })
      forwards.add(forward)
      try {
        await forward.ready(signal)
      } catch (error) {
        await forward.close()
        throw error
      }
      return forward
    },
    async close() {
      isClosed = true
      const shells = [master, worker, opening].filter((shell) => shell !== null)
      opening?.kill()
      hangUp()
      await Promise.all(shells.map((shell) => shell.ended))
      if (folder !== null) removeFolder(folder)
      folder = null
      forget()
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

function notThrough(destination: string) {
  return {
    code: 'timeout',
    message: `ssh to ${destination} is not through yet`,
    hint: `It goes on for up to ${CONNECT_LIMIT_MS / 1000} s; a longer \`timeout\` of the cluster waits for it.`,
  } as const
}

/** The connection, unless the limit of the asker passes first. */
async function waitFor<T>(connection: Promise<T>, signal: AbortSignal, destination: string): Promise<T> {
  try {
    return await unlessAborted(connection, signal)
  } catch (error) {
    if (error instanceof FaultError || !signal.aborted) throw error
    throw new FaultError(notThrough(destination))
  }
}
