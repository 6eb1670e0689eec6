// Runs programs that must succeed on a host: any exit code but 0 fails the step, with the program's message.

import type { HostConnection, HostRunOptions } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** Returns the host connection. Throws ActionError if there is none. */
export function requireHost(host: string | null, { host: reachOf }: Pick<ActionToolbox, 'host'>): HostConnection {
  const connection = reachOf(host)
  if (connection) return connection
  throw new ActionError(`pgdeck has no access to the host ${host ?? '?'}`, 'Set "ssh" or "local" for it in the config.')
}

/** Resolves to its output. Throws ActionError with the last line of its errors; `what` names the work. */
export async function runOrFail(
  connection: HostConnection,
  argv: readonly string[],
  what: string,
  options: HostRunOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await connection.run(argv, options)
  if (exitCode === 0) return stdout
  const last = stderr.trim().split('\n').at(-1) ?? ''
  throw new ActionError(
    `${what} on ${connection.name} ended with ${exitCode ?? '?'}${last === '' ? '' : `: ${clean(last)}`}`,
  )
}

/** Returns whether the path exists. Throws FaultError if the host can't be reached. */
export async function existsOnHost(connection: HostConnection, path: string, signal: AbortSignal): Promise<boolean> {
  return (await connection.run(['test', '-e', path], { signal })).exitCode === 0
}

/** The host in the arguments of a step; null: unknown. */
export interface HostArgument {
  readonly host: string | null
}

/** Returns the host connection. Throws ActionError if pgdeck has no access to the host. */
export function hostFromArguments({ host: name }: HostArgument, tools: Pick<ActionToolbox, 'host'>): HostConnection {
  const connection = tools.host(name)
  if (connection) return connection
  throw new ActionError(
    `pgdeck can’t check this: no access to ${name === null ? 'its host' : `the host ${name}`}`,
    'Do it there by hand; confirm with m when it is done.',
  )
}
