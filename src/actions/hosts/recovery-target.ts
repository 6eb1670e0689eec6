// Removes a recovery target that an earlier restore left. A standby would stop there, and might become a primary.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { withAutoConfSettings } from './primary-conninfo.ts'

/** PostgreSQL accepts at most one of these; an empty value unsets each. A running primary ignores them. */
const NO_TARGET: Readonly<Record<string, string>> = {
  recovery_target: '',
  recovery_target_lsn: '',
  recovery_target_name: '',
  recovery_target_time: '',
  recovery_target_xid: '',
}

const SETS_ONE = /^\s*recovery_target(?:_lsn|_name|_time|_xid)?\s*(?:=|\s|')\s*(?!''\s*(?:#.*)?$)\S/im
const MAY_SET_ONE = /^\s*include/im

/**
 * Makes sure that the server in this data directory starts as a standby without a recovery target, by
 * postgresql.auto.conf, which overrides postgresql.conf. Writes nothing if both files can be read and set none. Throws
 * FaultError.
 */
export async function dropRecoveryTarget(
  connection: HostConnection,
  dataDirectory: string,
  { signal, say = () => {} }: { readonly signal: AbortSignal; readonly say?: (text: string) => void },
): Promise<void> {
  const { path, own, main, isSet } = await readSettings(connection, dataDirectory, signal)
  const isCertain = isSet || (main !== null && !MAY_SET_ONE.test(main))
  if (isCertain && !isSet) return
  const text = withAutoConfSettings(own?.text ?? '', NO_TARGET)
  if (text === own?.text) return
  await connection.replaceFile(path, text, { signal, expected: own?.sha256 ?? null, backup: null })
  if (isSet) say(`${path}: the recovery target is removed, so that it starts as a standby and stays one`)
}

/** Whether postgresql.conf or postgresql.auto.conf sets one, without the files that they include. Throws FaultError. */
export async function setsRecoveryTarget(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await readSettings(connection, dataDirectory, signal)).isSet
}

async function readSettings(connection: HostConnection, dataDirectory: string, signal: AbortSignal) {
  const path = `${dataDirectory}/postgresql.auto.conf`
  const [own, main] = [await connection.readFile(path, { signal }), await readMain(connection, dataDirectory, signal)]
  return { path, own, main, isSet: SETS_ONE.test(own?.text ?? '') || SETS_ONE.test(main ?? '') }
}

/** Some packages keep the file elsewhere: then its settings are unknown. */
async function readMain(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<string | null> {
  const file = await connection.readFile(`${dataDirectory}/postgresql.conf`, { signal })
  return file?.text ?? null
}
