// Puts a note into a Linux program: Node finds what a single executable is to run in a note of that executable. The program
// stays where it is in the file; a segment with the note, and a longer table of segments that tells of it, go to the end.

const LOAD = 1
const NOTE = 4
const TABLE = 6
const READABLE = 4
const ENTRY_SIZE = 56
/** The largest page of x64 and arm64. */
const PAGE = 0x1_0000n

interface Segment {
  readonly type: number
  readonly offset: bigint
  readonly address: bigint
  readonly size: bigint
  /** As in the file, all fields. */
  readonly entry: Buffer
}

/** A segment whose bytes are read and are in memory as they are in the file. */
function segment(type: number, offset: bigint, address: bigint, size: bigint, align: bigint): Segment {
  const entry = Buffer.alloc(ENTRY_SIZE)
  entry.writeUInt32LE(type, 0)
  entry.writeUInt32LE(READABLE, 4)
  for (const [at, value] of [offset, address, address, size, size, align].entries()) {
    entry.writeBigUInt64LE(value, 8 + 8 * at)
  }
  return { type, offset, address, size, entry }
}

function segmentsOf(program: Buffer): readonly Segment[] {
  const is64BitLittleEndian = program.subarray(0, 6).equals(Buffer.from('\x7fELF\x02\x01', 'latin1'))
  if (!is64BitLittleEndian || program.readUInt16LE(54) !== ENTRY_SIZE) throw new Error('not a 64-bit Linux program')
  const start = Number(program.readBigUInt64LE(32))
  return Array.from({ length: program.readUInt16LE(56) }, (_, index) => {
    const entry = program.subarray(start + index * ENTRY_SIZE, start + (index + 1) * ENTRY_SIZE)
    return {
      type: entry.readUInt32LE(0),
      offset: entry.readBigUInt64LE(8),
      address: entry.readBigUInt64LE(16),
      size: entry.readBigUInt64LE(40),
      entry,
    }
  })
}

const rounded = (value: bigint, to: bigint) => ((value + to - 1n) / to) * to

/** A note as the format has it: three lengths, the name and the content, each filled up to four bytes. */
function noteOf(name: string, content: Buffer): Buffer {
  const words = Buffer.alloc(12)
  words.writeUInt32LE(name.length + 1, 0)
  words.writeUInt32LE(content.length, 4)
  const filledUp = (length: number) => Buffer.alloc(Number(rounded(BigInt(length), 4n)) - length)
  const parts = [words, Buffer.from(`${name}\0`), filledUp(name.length + 1), content, filledUp(content.length)]
  return Buffer.concat(parts)
}

/** The program with a note of that name. Throws an Error for what is not a 64-bit little-endian ELF program. */
export function withNote(program: Buffer, name: string, content: Buffer): Buffer {
  const segments = segmentsOf(program)
  const lastLoaded = segments.findLastIndex(({ type }) => type === LOAD)
  const first = segments.find(({ type }) => type === LOAD)
  if (first === undefined) throw new Error('the program has no segment to load')
  // Older kernels reckon where the table is in memory from the first segment, so it keeps that one's distance to the file.
  const distance = first.address - first.offset
  const ends = segments.filter(({ type }) => type === LOAD).map(({ address, size }) => address + size - distance)
  const offset = rounded(
    [BigInt(program.length), ...ends].reduce((a, b) => (a > b ? a : b)),
    PAGE,
  )
  const note = noteOf(name, content)
  const tableSize = BigInt((segments.length + 2) * ENTRY_SIZE)
  const noteOffset = offset + rounded(tableSize, 16n)
  const noteSize = BigInt(note.length)
  const table = [
    ...segments.slice(0, lastLoaded + 1),
    segment(LOAD, offset, offset + distance, noteOffset + noteSize - offset, PAGE),
    ...segments.slice(lastLoaded + 1),
    segment(NOTE, noteOffset, noteOffset + distance, noteSize, 4n),
  ].map((each) => (each.type === TABLE ? segment(TABLE, offset, offset + distance, tableSize, 8n) : each))
  const result = Buffer.alloc(Number(noteOffset + noteSize))
  program.copy(result)
  Buffer.concat(table.map(({ entry }) => entry)).copy(result, Number(offset))
  note.copy(result, Number(noteOffset))
  result.writeBigUInt64LE(offset, 32)
  result.writeUInt16LE(table.length, 56)
  return result
}
