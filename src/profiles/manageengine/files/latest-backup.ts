// The backup of a run: the newest file of the backup folder that was not there when the run was planned.

import * as arg from '../../../actions/definition/step-arguments.ts'
import type { HostConnection } from '../../../io/hosts/host-connection.ts'
import type { HostEntry } from '../../../io/hosts/host-file.ts'

export interface LatestBackup {
  readonly name: string
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly modifiedAt: number
}

const listing = () => arg.list(arg.form({ name: arg.text(), size: arg.number(), modifiedAt: arg.number() }))

/** Arguments of the steps that make, copy or restore a backup: the host, its folder, and the files before the run. */
export const backupFolderShape = () => ({ host: arg.optionalText(), folder: arg.text(), before: listing() })

/** Where the backup is made, and the files that were there before. */
export interface BackupFolder {
  readonly host: string | null
  readonly folder: string
  readonly before: ReturnType<typeof backupListing>
}

/** The part of a listing that distinguishes old and new files, for the arguments of a step. */
export function backupListing(entries: readonly HostEntry[]): readonly Omit<HostEntry, 'isFolder'>[] {
  return filesIn(entries).map(({ name, size, modifiedAt }) => ({ name, size, modifiedAt }))
}

/** Returns null while there is none. Throws FaultError. */
export async function findLatestBackup(
  connection: HostConnection,
  { folder, before: old }: BackupFolder,
  signal: AbortSignal,
): Promise<LatestBackup | null> {
  const before = new Set(old.map(({ name, size }) => keyOf(name, size)))
  const entries = (await connection.list(folder, { signal })) ?? []
  const [newest] = filesIn(entries)
    .filter(({ name, size }) => !before.has(keyOf(name, size)))
    .sort((a, b) => b.modifiedAt - a.modifiedAt || (a.name < b.name ? 1 : -1))
  if (!newest) return null
  const { name, size, modifiedAt } = newest
  return { name, path: `${folder}/${name}`, size, modifiedAt }
}

function filesIn(entries: readonly HostEntry[]): readonly HostEntry[] {
  return entries.filter(({ name, isFolder }) => !isFolder && !name.startsWith('.'))
}

function keyOf(name: string, size: number): string {
  return `${name}/${size}`
}

const HEAD_BYTES = 512

/** Returns why the file can't be a valid backup, as far as its bytes show; null if it can be read. */
export async function backupUnreadableReason(
  connection: HostConnection,
  { path, size, name }: LatestBackup,
  signal: AbortSignal,
): Promise<string | null> {
  if (size === 0) return `${path} is empty`
  const parts: Uint8Array[] = []
  for await (const part of connection.stream(path, { signal, maxBytes: HEAD_BYTES })) parts.push(part)
  const head = Buffer.concat(parts)
  if (head.length < Math.min(size, HEAD_BYTES)) return `pgdeck could read only ${head.length} bytes of ${path}`
  if (name.endsWith('.zip') && head.toString('latin1', 0, 2) !== 'PK') return `${path} is not a zip archive`
  if (name.endsWith('.tar') && head.toString('latin1', 257, 262) !== 'ustar') return `${path} is not a tar archive`
  return null
}
