// Runs a PostgreSQL program on a host that logs in elsewhere. Its password is in a file while it runs, never in its
// arguments.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { runOrFail } from '../hosts/host-programs.ts'
import { splitPassword } from './conninfo.ts'
import { rebuildPathsOf } from './paths.ts'

const REMOVE_MS = 10_000

export interface PassfileLogin {
  readonly dataDirectory: string
  readonly asOwner: readonly string[]
  readonly conninfo: string
}

/** Runs the body with a connection string without a secret. The file is removed afterwards in every case. */
export async function withPassfile(
  { dataDirectory, asOwner, conninfo }: PassfileLogin,
  connection: HostConnection,
  tools: ActionToolbox,
  body: (place: string) => Promise<void>,
): Promise<void> {
  const { signal } = tools
  const { passfile } = rebuildPathsOf(dataDirectory, tools.run)
  const { arguments: place, passfile: secret } = splitPassword(conninfo, passfile)
  const remove = [...asOwner, 'rm', '-f', '--', passfile]
  try {
    // A file left by an earlier attempt may have another owner.
    await connection.run(remove, { signal })
    if (secret !== null) {
      const write = [...asOwner, 'sh', '-c', 'umask 077 && cat >"$0"', passfile]
      await runOrFail(connection, write, 'writing the password file', { signal, input: secret })
    }
    await body(place)
  } finally {
    await connection.run(remove, { signal: AbortSignal.timeout(REMOVE_MS), tidiesUp: true }).catch(() => {
      tools.writeOutput(`pgdeck could not remove the password file: ${passfile} on ${connection.name}`)
    })
  }
}
