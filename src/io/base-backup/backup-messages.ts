// What a server sends of a base backup, the same for all versions: from 15 on one copy holds typed messages, before several plain ones.

import type { ServerSession } from '../postgres/session/server-session.ts'

export interface BaseBackupRequest {
  readonly label: string
  /** As the manifest is to hold them: CRC32C, SHA256… */
  readonly checksums: string
  /** Kilobytes per second that the server sends at most; null: as fast as it can. */
  readonly maxRateKb: number | null
}

export type BackupMessage =
  /** First. Kilobytes are as the server estimates them, without WAL. */
  | { readonly kind: 'begun'; readonly lsn: string; readonly kilobytes: number | null; readonly tablespaces: number }
  /** Of the tar archive of the data directory, in order. */
  | { readonly kind: 'archive'; readonly bytes: Uint8Array }
  | { readonly kind: 'manifest'; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly lsn: string }

const TYPED_FROM = 150_000
const TYPES = { archive: 0x6e, data: 0x64, manifest: 0x6d, progress: 0x70 } as const

/**
 * Takes a base backup of a server whose data is all in its data directory. Throws the driver's error, and an Error for
 * a server that has tablespaces elsewhere.
 */
export async function* backupMessages(
  session: Pick<ServerSession, 'runReplicationCommand' | 'versionNumber'>,
  request: BaseBackupRequest,
  signal: AbortSignal,
): AsyncGenerator<BackupMessage> {
  const isTyped = session.versionNumber >= TYPED_FROM
  const rows: (readonly (string | null)[])[] = []
  let results = 0
  let copies = 0
  let isManifest = false
  let started = ''
  for await (const answer of session.runReplicationCommand(commandOf(request, isTyped), signal)) {
    if (answer.kind === 'row') rows.push(answer.fields)
    else if (answer.kind === 'rows-end') {
      const [first = []] = rows
      results += 1
      if (results === 1) started = first[0] ?? ''
      if (results === 2) yield begun(started, rows)
      if (results === 3) yield { kind: 'ended', lsn: first[0] ?? '' }
      rows.length = 0
    } else if (answer.kind === 'copy') {
      copies += 1
      if (!isTyped) isManifest = copies > 1
    } else if (!isTyped) {
      yield { kind: isManifest ? 'manifest' : 'archive', bytes: answer.bytes }
    } else {
      const [type] = answer.bytes
      if (type === TYPES.manifest) isManifest = true
      else if (type === TYPES.archive) isManifest = false
      else if (type === TYPES.data) yield { kind: isManifest ? 'manifest' : 'archive', bytes: answer.bytes.subarray(1) }
    }
  }
}

/** A row for each tablespace; that of the data directory has neither an id nor a place. */
function begun(lsn: string, rows: readonly (readonly (string | null)[])[]): BackupMessage {
  const elsewhere = rows.filter(([oid]) => oid !== null)
  if (elsewhere.length > 0) {
    const places = elsewhere.map(([, place]) => place).join(', ')
    throw new Error(
      `it has tablespaces outside its data directory (${places}): pgdeck can’t receive them in one archive`,
    )
  }
  const sizes = rows.map(([, , size]) => (size === null || size === undefined ? null : Number(size)))
  const kilobytes = sizes.some((size) => size === null)
    ? null
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  return { kind: 'begun', lsn, kilobytes, tablespaces: rows.length }
}

/** WAL comes with it, and the server does not wait for its archiver: what is needed is in the archive. */
function commandOf({ label, checksums, maxRateKb }: BaseBackupRequest, isTyped: boolean): string {
  const name = `'${label.replaceAll("'", "''")}'`
  const sums = `'${checksums.replaceAll("'", "''")}'`
  if (!isTyped) {
    const rate = maxRateKb === null ? '' : ` MAX_RATE ${maxRateKb}`
    return `BASE_BACKUP LABEL ${name} PROGRESS FAST WAL NOWAIT${rate} MANIFEST 'yes' MANIFEST_CHECKSUMS ${sums}`
  }
  const rate = maxRateKb === null ? '' : `, MAX_RATE ${maxRateKb}`
  return `BASE_BACKUP (LABEL ${name}, PROGRESS, CHECKPOINT 'fast', WAL, WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS ${sums}${rate})`
}
