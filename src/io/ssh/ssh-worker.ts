// Runs scripts on a host in a shell that answers: the connection's own, another one if that hangs, or one of the user
// who owns PostgreSQL's files.

import { type Fault, FaultError } from '../../model/values/fault.ts'
import { notAsUserFault } from '../process/as-user.ts'
import { sharedArguments } from './ssh-arguments.ts'
import { type createSshMaster, type SshOptions, sshNotConnectedFault } from './ssh-connection.ts'
import type { ScriptResult, SshShell } from './ssh-shell.ts'

/** sudo logs each refusal on its host, and may mail it: it is not asked again for so long. */
const ASK_AGAIN_MS = 600_000
/** One that did not answer may have come late once, as on a slow line; from the second on it hangs. */
const HANGS_TO_TELL = 2

type Connection = ReturnType<typeof createSshMaster>
type Script = (script: string, signal: AbortSignal) => Promise<ScriptResult>

/** `isShared`: whether databases use the connection, too. */
export function createSshWorker(connection: Connection, options: SshOptions, isShared: () => boolean): Script {
  const asAccount = createAccountWorker(connection, options.destination, isShared)
  return options.as === undefined ? asAccount : asUserWorker(connection, options.destination, options.as, asAccount)
}

function createAccountWorker(connection: Connection, destination: string, isShared: () => boolean): Script {
  let own: SshShell | null = null

  const usable = async (signal: AbortSignal): Promise<SshShell> => {
    const master = await connection.open(signal)
    if (own?.isUsable()) return own
    if (master.isUsable()) return master
    const shell = await connection.start(sharedArguments)
    try {
      await shell.run(':', signal)
    } catch (error) {
      // Not even a greeting came: the connection itself hangs.
      connection.hangUp()
      throw error
    }
    own = shell
    return shell
  }

  return async (script, signal) => {
    if (signal.aborted) throw new FaultError(sshNotConnectedFault(destination))
    const shell = await usable(signal)
    try {
      return await shell.run(script, signal)
    } catch (error) {
      // The connection stays open while databases use it.
      if (shell !== connection.current()) shell.kill()
      else if (!isShared()) connection.hangUp()
      throw error
    }
  }
}

/** Keeps one shell of that user open. While the host refuses one, the account itself runs the scripts. */
function asUserWorker(connection: Connection, destination: string, user: string, asAccount: Script): Script {
  let own: SshShell | null = null
  let refusal: { readonly fault: Fault; readonly at: number } | null = null
  let hangs = 0

  const begin = async (signal: AbortSignal): Promise<SshShell | null> => {
    await connection.open(signal)
    if (own?.isUsable()) return own
    const shell = await connection.start((target, socket) => sharedArguments(target, socket, user))
    try {
      await shell.run(':', signal)
      own = shell
      refusal = null
      hangs = 0
      return shell
    } catch (error) {
      shell.kill()
      const end = await shell.ended
      const isRefused = end.exitCode !== null && end.exitCode !== 255
      hangs = isRefused ? 0 : hangs + 1
      // A sudo that hangs counts, too: scripts must not wait for it again and again.
      const said = isRefused ? end.said : 'sudo does not answer'
      if (isRefused || hangs >= HANGS_TO_TELL)
        refusal = { fault: notAsUserFault(destination, user, said), at: performance.now() }
      if (isRefused) return null
      throw error
    }
  }

  return async (script, signal) => {
    if (signal.aborted) throw new FaultError(sshNotConnectedFault(destination))
    const isWaiting = refusal !== null && performance.now() - refusal.at < ASK_AGAIN_MS
    const shell = isWaiting ? null : await begin(signal)
    if (shell === null)
      return { ...(await asAccount(script, signal)), ...(refusal ? { notAsUser: refusal.fault } : {}) }
    try {
      return await shell.run(script, signal)
    } catch (error) {
      shell.kill()
      own = null
      throw error
    }
  }
}
