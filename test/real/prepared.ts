// A data directory without the half second of initdb: a copy of one made for the whole run, with a system identifier of its own.

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataDirectoryOptions, initDataDirectory } from '../../src/demo/postgres/init-data-directory.ts'
import { makeFolder } from '../../src/io/files/sync-files.ts'
import { runProgram } from '../../src/io/process/process.ts'

const CRC32C = 0x82f63b78
/** Where the checksum of pg_control lies differs between majors; its structure is this long at least, and at most. */
const CONTROL_BYTES = [200, 500] as const
const FIRST_SEGMENT = join('pg_wal', '000000010000000000000001')
/** Of xlp_sysid in the long header that begins a segment. */
const SEGMENT_IDENTIFIER = 24

/** Makes it from the run's folder of prepared ones; by initdb where there is none, when a file is run by itself. */
export async function prepared(ground: DataDirectoryOptions): Promise<string> {
  const shared = process.env.PGDECK_TEST_PREPARED
  if (shared === undefined) return initDataDirectory(ground)
  const { binaries, dataDirectory, scratch } = ground
  const kept = join(shared, binaries.version)
  const source = existsSync(kept) ? kept : await prepare(kept, ground)
  await runProgram('/bin/cp', ['-a', join(source, 'data'), dataDirectory], { owner: scratch.owner, cwd: scratch.path })
  renew(dataDirectory)
  const password = readFileSync(join(source, 'password'), 'utf8')
  if (source !== kept) rmSync(source, { recursive: true })
  return password
}

/**
 * Made among the test's own files, which go with it, and moved when it is whole. Answers where it is: another process may
 * have been first, or the run may have ended and its folder with it.
 */
async function prepare(kept: string, { binaries, scratch }: DataDirectoryOptions): Promise<string> {
  const own = join(scratch.path, 'prepared')
  makeFolder(own, scratch.owner)
  writeFileSync(join(own, 'password'), await initDataDirectory({ binaries, scratch, dataDirectory: join(own, 'data') }))
  try {
    renameSync(own, kept)
    return kept
  } catch {
    return own
  }
}

/** initdb gives each cluster a number that servers know each other by: in pg_control, and at the start of its log. */
function renew(dataDirectory: string): void {
  const identifier = Buffer.concat([randomBytes(4), Buffer.alloc(4)])
  identifier.writeUInt32LE(Math.floor(Date.now() / 1000), 4)
  const controlFile = join(dataDirectory, 'global', 'pg_control')
  const control = readFileSync(controlFile)
  const end = checksumAt(control)
  identifier.copy(control)
  control.writeUInt32LE(checksum(control.subarray(0, end)), end)
  writeFileSync(controlFile, control)
  const segmentFile = join(dataDirectory, FIRST_SEGMENT)
  const segment = readFileSync(segmentFile)
  identifier.copy(segment, SEGMENT_IDENTIFIER)
  writeFileSync(segmentFile, segment)
}

function checksumAt(control: Buffer): number {
  for (let at = CONTROL_BYTES[0]; at <= CONTROL_BYTES[1]; at += 4)
    if (control.readUInt32LE(at) === checksum(control.subarray(0, at))) return at
  throw new Error('pg_control has no checksum where it is looked for')
}

/** CRC-32C, bit by bit: it is short. */
function checksum(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC32C : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
