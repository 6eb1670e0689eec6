// Checksums and manifests: known values, and every way in which a backup can differ from its manifest.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type ChecksumAlgorithm, createChecksum, sameChecksum } from '../../../src/io/base-backup/checksum.ts'
import { type ChecksummedFile, manifestDifferences, parseManifest } from '../../../src/io/base-backup/manifest.ts'

function digest(algorithm: ChecksumAlgorithm, text: string, cut = 1000): string {
  const made = createChecksum(algorithm)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += cut) made.update(bytes.subarray(at, at + cut))
  return made.done()
}

test('CRC-32C of the check value, in the byte order of a manifest, however it is cut', () => {
  // The check value of the catalogue of CRCs is e3069283.
  assert.equal(digest('CRC32C', '123456789'), '839206e3')
  assert.equal(digest('CRC32C', ''), '00000000')
  const text = 'The quick brown fox jumps over the lazy dog'
  for (const cut of [1, 3, 8, 11]) assert.equal(digest('CRC32C', text, cut), digest('CRC32C', text))
  assert.equal(sameChecksum('CRC32C', '839206e3', 'E3069283'), true, 'a server of the other byte order')
  assert.equal(sameChecksum('SHA256', digest('SHA256', 'a'), digest('SHA256', 'b')), false)
})

const SEGMENT = 16 * 1024 * 1024

function manifest(files: readonly object[], ranges: readonly object[]): string {
  const head = `{ "PostgreSQL-Backup-Manifest-Version": 2,\n"Files": ${JSON.stringify(files)},\n"WAL-Ranges": ${JSON.stringify(ranges)},\n`
  return `${head}"Manifest-Checksum": "${createHash('sha256').update(head).digest('hex')}"}\n`
}

const LISTED = { Path: 'base/1/1', Size: 3, 'Checksum-Algorithm': 'CRC32C', Checksum: digest('CRC32C', 'abc') }
const RANGE = { Timeline: 1, 'Start-LSN': '0/2000028', 'End-LSN': '0/3000000' }

function found(more: Readonly<Record<string, ChecksummedFile>> = {}): ReadonlyMap<string, ChecksummedFile> {
  return new Map(
    Object.entries({
      'base/1/1': { size: 3, digest: digest('CRC32C', 'abc') },
      'pg_wal/000000010000000000000002': { size: SEGMENT, digest: '' },
      backup_manifest: { size: 1, digest: '' },
      'standby.signal': { size: 0, digest: '' },
      ...more,
    }),
  )
}

test('a whole backup has no differences', () => {
  assert.deepEqual(manifestDifferences(parseManifest(manifest([LISTED], [RANGE])), found()), [])
})

test('each kind of damage is named', () => {
  const parsed = parseManifest(manifest([LISTED, { ...LISTED, Path: 'gone' }], [{ ...RANGE, 'End-LSN': '0/3000001' }]))
  const problems = manifestDifferences(
    parsed,
    found({ 'base/1/1': { size: 3, digest: digest('CRC32C', 'abd') }, stray: { size: 1, digest: '' } }),
  )
  assert.deepEqual(problems, [
    'base/1/1 differs: its CRC32C is not that of the manifest',
    'gone is missing',
    'stray is not in the manifest',
    'the WAL segment 000000010000000000000003 is missing or cut off',
  ])
  const short = manifestDifferences(parsed, found({ 'base/1/1': { size: 2, digest: '' } }))
  assert.match(short[0] ?? '', /has 2 bytes instead of 3/)
})

test('a manifest that was changed or cut off is none; a path that is no UTF-8 is read from hex', () => {
  const text = manifest([{ ...LISTED, Path: undefined, 'Encoded-Path': Buffer.from('a/b').toString('hex') }], [])
  assert.equal(parseManifest(text).files[0]?.path, 'a/b')
  assert.throws(() => parseManifest(text.replace('"Size":3', '"Size":4')), /changed or cut off/)
  assert.throws(() => parseManifest(text.slice(0, 60)), /changed or cut off/)
  assert.throws(() => parseManifest(''), /changed or cut off/)
})
