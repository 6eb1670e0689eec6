// Puts a replica's own settings into a copy of another server's data: its files, its primary_conninfo, its
// standby.signal.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { runOrFail } from '../hosts/host-programs.ts'
import { withAutoConfSettings } from '../hosts/primary-conninfo.ts'
import { dropRecoveryTarget } from '../hosts/recovery-target.ts'

/** Settings, pg_hba.conf, certificates. */
const OWN = /\.(conf|crt|key|pem)$|^conf\.d$/

/** Copies them from one folder over those of another. Throws ActionError. */
export async function copyConfigFiles(
  from: string,
  into: string,
  connection: HostConnection,
  signal: AbortSignal,
): Promise<void> {
  const entries = await connection.list(from, { signal })
  if (!entries) throw new ActionError(`${from} does not exist`, 'Check dataDirectory in the config.')
  const own = entries.filter(({ name }) => OWN.test(name)).map(({ name }) => name)
  if (own.length === 0) return
  const [there, here] = [own.map((name) => `${into}/${name}`), own.map((name) => `${from}/${name}`)]
  await runOrFail(connection, ['rm', '-rf', '--', ...there], 'moving the copied settings aside', { signal })
  await runOrFail(connection, ['cp', '-pR', '--', ...here, `${into}/`], 'keeping its own settings', { signal })
}

/**
 * Writes standby.signal first: from then on the copy can start only as a standby. `mark` is the file's content, for
 * people.
 */
export async function configureAsStandby(
  folder: string,
  { conninfo, slot, mark }: { readonly conninfo: string; readonly slot: string; readonly mark: string },
  connection: HostConnection,
  signal: AbortSignal,
): Promise<void> {
  await dropRecoveryTarget(connection, folder, { signal })
  const path = `${folder}/standby.signal`
  const current = await connection.readFile(path, { signal })
  await connection.replaceFile(path, mark, { signal, expected: current?.sha256 ?? null, backup: null })
  const settings = `${folder}/postgresql.auto.conf`
  const file = await connection.readFile(settings, { signal })
  const text = withAutoConfSettings(file?.text ?? '', { primary_conninfo: conninfo, primary_slot_name: slot })
  await connection.replaceFile(settings, text, { signal, expected: file?.sha256 ?? null, backup: null })
}
