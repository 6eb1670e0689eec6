// Reasons not to restore a file: that would undo a change of roles which other servers rely on by then.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { readControlFile } from './control-file.ts'

/** Throws ActionError while that database is writable. */
export async function refuseWhileWritable(database: string | null, doing: string, tools: ActionToolbox): Promise<void> {
  if (database === null) return
  const view = findDatabase(await tools.refresh(), database)
  if (view && isWritable(view))
    throw new ActionError(`${view.name} is writable: ${doing} would make it read-only at its next start`)
}

/** Throws ActionError if the server in that data directory has been a primary since it was last a standby. */
export async function refuseAfterPrimary(
  connection: HostConnection,
  dataDirectory: string | null,
  doing: string,
  tools: ActionToolbox,
): Promise<void> {
  if (dataDirectory === null) return
  const control = await readControlFile(connection, dataDirectory, tools.signal)
  if (control?.state !== 'in production' && control?.state !== 'shut down') return
  throw new ActionError(
    `it has been a primary (its control file has "${control.state}"): ${doing} would not make it a standby again`,
  )
}
