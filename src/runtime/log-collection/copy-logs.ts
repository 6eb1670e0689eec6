// Copies the found log files into an archive, the newest first, up to a limit, each with its result.

import type { Archive } from '../../io/files/archive.ts'
import { archiveEntryName, type CollectedLog, type OmittedLog } from '../../model/logs/collection.ts'
import { formatBytes } from '../../model/values/units.ts'
import { freeName } from './archive-names.ts'
import { faultText } from './locate-logs.ts'
import { isCompressed, type LogFile, redactedContent, whyNotCollected } from './log-file.ts'

export interface CopyLogsOptions {
  readonly archive: Archive
  /** Folder inside the archive. */
  readonly folder: string
  readonly files: readonly LogFile[]
  /** Milliseconds since the epoch; null: of any age. */
  readonly since: number | null
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly progress: (progress: CopyProgress) => void
  /** Receives what of a file is written to the archive, after secrets are removed. */
  readonly reads?: ((file: LogFile) => FileWatcher) | undefined
}

export interface FileWatcher {
  readonly push: (part: Uint8Array) => void
  readonly end: () => void
}

/** Progress, in bytes of log files. */
export interface CopyProgress {
  readonly doneBytes: number
  readonly totalBytes: number
}

/** A smaller piece of a file is not worth copying. */
const SMALLEST_PIECE = 4_096

/** Copies what fits. Throws FileError if the archive can't be written, and at the signal. */
export async function copyLogs(options: CopyLogsOptions): Promise<{
  readonly taken: readonly CollectedLog[]
  readonly left: readonly OmittedLog[]
}> {
  const { files, since, maxBytes, signal } = options
  const left: OmittedLog[] = []
  const taken: CollectedLog[] = []
  const recent = files.filter(({ modifiedAt }) => since === null || modifiedAt >= since)
  if (recent.length < files.length && since !== null) {
    const what = `${files.length - recent.length} older files`
    left.push({ what, why: `last written before ${new Date(since).toISOString()}` })
  }
  const newest = recent.toSorted((a, b) => b.modifiedAt - a.modifiedAt || (a.path < b.path ? -1 : 1))
  const totalBytes = Math.min(
    maxBytes,
    newest.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  const names = new Set<string>()
  let doneBytes = 0
  for (const file of newest) {
    signal.throwIfAborted()
    const room = maxBytes - doneBytes
    const isSmall = room < Math.min(file.bytes, SMALLEST_PIECE)
    const why = whyNotCollected(file) ?? (isSmall ? `over the limit of ${formatBytes(maxBytes)}` : null)
    if (why !== null) {
      left.push({ what: `${file.path}, ${formatBytes(file.bytes)}`, why })
      continue
    }
    const name = freeName(`${options.folder}/${archiveEntryName(file.path)}`.replace(/\.gz$/i, ''), names)
    const counted = (bytes: number) =>
      options.progress({ doneBytes: Math.min(doneBytes + bytes, totalBytes), totalBytes })
    const { bytes, failure } = await options.archive.add(
      { name, modifiedAt: file.modifiedAt },
      watched(redactedContent(file, room, signal), counted, options.reads?.(file)),
    )
    const broken = failure === null ? null : faultText(failure, signal)
    if (bytes === 0 && broken !== null) {
      left.push({ what: file.path, why: broken })
      continue
    }
    doneBytes += bytes
    taken.push({ ...describe(file, name, bytes), cut: broken ?? whyCut(file, bytes, room, maxBytes) })
  }
  return { taken, left }
}

function describe({ path, where, bytes: ofBytes, modifiedAt }: LogFile, name: string, bytes: number) {
  return { name, path, where, bytes, ofBytes, modifiedAt }
}

function whyCut(file: LogFile, bytes: number, room: number, maxBytes: number): string | null {
  const limit = `the limit of ${formatBytes(maxBytes)} was reached`
  if (isCompressed(file)) return bytes >= room ? `only its beginning: ${limit}` : null
  return room < file.bytes ? `only its end: ${limit}` : null
}

async function* watched(
  content: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
  watcher?: FileWatcher,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const part of content) {
    bytes += part.length
    onBytes(bytes)
    watcher?.push(part)
    yield part
  }
  watcher?.end()
}
