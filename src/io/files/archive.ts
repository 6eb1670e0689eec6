// A .tar.gz that is written entry by entry. It gets its name only when it is complete and was read back.

import { createReadStream, fdatasync, write } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { createTarDecoder, createTarPacker } from 'modern-tar'
import { type OutputFile, type OutputOptions, openOutputFile, outputFileError } from './output-file.ts'
import { FileError } from './text-files.ts'

interface ArchiveEntry {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
}

interface AddedEntry {
  readonly bytes: number
  /** The error of the content. The bytes before it are in the archive. */
  readonly failure: unknown
}

export interface Archive {
  /** One after the other. A content that fails before its first byte is not added. Throws FileError. */
  add(entry: ArchiveEntry, content: AsyncIterable<Uint8Array>): Promise<AddedEntry>
  /** Reads it back and gives it its name. Returns its size in bytes. Throws FileError. */
  finish(): Promise<number>
  /** Removes what was written. Does nothing after `finish`. */
  abandon(): Promise<void>
}

const PART_BYTES = 256 * 1024
const toDisk = promisify(fdatasync)
const writePart = promisify(write)

/** Starts an archive that only its owner may read. Throws FileError if it can't be written, or if the path is taken. */
export async function openArchive(path: string, options: OutputOptions): Promise<Archive> {
  const file = openOutputFile(path, options)
  try {
    return new TarFile(path, file, await openSpool())
  } catch (error) {
    file.abandon()
    throw outputFileError(tmpdir(), error)
  }
}

/** In an archive, sizes come before contents. So each content is first collected in a file, which has no name. */
async function openSpool(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'pgdeck-archive-'))
  try {
    return await open(join(folder, 'content'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class TarFile implements Archive {
  readonly #path: string
  readonly #file: OutputFile
  readonly #spool: FileHandle
  readonly #abort = new AbortController()
  readonly #tar = createTarPacker()
  readonly #sizes = new Map<string, number>()
  readonly #written: Promise<void>
  /** The writing of the last part, which continues after the rest was abandoned. */
  #kept: Promise<void> = Promise.resolve()
  #isOpen = true

  constructor(path: string, file: OutputFile, spool: FileHandle) {
    this.#path = path
    this.#file = file
    this.#spool = spool
    const keep = (parts: AsyncIterable<Uint8Array>) => {
      this.#kept = writeAll(file.descriptor, parts)
      return this.#kept
    }
    const { signal } = this.#abort
    this.#written = pipeline(Readable.fromWeb(this.#tar.readable), createGzip(), keep, { signal })
    this.#written.catch(() => {})
  }

  async add({ name, modifiedAt }: ArchiveEntry, content: AsyncIterable<Uint8Array>): Promise<AddedEntry> {
    const spool = this.#spool
    try {
      await spool.truncate(0)
      const { bytes, failure } = await collectBytes(content, spool)
      if (bytes === 0 && failure !== null) return { bytes, failure }
      const header = { name, size: bytes, mtime: new Date(modifiedAt), mode: 0o600 }
      await Promise.race([copy(spool, bytes, this.#tar.controller.add(header)), failing(this.#written)])
      this.#sizes.set(name, bytes)
      return { bytes, failure }
    } catch (error) {
      throw outputFileError(this.#path, error)
    }
  }

  async finish(): Promise<number> {
    try {
      this.#tar.controller.finalize()
      await this.#written
      await toDisk(this.#file.descriptor)
      await verifyArchive(this.#file.partial, this.#sizes)
      this.#file.finish()
      await this.#close()
      return (await stat(this.#path)).size
    } catch (error) {
      await this.abandon()
      throw outputFileError(this.#path, error)
    }
  }

  async abandon(): Promise<void> {
    if (!this.#isOpen) return
    this.#abort.abort()
    await this.#written.catch(() => {})
    await this.#kept.catch(() => {})
    this.#file.abandon()
    await this.#close()
  }

  async #close(): Promise<void> {
    this.#isOpen = false
    await this.#spool.close()
  }
}

/** Returns the bytes of the content, and the error that ended it early. Throws errors of the disk. */
async function collectBytes(content: AsyncIterable<Uint8Array>, spool: FileHandle): Promise<AddedEntry> {
  const parts = content[Symbol.asyncIterator]()
  let bytes = 0
  for (;;) {
    let next: IteratorResult<Uint8Array>
    try {
      next = await parts.next()
    } catch (failure) {
      return { bytes, failure }
    }
    if (next.done) return { bytes, failure: null }
    await spool.write(next.value, 0, next.value.length, bytes)
    bytes += next.value.length
  }
}

/** The descriptor stays open: the stream must not close it. */
async function writeAll(descriptor: number, parts: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of parts) {
    for (let at = 0; at < part.length; ) at += (await writePart(descriptor, part, at)).bytesWritten
  }
}

async function copy(spool: FileHandle, bytes: number, target: WritableStream<Uint8Array>): Promise<void> {
  const writer = target.getWriter()
  for (let at = 0; at < bytes; ) {
    // A new buffer each time: the archive keeps it until it is compressed.
    const part = new Uint8Array(Math.min(PART_BYTES, bytes - at))
    const { bytesRead } = await spool.read(part, 0, part.length, at)
    if (bytesRead === 0) throw new Error('the temporary file was cut off')
    await writer.write(part.subarray(0, bytesRead))
    at += bytesRead
  }
  await writer.close()
}

/** Rejects when the archive can't be written any more, because no other code awaits that. */
async function failing(written: Promise<void>): Promise<never> {
  await written
  throw new Error('the archive ended before its content')
}

/** Reads the archive and compares its content with what was added. */
async function verifyArchive(path: string, sizes: ReadonlyMap<string, number>): Promise<void> {
  const counts = new Map<string, number>()
  const decoder = createTarDecoder({ strict: true })
  const source = Readable.toWeb(createReadStream(path)).pipeThrough(new DecompressionStream('gzip'))
  for await (const { header, body } of source.pipeThrough(decoder)) {
    let bytes = 0
    for await (const part of body) bytes += part.length
    counts.set(header.name, bytes)
  }
  const wrong = [...sizes].find(([name, bytes]) => counts.get(name) !== bytes)
  if (wrong || counts.size !== sizes.size) {
    throw new FileError(path, 'EIO', `was not written correctly: ${wrong?.[0] ?? 'entries'} differ when read back`)
  }
}
