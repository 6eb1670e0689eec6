// A local Unix socket, forwarded over a host's ssh connection to a database as that host reaches it.

import { join } from 'node:path'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { abortable } from '../network/wait-timeout.ts'
import { folderOfPrograms } from '../process/working-folder.ts'
import { forwardArguments, forwardSpec, isForwardable, type SshTarget } from './ssh-arguments.ts'
import type { SshMaster } from './ssh-connection.ts'
import { forwardFault, sshMessage } from './ssh-fault.ts'
import type { SshShell } from './ssh-shell.ts'
import { makeSubfolder, removeSocketFolder } from './ssh-socket-folder.ts'

export interface SshForward {
  /** The host for the driver: the folder of the socket `.s.PGSQL.PORT`. It never changes. */
  readonly folder: string
  readonly port: number
  /**
   * Makes sure that it is open: call it before each new database connection. Reopens it after ssh was lost. Throws
   * FaultError.
   */
  ready(signal: AbortSignal): Promise<void>
  /** Why the last database connection through it failed, as ssh reported; null if it reported nothing. */
  problem(): FaultError['fault'] | null
  /** Ends it and removes the socket. May be called again. */
  close(): Promise<void>
}

interface SshForwardOptions {
  readonly target: SshTarget
  readonly program: string
  readonly host: string
  readonly port: number
  readonly connection: SshMaster
  closed(): void
}

/** `ssh -O` answers at once or never. */
const ASK_LIMIT_MS = 5000
let count = 0

/** Creates one; `ready` opens it. */
export function createSshForward(options: SshForwardOptions): SshForward {
  const { target, program, host, port, connection } = options
  const name = `${host}:${port}`
  const folder = makeSubfolder(join(connection.socket(), '..'), `db${++count}`)
  const spec = forwardSpec(join(folder, `.s.PGSQL.${port}`), host, port)
  let standsOn: SshShell | null = null
  let making: Promise<void> | null = null
  /** The length of ssh's stderr when the latest database connection was started. */
  let heard = 0

  const ask = async (operation: 'forward' | 'cancel') => {
    const { execa } = await import('execa')
    return execa(program, [...forwardArguments(target, connection.socket(), operation, spec)], {
      cwd: folderOfPrograms(),
      reject: false,
      stdin: 'ignore',
      detached: true,
      timeout: ASK_LIMIT_MS,
      maxBuffer: 64 * 1024,
    })
  }

  const make = async (shell: SshShell) => {
    if (standsOn === shell) return
    const result = await ask('forward')
    if (result.failed) throw new FaultError(notMade(target.destination, name, result.stderr))
    standsOn = shell
    void shell.ended.then(() => {
      if (standsOn === shell) standsOn = null
    })
  }

  return {
    folder,
    port,
    async ready(signal) {
      if (!isForwardable(host)) throw new FaultError(unspeakable(name))
      const shell = await connection.open(signal)
      making ??= make(shell).finally(() => {
        making = null
      })
      await inTime(making, signal, name)
      heard = shell.saidCount()
    },
    problem() {
      return forwardFault(target.destination, name, standsOn?.said(heard) ?? '')
    },
    async close() {
      options.closed()
      if (standsOn) await ask('cancel')
      standsOn = null
      removeSocketFolder(folder)
    },
  }
}

async function inTime(making: Promise<void>, signal: AbortSignal, name: string): Promise<void> {
  try {
    await abortable(making, signal)
  } catch (error) {
    if (error instanceof FaultError || !signal.aborted) throw error
    const message = `ssh did not forward to ${clean(name)} in time`
    throw new FaultError({ code: 'timeout', message, hint: 'The host or the path to it is slow or hangs.' })
  }
}

function notMade(destination: string, name: string, stderr: string) {
  const fault = forwardFault(destination, name, stderr)
  if (fault) return fault
  const message = `ssh to ${clean(destination)} did not forward to ${clean(name)}: ${sshMessage(stderr) || 'no reason given'}`
  return {
    code: 'unreachable',
    message,
    hint: 'Check AllowTcpForwarding and AllowStreamLocalForwarding of sshd there.',
  } as const
}

function unspeakable(name: string) {
  return {
    code: 'protocol',
    message: `ssh can’t forward to ${clean(name)}: ssh accepts no blank and no colon in a socket path`,
    hint: 'Use its TCP address in the dsn.',
  } as const
}
