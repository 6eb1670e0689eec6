// The host connection for the steps of a run: each command first checks that the run still has its cluster.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HostConnection } from '../../../io/hosts/host-connection.ts'
import { ActionError } from '../../../model/runs/action-error.ts'

const HINT = 'Nothing more was done on the host. Check what the other run did, then plan again.'

/** `lost` returns why nothing more may be done there, without asking the servers; null if it may. */
export function guardedHostConnection(connection: HostConnection, lost: () => string | null): HostConnection {
  const requireHeld = async () => {
    // After a suspension of the process, the end of a session waits to be read, beside the answer that resumes the
    // step.
    await nextTurn()
    const why = lost()
    if (why !== null) throw new ActionError(why, HINT)
  }
  return {
    ...connection,
    async run(argv, options) {
      if (!options.tidiesUp) await requireHeld()
      return connection.run(argv, options)
    },
    async replaceFile(path, text, options) {
      await requireHeld()
      await connection.replaceFile(path, text, options)
    },
    async removeFile(path, options) {
      await requireHeld()
      await connection.removeFile(path, options)
    },
  }
}
