// The messages of a base backup, the same for all versions. From 15 on one copy stream holds typed messages; before,
// there are several plain ones.

import type { ReplicationMessage } from '../postgres/session/copy-protocol.ts'
import type { ServerSession } from '../postgres/session/server-session.ts'

export interface BaseBackupRequest {
  readonly label: string
  /** The checksum algorithm of the manifest: CRC32C, SHA256… */
  readonly checksums: string
  /** Kilobytes per second that the server may send; null: no limit. */
  readonly maxRateKb: number | null
}

export type BackupMessage =
  /** Comes first. Kilobytes are the server's estimate, without WAL. */
  | {
      readonly kind: 'begun'
      readonly lsn: string
      readonly kilobytes: number | null
      /** Object ids of those outside of the data directory. */
      readonly tablespaces: readonly string[]
    }
  /** A tar archive begins: that of a tablespace by its object id, or that of the data directory (null), which is the last. */
  | { readonly kind: 'archive-begun'; readonly tablespace: string | null }
  /** A part of the archive, in order. */
  | { readonly kind: 'archive'; readonly bytes: Uint8Array }
  | { readonly kind: 'manifest'; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly lsn: string }

const TYPED_FROM = 150_000
const TYPES = { archive: 0x6e, data: 0x64, manifest: 0x6d, progress: 0x70 } as const

/** Takes a base backup with all tablespaces. Throws the driver's error. */
export async function* backupMessages(
  session: Pick<ServerSession, 'runReplicationCommand' | 'versionNumber'>,
  request: BaseBackupRequest,
  signal: AbortSignal,
): AsyncGenerator<BackupMessage> {
  const isTyped = session.versionNumber >= TYPED_FROM
  const results: (readonly (string | null)[])[][] = [[]]
  const contentOf = isTyped ? typedContent() : plainContent(() => results[1] ?? [])
  for await (const answer of session.runReplicationCommand(commandOf(request, isTyped), signal)) {
    if (answer.kind === 'row') results.at(-1)?.push(answer.fields)
    else {
      const message = answer.kind === 'rows-end' ? messageOfResult(results) : contentOf(answer)
      if (message) yield message
      if (answer.kind === 'rows-end') results.push([])
    }
  }
}

type BackupRows = readonly (readonly (string | null)[])[]

/** The first result is the start position, the second the tablespaces, the third, after all copies, the end position. */
function messageOfResult(results: readonly BackupRows[]): BackupMessage | null {
  const [start = [], tablespaces = []] = results
  if (results.length === 2) return begun(start[0]?.[0] ?? '', tablespaces)
  return results.length === 3 ? { kind: 'ended', lsn: results[2]?.[0]?.[0] ?? '' } : null
}

type CopyAnswer = Extract<ReplicationMessage, { kind: 'copy' | 'bytes' }>
type ContentReader = (answer: CopyAnswer) => BackupMessage | null

/** From 15 on: one copy stream. The first byte of each message gives its type, and that of an archive has its file name. */
function typedContent(): ContentReader {
  let kind: 'archive' | 'manifest' = 'archive'
  return (answer) => {
    if (answer.kind === 'copy') return null
    const [type] = answer.bytes
    if (type === TYPES.data) return { kind, bytes: answer.bytes.subarray(1) }
    if (type === TYPES.manifest) kind = 'manifest'
    if (type !== TYPES.archive) return null
    kind = 'archive'
    const [, oid = null] = /^(\d+)\.tar/.exec(Buffer.from(answer.bytes.subarray(1)).toString('latin1')) ?? []
    return { kind: 'archive-begun', tablespace: oid }
  }
}

/** Before 15: a copy stream for each tablespace in the order of their rows, and a last one for the manifest. */
function plainContent(rows: () => BackupRows): ContentReader {
  let copies = 0
  return (answer) => {
    if (answer.kind === 'bytes') return { kind: copies > rows().length ? 'manifest' : 'archive', bytes: answer.bytes }
    copies += 1
    const row = rows()[copies - 1]
    return row ? { kind: 'archive-begun', tablespace: row[0] ?? null } : null
  }
}

/** One row per tablespace. The row of the data directory has neither an id nor a location. */
function begun(lsn: string, rows: BackupRows): BackupMessage {
  const sizes = rows.map(([, , size]) => (size === null || size === undefined ? null : Number(size)))
  const kilobytes = sizes.some((size) => size === null)
    ? null
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  return { kind: 'begun', lsn, kilobytes, tablespaces: rows.flatMap(([oid]) => oid ?? []) }
}

/** The backup includes its WAL and a map of its tablespaces, and the server does not wait for its archiver. */
function commandOf({ label, checksums, maxRateKb }: BaseBackupRequest, isTyped: boolean): string {
  const name = `'${label.replaceAll("'", "''")}'`
  const sums = `'${checksums.replaceAll("'", "''")}'`
  if (!isTyped) {
    const rate = maxRateKb === null ? '' : ` MAX_RATE ${maxRateKb}`
    return `BASE_BACKUP LABEL ${name} PROGRESS FAST WAL NOWAIT${rate} TABLESPACE_MAP MANIFEST 'yes' MANIFEST_CHECKSUMS ${sums}`
  }
  const rate = maxRateKb === null ? '' : `, MAX_RATE ${maxRateKb}`
  return `BASE_BACKUP (LABEL ${name}, PROGRESS, CHECKPOINT 'fast', WAL, WAIT false, TABLESPACE_MAP, MANIFEST 'yes', MANIFEST_CHECKSUMS ${sums}${rate})`
}
