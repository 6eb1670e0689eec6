// The backup that a run has made: the newest file of the backup folder that was not there when it was planned.

import { numberArgument, recordListArgument, textArgument } from '../../../actions/definition/step-arguments.ts'
import type { HostConnection } from '../../../io/hosts/host-connection.ts'
import type { HostEntry } from '../../../io/hosts/host-file.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'

export interface LatestBackup {
  readonly name: string
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly modifiedAt: number
}

/** What of a listing tells old files from new ones, for the arguments of a step. */
export function backupListing(entries: readonly HostEntry[]): readonly JsonRecord[] {
  return filesIn(entries).map(({ name, size, modifiedAt }) => ({ name, size, modifiedAt }))
}

/** null while there is none. `args` hold `folder` and what was there `before`. Throws FaultError. */
export async function findLatestBackup(
  reach: HostConnection,
  args: JsonRecord,
  signal: AbortSignal,
): Promise<LatestBackup | null> {
  const folder = textArgument(args, 'folder')
  const before = new Set(
    recordListArgument(args, 'before').map((each) => keyOf(textArgument(each, 'name'), numberArgument(each, 'size'))),
  )
  const entries = (await reach.list(folder, { signal })) ?? []
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

/** What is wrong with the file, as far as that can be seen without its tool; null when it can be read. */
export async function backupUnreadableReason(
  reach: HostConnection,
  { path, size, name }: LatestBackup,
  signal: AbortSignal,
): Promise<string | null> {
  if (size === 0) return `${path} is empty`
  const parts: Uint8Array[] = []
  for await (const part of reach.stream(path, { signal, maxBytes: HEAD_BYTES })) parts.push(part)
  const head = Buffer.concat(parts)
  if (head.length < Math.min(size, HEAD_BYTES)) return `${path} could be read to ${head.length} bytes only`
  if (name.endsWith('.zip') && head.toString('latin1', 0, 2) !== 'PK') return `${path} is no zip archive`
  if (name.endsWith('.tar') && head.toString('latin1', 257, 262) !== 'ustar') return `${path} is no tar archive`
  return null
}
