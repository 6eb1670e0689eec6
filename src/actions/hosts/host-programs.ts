// Runs programs that must succeed on a host: any exit code but 0 fails the step, with the program's message.

import type { HostConnection, HostRunOptions } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** Returns the host connection. Throws ActionError if there is none. */
export function requireHost(host: string | null, { host: reachOf }: Pick<ActionToolbox, 'host'>): HostConnection {
  const reach = reachOf(host)
  if (reach) return reach
  throw new ActionError(`pgdeck has no access to the host ${host ?? '?'}`, 'Set "ssh" or "local" for it in the config.')
}

/** Resolves to its output. Throws ActionError with the last line of its errors; `what` names the work. */
export async function runOrFail(
  reach: HostConnection,
  argv: readonly string[],
  what: string,
  options: HostRunOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await reach.run(argv, options)
  if (exitCode === 0) return stdout
  const last = stderr.trim().split('\n').at(-1) ?? ''
  throw new ActionError(
    `${what} on ${reach.name} ended with ${exitCode ?? '?'}${last === '' ? '' : `: ${clean(last)}`}`,
  )
}

/** Returns whether the path exists. Throws FaultError if the host can't be reached. */
export async function existsOnHost(reach: HostConnection, path: string, signal: AbortSignal): Promise<boolean> {
  return (await reach.run(['test', '-e', path], { signal })).exitCode === 0
}

/** The host in the arguments of a step; null: unknown. */
export interface HostArgument {
  readonly host: string | null
}

/** Returns the host connection. Throws ActionError if pgdeck has no access to the host. */
export function hostFromArguments({ host: name }: HostArgument, tools: Pick<ActionToolbox, 'host'>): HostConnection {
  const reach = tools.host(name)
  if (reach) return reach
  throw new ActionError(
    `pgdeck can’t check this: no access to ${name === null ? 'its host' : `the host ${name}`}`,
    'Do it there by hand; confirm with m when it is done.',
  )
}
