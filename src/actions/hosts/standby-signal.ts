// The file standby.signal, which makes PostgreSQL start as a standby: written so that a stopped primary does not start
// as a primary.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { dropRecoveryTarget } from './recovery-target.ts'

/** PostgreSQL only tests whether the file exists. Its content says which run wrote it. */
const MARK = 'pgdeck: kept from starting as a primary, run '

function pathIn(dataDirectory: string): string {
  return `${dataDirectory}/standby.signal`
}

/** Returns whose file it is: `run` wrote it for a fence, or somebody else (null). null if there is none. Throws FaultError. */
export async function readStandbySignal(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<{ readonly run: string | null } | null> {
  const file = await connection.readFile(pathIn(dataDirectory), { signal })
  if (!file) return null
  return { run: file.text.startsWith(MARK) ? file.text.slice(MARK.length).trim() : null }
}

/** Creates the file if it is missing, and makes sure that no recovery target ends its recovery. Throws FaultError. */
export async function createStandbySignal(
  connection: HostConnection,
  dataDirectory: string,
  { signal, run, writeOutput }: ActionToolbox,
): Promise<void> {
  await dropRecoveryTarget(connection, dataDirectory, { signal, say: writeOutput })
  const path = pathIn(dataDirectory)
  if (await connection.readFile(path, { signal })) return
  await connection.replaceFile(path, `${MARK}${run}\n`, { signal, expected: null, backup: null })
  writeOutput(`${path} was created: it would start as a standby`)
}

/** Removes the file if pgdeck wrote it. True if it is gone or was never there. Throws FaultError. */
export async function removeStandbySignal(
  connection: HostConnection,
  dataDirectory: string,
  { signal }: ActionToolbox,
): Promise<boolean> {
  const path = pathIn(dataDirectory)
  const file = await connection.readFile(path, { signal })
  if (!file) return true
  if (!file.text.startsWith(MARK)) return false
  await connection.removeFile(path, { signal, expected: file.sha256, backup: null })
  return true
}
