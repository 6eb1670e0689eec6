// The manifest of a base backup: compares what the server sent with what is there.

import { createHash } from 'node:crypto'
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, sameChecksum } from './checksum.ts'

interface ManifestFile {
  readonly path: string
  readonly size: number
  readonly algorithm: ChecksumAlgorithm
  readonly checksum: string
}

interface WalRange {
  readonly timeline: number
  readonly start: bigint
  readonly end: bigint
}

export interface BackupManifest {
  readonly files: readonly ManifestFile[]
  readonly ranges: readonly WalRange[]
}

/** The result for one file. */
export interface ChecksummedFile {
  readonly size: number
  readonly digest: string
}

/** Throws an Error for text that is not a manifest, or was changed or cut off. */
export function parseManifest(text: string): BackupManifest {
  const at = text.lastIndexOf('"Manifest-Checksum"')
  const head = text.slice(0, text.lastIndexOf('\n', at) + 1)
  const [, claimed = ''] = /"Manifest-Checksum":\s*"([0-9a-f]{64})"/.exec(text.slice(at)) ?? []
  if (at < 0 || createHash('sha256').update(head).digest('hex') !== claimed)
    throw new Error('backup_manifest was changed or cut off: its own checksum is wrong')
  const { Files = [], 'WAL-Ranges': ranges = [] } = JSON.parse(text) as RawManifest
  return {
    files: Files.map((file) => ({
      path: file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString('utf8'),
      size: file.Size,
      algorithm: CHECKSUM_ALGORITHMS.find((name) => name === file['Checksum-Algorithm']) ?? 'NONE',
      checksum: file.Checksum ?? '',
    })),
    ranges: ranges.map((range) => ({
      timeline: range.Timeline,
      start: lsnOf(range['Start-LSN']),
      end: lsnOf(range['End-LSN']),
    })),
  }
}

interface RawManifest {
  readonly Files?: readonly {
    readonly Path?: string
    readonly 'Encoded-Path'?: string
    readonly Size: number
    readonly 'Checksum-Algorithm'?: string
    readonly Checksum?: string
  }[]
  readonly 'WAL-Ranges'?: readonly {
    readonly Timeline: number
    readonly 'Start-LSN': string
    readonly 'End-LSN': string
  }[]
}

function lsnOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

/** The manifest does not list WAL, and PostgreSQL rewrites some files when it starts. */
const UNLISTED = /^(backup_manifest$|pg_wal(\/|$)|standby\.signal$|recovery\.signal$|postgresql\.auto\.conf$)/

/**
 * Returns the differences as text, at most so many. Empty: every file is as the server sent it, and all needed WAL is
 * there.
 */
export function manifestDifferences(
  manifest: BackupManifest,
  files: ReadonlyMap<string, ChecksummedFile>,
  most = 10,
): readonly string[] {
  const problems: string[] = []
  const listed = new Set<string>()
  for (const { path, size, algorithm, checksum } of manifest.files) {
    listed.add(path)
    const file = files.get(path)
    if (!file) problems.push(`${path} is missing`)
    else if (file.size !== size) problems.push(`${path} has ${file.size} bytes instead of ${size}`)
    else if (algorithm !== 'NONE' && !sameChecksum(algorithm, file.digest, checksum))
      problems.push(`${path} differs: its ${algorithm} is not that of the manifest`)
  }
  for (const path of files.keys())
    if (!listed.has(path) && !UNLISTED.test(path)) problems.push(`${path} is not in the manifest`)
  problems.push(...missingWal(manifest.ranges, files))
  return problems.length <= most ? problems : [...problems.slice(0, most), `and ${problems.length - most} more`]
}

function missingWal(ranges: readonly WalRange[], files: ReadonlyMap<string, ChecksummedFile>): readonly string[] {
  const segments = [...files].filter(([path]) => /^pg_wal\/[0-9A-F]{24}$/.test(path))
  const size = BigInt(segments[0]?.[1].size ?? 0)
  if (size === 0n) return ranges.length === 0 ? [] : ['it contains no WAL: a restore would need WAL from elsewhere']
  const names = new Set(segments.filter(([, file]) => BigInt(file.size) === size).map(([path]) => path))
  return ranges.flatMap(({ timeline, start, end }) => {
    const missing: string[] = []
    // The end is the position after the last record.
    for (let number = start / size; number <= (end - 1n) / size; number++) {
      const name = segmentName(timeline, number, size)
      if (!names.has(`pg_wal/${name}`)) missing.push(`the WAL segment ${name} is missing or cut off`)
    }
    return missing
  })
}

function segmentName(timeline: number, number: bigint, size: bigint): string {
  const perId = 0x1_0000_0000n / size
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, '0')
  return `${hex(BigInt(timeline))}${hex(number / perId)}${hex(number % perId)}`
}
