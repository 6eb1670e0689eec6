// The manifest of an archive with the logs of one server or database, as data and as text.

import { clean } from '../values/text.ts'
import { formatBytes } from '../values/units.ts'

/** A log file in the archive. */
export interface CollectedLog {
  /** Its name in the archive. */
  readonly name: string
  /** The path on the host. */
  readonly path: string
  readonly where: string
  /** In the archive, after redaction and decompression. */
  readonly bytes: number
  /** Of the file on the host. */
  readonly ofBytes: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  /** Why the file is incomplete; null if it is whole. */
  readonly cut: string | null
}

/** A file that the archive lacks, and why. */
export interface OmittedLog {
  readonly what: string
  readonly why: string
}

export interface LogCollection {
  readonly cluster: string
  /** Id of the server or database. */
  readonly node: string
  readonly kind: 'server' | 'database'
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Files without a write since then are left out; null: none is. */
  readonly since: number | null
  /** The limit for all log files together, in bytes. */
  readonly limitBytes: number
  readonly taken: readonly CollectedLog[]
  /** Files that were found and left out: too old, over the limit, or not readable as text for redaction. */
  readonly left: readonly OmittedLog[]
  /** Files that were not found or could not be read. */
  readonly missing: readonly OmittedLog[]
}

/** Bytes of log files in the archive. */
function collectedLogBytes({ taken }: Pick<LogCollection, 'taken'>): number {
  return taken.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** `3 files, 12.4 MB; 1 cut; 2 left out; 1 missing`. */
export function logCollectionText(collection: LogCollection): string {
  const { taken, left, missing } = collection
  const files = `${taken.length} ${taken.length === 1 ? 'file' : 'files'}, ${formatBytes(collectedLogBytes(collection))}`
  const cut = taken.filter((file) => file.cut !== null).length
  const parts = [
    [cut, 'cut'],
    [left.length, 'left out'],
    [missing.length, 'missing'],
  ] as const
  return [files, ...parts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]))].join('; ')
}

/** The manifest for people. */
export function logManifestText(collection: LogCollection): string {
  const { cluster, node, kind, at, since, limitBytes, taken, left, missing } = collection
  const instant = (time: number) => new Date(time).toISOString()
  const section = (title: string, lines: readonly string[]) => [
    '',
    `${title} (${lines.length})`,
    ...(lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${clean(line)}`)),
  ]
  const lines = [
    `Logs of the ${kind} ${clean(node)} of cluster ${clean(cluster)}, collected ${instant(at)}`,
    `Newest first, at most ${formatBytes(limitBytes)} of log files${since === null ? '' : `, written to since ${instant(since)}`}.`,
    'Recognized passwords, tokens and keys were replaced by [redacted]. Read the archive before you pass it on.',
    ...section('TAKEN', taken.map(describeTaken)),
    ...section(
      'LEFT OUT',
      left.map(({ what, why }) => `${what}: ${why}`),
    ),
    ...section(
      'MISSING',
      missing.map(({ what, why }) => `${what}: ${why}`),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function describeTaken({ name, path, where, bytes, ofBytes, modifiedAt, cut }: CollectedLog): string {
  const size = bytes === ofBytes ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(ofBytes)}`
  const whole = `${name}  ${size}, written ${new Date(modifiedAt).toISOString()}, from ${where}: ${path}`
  return cut === null ? whole : `${whole}; CUT: ${cut}`
}

/** Makes the name of an entry from a path: relative, without `..`, valid on every system. */
export function archiveEntryName(path: string): string {
  const parts = clean(path)
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => part.replace(/[:*?"<>|]/g, '_').trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..')
  return parts.join('/') || 'log'
}
