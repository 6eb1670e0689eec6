// The one ssh connection of a host: opened when needed, with its own time limit, shared by shells and forwardings,
// reopened after a loss.

import { join } from 'node:path'
import { FaultError } from '../../model/values/fault.ts'
import { abortable } from '../network/wait-timeout.ts'
import { debugMessage } from '../process/debug-messages.ts'
import { interactiveOptions } from './interactive-options.ts'
import { masterArguments, SSH_CONNECT_SECONDS, type SshTarget } from './ssh-arguments.ts'
import { onProcessExit, type SshShell, startSshShell } from './ssh-shell.ts'
import { makeSocketFolder, removeSocketFolder } from './ssh-socket-folder.ts'

export interface SshOptions extends SshTarget {
  /** Default `ssh`, found in PATH. */
  readonly program?: string
  /** The user as whom scripts run, where the host allows it; absent: the account itself. */
  readonly as?: string
  /** Characters that a script may print; default about a million. */
  readonly outputLimit?: number
}

export interface SshMaster {
  /** Returns the shell whose process holds the connection, once it is open. Throws FaultError, also at the signal. */
  open(signal: AbortSignal): Promise<SshShell>
  /** That shell while the connection is open; else null. */
  current(): SshShell | null
  /** Starts another ssh with these arguments for the same destination. */
  start(args: (target: SshTarget, socket: string) => readonly string[]): Promise<SshShell>
  /** Path of the socket by which others share it. */
  socket(): string
  /** Closes it with every shell over it. The next `open` makes a new one. */
  hangUp(): void
  /** Closes it for good and removes its folder. */
  close(): Promise<void>
}

/** Limit for connecting, with authentication and several jumps; one poll's limit would be too short. */
export const SSH_CONNECT_LIMIT_MS = (SSH_CONNECT_SECONDS + 10) * 1000
const OUTPUT_LIMIT = 1024 * 1024

/** Opens nothing yet. `opened` is called each time the connection is open, before any caller gets it. */
export function createSshMaster(options: SshOptions, opened: () => Promise<void>): SshMaster {
  return new SshMasterConnection(options, opened)
}

class SshMasterConnection implements SshMaster {
  readonly #options: SshOptions
  readonly #opened: () => Promise<void>
  readonly #folder = createFolder()
  readonly #shells = new Set<SshShell>()
  #master: SshShell | null = null
  #attempt: Promise<SshShell> | null = null
  #isClosed = false

  constructor(options: SshOptions, opened: () => Promise<void>) {
    this.#options = options
    this.#opened = opened
  }

  socket(): string {
    return join(this.#folder.path(), 'ssh')
  }

  current(): SshShell | null {
    return this.#master
  }

  async start(args: Parameters<SshMaster['start']>[0]): Promise<SshShell> {
    const { destination, outputLimit = OUTPUT_LIMIT, program = 'ssh' } = this.#options
    const shell = await startSshShell(program, args(this.#options, this.socket()), { destination, outputLimit })
    this.#shells.add(shell)
    void shell.ended.then(() => this.#shells.delete(shell))
    // Closed while it was being started.
    if (this.#isClosed) shell.kill()
    return shell
  }

  async open(signal: AbortSignal): Promise<SshShell> {
    return this.#master ?? (await inTime(this.#connect(), signal, this.#options.destination))
  }

  hangUp(): void {
    this.#master = null
    for (const shell of this.#shells) shell.kill()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.hangUp()
    await Promise.all([...this.#shells].map((shell) => shell.ended))
    this.#folder.remove()
  }

  /** One attempt serves all callers and outlives them: a slow connection must not start again with each poll. */
  #connect(): Promise<SshShell> {
    if (this.#isClosed) throw new Error(`the ssh link to ${this.#options.destination} is closed`)
    if (this.#attempt === null) {
      this.#attempt = this.#establish()
      // The caller may be gone when it fails.
      this.#attempt.catch(() => {})
    }
    return this.#attempt
  }

  async #establish(): Promise<SshShell> {
    const startedAt = performance.now()
    const message = (outcome: string) => () =>
      `connect ssh ${this.#options.destination}: ${outcome}, ${Math.round(performance.now() - startedAt)} ms`
    const greeting = this.#greeted().finally(() => {
      this.#attempt = null
    })
    const shell = await greeting.catch((error: unknown) => {
      debugMessage(message(error instanceof FaultError ? error.fault.code : 'failed'))
      throw error
    })
    debugMessage(message('ok'))
    this.#master = shell
    void shell.ended.then(() => {
      if (this.#master === shell) this.#master = null
    })
    await this.#opened()
    return shell
  }

  async #greeted(): Promise<SshShell> {
    const setBack = await interactiveOptions(this.#options.program ?? 'ssh')
    const shell = await this.start((target, socket) => masterArguments(target, socket, setBack))
    return greet(shell, () => this.#isClosed, this.#options.destination)
  }
}

/** Verifies that a shell answers, and kills one that does not. */
async function greet(shell: SshShell, isClosed: () => boolean, destination: string): Promise<SshShell> {
  try {
    await shell.run(':', AbortSignal.timeout(SSH_CONNECT_LIMIT_MS))
    if (isClosed() || !shell.isUsable()) throw new FaultError(lost(destination))
    return shell
  } catch (error) {
    shell.kill()
    throw error
  }
}

/** A private folder, created at first use and removed at the latest with this process. */
function createFolder() {
  let made: string | null = null
  let forget = () => {}
  const remove = () => {
    if (made !== null) removeSocketFolder(made)
    made = null
    forget()
  }
  return {
    remove,
    path() {
      if (made !== null) return made
      made = makeSocketFolder()
      forget = onProcessExit(remove)
      return made
    },
  }
}

function lost(destination: string) {
  return {
    code: 'unreachable',
    message: `The ssh connection to ${destination} was lost`,
    hint: 'pgdeck connects again with the next poll.',
  } as const
}

/** The fault for a caller whose limit passed before the connection was open. */
export function sshNotConnectedFault(destination: string) {
  return {
    code: 'timeout',
    message: `ssh to ${destination} has not connected yet`,
    hint: `It continues for up to ${SSH_CONNECT_LIMIT_MS / 1000} s; a longer \`timeout\` of the cluster waits for it.`,
  } as const
}

async function inTime<T>(connection: Promise<T>, signal: AbortSignal, destination: string): Promise<T> {
  try {
    return await abortable(connection, signal)
  } catch (error) {
    if (error instanceof FaultError || !signal.aborted) throw error
    throw new FaultError(sshNotConnectedFault(destination))
  }
}
