// A zip archive in memory, with the permissions of its files, as the product's pack is one. PKWARE's APPNOTE.TXT has the form.

import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  /** With `/` between its parts. */
  readonly path: string
  /** null: a folder. */
  readonly bytes: Uint8Array | null
  /** The permission bits. */
  readonly mode: number
}

const VERSION = 20
const MADE_ON_UNIX = (3 << 8) | VERSION
const DEFLATED = 8
const FOLDER_TYPE = 0o040000
const FILE_TYPE = 0o100000
/** 1 January 1980, the first day of the form: nobody asks for the time of a file of the demo. */
const FIRST_DAY = 0x0021

/** Returns the archive. All entries together must be smaller than 4 GB. */
export function zipArchive(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.bytes === null ? `${entry.path}/` : entry.path, 'utf8')
    const bytes = entry.bytes ?? Buffer.alloc(0)
    const packed = deflateRawSync(bytes, { level: 1 })
    const facts = factsOf(bytes, packed, name)
    const local = Buffer.concat([u32(0x04034b50), u16(VERSION), facts, u16(0), name, packed])
    const type = entry.bytes === null ? FOLDER_TYPE : FILE_TYPE
    const attributes = ((type | entry.mode) << 16) >>> 0
    directory.push(
      Buffer.concat([
        ...[u32(0x02014b50), u16(MADE_ON_UNIX), u16(VERSION), facts],
        ...[u16(0), u16(0), u16(0), u16(0), u32(attributes), u32(offset), name],
      ]),
    )
    parts.push(local)
    offset += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const count = u16(entries.length)
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(size), u32(offset), u16(0)]
  return Buffer.concat([...parts, ...directory, ...end])
}

/** What stands both before the content and in the directory: flags, method, time, checksum, sizes, length of the name. */
function factsOf(bytes: Uint8Array, packed: Uint8Array, name: Uint8Array): Buffer {
  const time = [u16(0), u16(FIRST_DAY)]
  const sizes = [u32(packed.length), u32(bytes.length)]
  return Buffer.concat([u16(0), u16(DEFLATED), ...time, u32(crc32(bytes)), ...sizes, u16(name.length)])
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16LE(value)
  return buffer
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}
