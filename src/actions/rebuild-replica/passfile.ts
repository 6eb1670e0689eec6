// A program of PostgreSQL on a host that logs in elsewhere: its password is in a file for as long as it runs, never among its arguments.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { Tools } from '../definition/action.ts'
import { mustRun } from '../hosts/host-programs.ts'
import { parted } from './conninfo.ts'
import { placesOf } from './paths.ts'

const REMOVE_MS = 10_000

export interface Login {
  readonly dataDirectory: string
  readonly asOwner: readonly string[]
  readonly conninfo: string
}

/** Runs the body with a connection string without a secret. The file is gone afterwards, whatever happened. */
export async function withPassfile(
  { dataDirectory, asOwner, conninfo }: Login,
  reach: HostConnection,
  tools: Tools,
  body: (place: string) => Promise<void>,
): Promise<void> {
  const { signal } = tools
  const { passfile } = placesOf(dataDirectory, tools.run)
  const { arguments: place, passfile: secret } = parted(conninfo, passfile)
  const remove = [...asOwner, 'rm', '-f', '--', passfile]
  try {
    // One that an attempt has left is of another owner's rights, perhaps.
    await reach.run(remove, { signal })
    if (secret !== null) {
      const write = [...asOwner, 'sh', '-c', 'umask 077 && cat >"$0"', passfile]
      await mustRun(reach, write, 'writing a file for the password', { signal, input: secret })
    }
    await body(place)
  } finally {
    await reach.run(remove, { signal: AbortSignal.timeout(REMOVE_MS), tidiesUp: true }).catch(() => {
      tools.say(`the file for the password could not be removed: ${passfile} on ${reach.name}`)
    })
  }
}
