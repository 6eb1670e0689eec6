// One host over the system's ssh: a single connection with a shell for scripts, and forwardings to databases.

import { type ShellProcess, startShellProcess } from '../process/shell-process.ts'
import { sharedArguments } from './ssh-arguments.ts'
import { createSshMaster, SSH_CONNECT_LIMIT_MS, type SshOptions } from './ssh-connection.ts'
import { createSshForward, type SshForward } from './ssh-forward.ts'
import type { ScriptResult } from './ssh-shell.ts'
import { createSshWorker } from './ssh-worker.ts'

export type { SshOptions } from './ssh-connection.ts'
export type { SshForward } from './ssh-forward.ts'
export type { ScriptResult } from './ssh-shell.ts'

/** The access to one host. It connects at first use and reconnects after a loss. */
export interface SshConnection {
  /**
   * Runs a POSIX sh script there, after earlier ones, and returns its output. Throws FaultError. A script that runs at
   * the signal is abandoned together with its shell. Its programs continue until they end by themselves, so run what
   * may hang under `timeout`.
   */
  run(script: string, signal: AbortSignal): Promise<ScriptResult>
  /**
   * Opens a local Unix socket that leads to `host:port` as that host sees them. A host that begins with `/` is the
   * folder of a socket there. The database driver takes its folder and port.
   */
  openForward(host: string, port: number, signal: AbortSignal): Promise<SshForward>
  /** Opens another shell over the same connection, for long or binary output, as another user if one is given. Throws FaultError. */
  openChannel(signal: AbortSignal, as?: string): Promise<ShellProcess>
  /** Ends the connection, its forwardings and its programs, and removes every file. */
  close(): Promise<void>
}

/** Opens nothing before the first use. */
export function openSshConnection(options: SshOptions): SshConnection {
  const forwards = new Set<SshForward>()
  const connection = createSshMaster(options, async () => {
    const limit = AbortSignal.timeout(SSH_CONNECT_LIMIT_MS)
    // A forwarding that can't be opened reports it to its users.
    for (const forward of forwards) await forward.ready(limit).catch(() => {})
  })
  const runNow = createSshWorker(connection, options, () => forwards.size > 0)
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
    async openChannel(signal, as) {
      await connection.open(signal)
      return startShellProcess(options.program ?? 'ssh', sharedArguments(options, connection.socket(), as))
    },
    close: () => connection.close(),
  }
}
