// One host over the system's ssh: a single connection with a shell on it that answers scripts, and forwardings to databases.

import { FaultError } from '../../model/values/fault.ts'
import { type ShellProcess, startShellProcess } from '../process/shell-process.ts'
import { sharedArguments } from './ssh-arguments.ts'
import { createSshMaster, SSH_CONNECT_LIMIT_MS, type SshOptions, sshNotConnectedFault } from './ssh-connection.ts'
import { createSshForward, type SshForward } from './ssh-forward.ts'
import type { ScriptResult, SshShell } from './ssh-shell.ts'

export type { SshOptions } from './ssh-connection.ts'
export type { SshForward } from './ssh-forward.ts'
export type { ScriptResult } from './ssh-shell.ts'

/** The access to one host. Connects when first used, and again when the connection was lost. */
export interface SshConnection {
  /**
   * Runs a POSIX sh script there, after those before it, and gives back what it printed. Throws FaultError. A script
   * that is not done when the signal comes is given up together with its shell; what it started there goes on until it
   * ends by itself, so that what may hang has to be run under `timeout`.
   */
  run(script: string, signal: AbortSignal): Promise<ScriptResult>
  /**
   * A Unix socket here that leads to `host:port` as that host sees them; a host that begins with `/` is the folder of a
   * socket there. Its folder and port are what the database driver takes.
   */
  openForward(host: string, port: number, signal: AbortSignal): Promise<SshForward>
  /** Another shell over the same connection, for what takes its time or is not text. Throws FaultError. */
  openChannel(signal: AbortSignal): Promise<ShellProcess>
  /** Ends the connection, its forwardings and what runs on it, and removes every file. */
  close(): Promise<void>
}

/** Opens nothing yet: the first use does. */
export function openSshConnection(options: SshOptions): SshConnection {
  const forwards = new Set<SshForward>()
  const connection = createSshMaster(options, async () => {
    const limit = AbortSignal.timeout(SSH_CONNECT_LIMIT_MS)
    // One that can't be made says so to those who use it.
    for (const forward of forwards) await forward.ready(limit).catch(() => {})
  })
  const runNow = createWorker(connection, options.destination, () => forwards.size > 0)
  let turn: Promise<unknown> = Promise.resolve()
  return {
    run(script, signal) {
      const answer = turn.then(() => runNow(script, signal))
      turn = answer.catch(() => {})
      return answer
    },
    async openForward(host, port, signal) {
      const closed = () => forwards.delete(forward)
      const forward = createSshForward({
        target: options,
        program: options.program ?? 'ssh',
        host,
        port,
        connection,
        closed,
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
    async openChannel(signal) {
      await connection.open(signal)
      return startShellProcess(options.program ?? 'ssh', sharedArguments(options, connection.socket()))
    },
    close: () => connection.close(),
  }
}

/** Runs scripts in a shell that answers: the connection's own, or another one over it when that one hangs. */
function createWorker(connection: ReturnType<typeof createSshMaster>, destination: string, isShared: () => boolean) {
  let own: SshShell | null = null

  const usable = async (signal: AbortSignal): Promise<SshShell> => {
    const master = await connection.open(signal)
    if (own?.isUsable()) return own
    if (master.isUsable()) return master
    const shell = await connection.start(sharedArguments)
    try {
      await shell.run(':', signal)
    } catch (error) {
      // Not even a greeting: it is the connection that hangs.
      connection.hangUp()
      throw error
    }
    own = shell
    return shell
  }

  return async (script: string, signal: AbortSignal): Promise<ScriptResult> => {
    if (signal.aborted) throw new FaultError(sshNotConnectedFault(destination))
    const shell = await usable(signal)
    try {
      return await shell.run(script, signal)
    } catch (error) {
      // The connection stays while databases are reached through it.
      if (shell !== connection.current()) shell.kill()
      else if (!isShared()) connection.hangUp()
      throw error
    }
  }
}
