// Tar archives as PostgreSQL sends them: read entry by entry from a stream, headers written for what is added or renamed.

export interface TarEntry {
  readonly name: string
  /** `note`: a comment on the archive, which tar leaves out. */
  readonly type: 'file' | 'folder' | 'link' | 'note'
  /** Bytes of content. */
  readonly size: number
  readonly mode: number
  readonly linkTo: string
  /** The 512 bytes as they came. */
  readonly header: Uint8Array
}

export type TarPart =
  | { readonly kind: 'entry'; readonly entry: TarEntry }
  /** Content of the entry before. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

export const TAR_BLOCK_BYTES = 512
const NAME_BYTES = 100
const PREFIX_AT = 345

/** Bytes that fill up the last block of a content. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES
}

/**
 * Entries and their contents, in order, until the end of the archive or of the source: servers before 15 send no end.
 * Throws an Error for what is no archive, is cut off, or leads out of its folder.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarPart> {
  const reader = new TarReader()
  // The source is read to its own end: more than the archive may come from it.
  for await (const chunk of source) yield* reader.read(chunk)
  reader.requireWhole()
}

/** Where in an archive the next byte belongs: to a header, to the content of an entry or to what fills up its last block. */
export class TarReader {
  readonly #header = new Uint8Array(TAR_BLOCK_BYTES)
  #headerBytes = 0
  #contentLeft = 0
  #paddingLeft = 0
  #entryName = ''
  #isOver = false

  /** Throws an Error where the source has ended within an entry or a header. */
  requireWhole(): void {
    if (this.#contentLeft === 0 && this.#headerBytes === 0) return
    throw new Error(`the archive is cut off${this.#entryName === '' ? '' : ` in ${this.#entryName}`}`)
  }

  /** The parts that a chunk holds. */
  *read(chunk: Uint8Array): Generator<TarPart> {
    let rest = chunk
    while (rest.length > 0 && !this.#isOver) {
      const piece = rest.subarray(0, this.#bytesOfPart())
      rest = rest.subarray(piece.length)
      const part = this.#take(piece)
      if (part) yield part
    }
  }

  #bytesOfPart(): number {
    return this.#contentLeft || this.#paddingLeft || TAR_BLOCK_BYTES - this.#headerBytes
  }

  #take(piece: Uint8Array): TarPart | null {
    if (this.#contentLeft > 0) {
      this.#contentLeft -= piece.length
      return { kind: 'bytes', bytes: piece }
    }
    if (this.#paddingLeft > 0) {
      this.#paddingLeft -= piece.length
      return null
    }
    this.#header.set(piece, this.#headerBytes)
    this.#headerBytes += piece.length
    return this.#headerBytes < TAR_BLOCK_BYTES ? null : this.#endOfHeader()
  }

  /** The entry that a whole header begins; null for the block of zeros that ends an archive. */
  #endOfHeader(): TarPart | null {
    this.#headerBytes = 0
    this.#isOver = this.#header.every((byte) => byte === 0)
    if (this.#isOver) return null
    const entry = entryOf(this.#header.slice())
    this.#entryName = entry.name
    this.#contentLeft = entry.type === 'file' || entry.type === 'note' ? entry.size : 0
    this.#paddingLeft = tarPadding(this.#contentLeft)
    return { kind: 'entry', entry }
  }
}

const NOTE = 0x67
const TYPES: ReadonlyMap<number, TarEntry['type']> = new Map([
  [0x32, 'link'],
  [0x35, 'folder'],
  [NOTE, 'note'],
])

function entryOf(header: Uint8Array): TarEntry {
  const sum = number(header, 148, 8)
  const counted = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  if (sum !== counted) throw new Error('the archive is damaged: the checksum of a header is wrong')
  const prefix = text(header, PREFIX_AT, 155)
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, NAME_BYTES)}`.replace(/\/$/, '')
  if (name.startsWith('/') || name.split('/').includes('..'))
    throw new Error(`the archive has a path outside its folder: ${name}`)
  const type = TYPES.get(header[156] ?? 0) ?? 'file'
  const size = number(header, 124, 12)
  return { name, type, size, mode: number(header, 100, 8) & 0o777, linkTo: text(header, 157, 100), header }
}

function text(header: Uint8Array, at: number, length: number): string {
  const end = header.indexOf(0, at)
  return Buffer.from(header.subarray(at, Math.min(end === -1 ? TAR_BLOCK_BYTES : end, at + length))).toString('utf8')
}

/** Octal digits; from 8 GB on the bytes of the number itself, after a first one of 0x80. */
function number(header: Uint8Array, at: number, length: number): number {
  if (header[at] !== 0x80) return Number.parseInt(text(header, at, length).trim() || '0', 8)
  return header.subarray(at + 1, at + length).reduce((value, byte) => value * 256 + byte, 0)
}

/** The header of a file of ours. */
export function tarFileHeader(name: string, size: number, modifiedAt: number): Uint8Array {
  const header = Buffer.alloc(TAR_BLOCK_BYTES)
  const octal = (value: number, at: number, length: number) =>
    header.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  header.write(name, 0, 'utf8')
  octal(0o600, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(Math.floor(modifiedAt / 1000), 136, 12)
  header.write('        0ustar\u000000', 148, 'latin1')
  return withChecksum(header)
}

const COMMENT = 'comment='

/** An entry with a comment on the whole archive, as pax has it: its header and content, whole blocks. */
export function tarNote(comment: string, modifiedAt: number): Uint8Array {
  const record = ` ${COMMENT}${comment}\n`
  const bytes = Buffer.byteLength(record)
  // The length counts its own digits.
  const digits = String(bytes + String(bytes + 3).length).length
  const content = Buffer.from(`${bytes + digits}${record}`)
  const header = Buffer.from(tarFileHeader('pax_global_header', content.length, modifiedAt))
  header[156] = NOTE
  return Buffer.concat([withChecksum(header), content, new Uint8Array(tarPadding(content.length))])
}

/** Returns the comment in the content of a note; null if it has none. */
export function commentInNote(content: string): string | null {
  const [, comment = null] = new RegExp(`^\\d+ ${COMMENT}(.*)$`, 'm').exec(content) ?? []
  return comment
}

/** The same entry in a folder. Throws an Error if its name becomes too long for its header. */
export function tarEntryIn(folder: string, entry: TarEntry): TarEntry {
  const header = Buffer.from(entry.header)
  const name = Buffer.from(`${folder}/${text(header, 0, NAME_BYTES)}`)
  if (name.length > NAME_BYTES || header[PREFIX_AT] !== 0)
    throw new Error(`the name of ${folder}/${entry.name} is too long for an archive`)
  header.fill(0, 0, NAME_BYTES)
  name.copy(header)
  return { ...entry, name: `${folder}/${entry.name}`, header: withChecksum(header) }
}

/** With the sum of its bytes, in which the sum itself counts as blanks. */
function withChecksum(header: Buffer): Buffer {
  header.write('        ', 148, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return header
}
