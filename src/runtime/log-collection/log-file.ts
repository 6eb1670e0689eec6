// A log file that was found, and how it is copied: decompressed, without secrets, up to a limit.

import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createRedactor } from '../../model/logs/redact.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

/** A file that can be collected. */
export interface LogFile {
  readonly path: string
  /** Its place as text: `host h1`, `db-1 by SQL`. */
  readonly where: string
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  /** Its bytes; of a longer file the last `maxBytes`. Throws FaultError. */
  open(maxBytes: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** Compressed in a format that pgdeck can't read, so that it can't remove secrets. */
const UNREADABLE = /\.(?:xz|bz2|zst|lz4|zip|7z|rar|lzma|tar|tgz|tar\.gz)$/i
const PACKED = /\.gz$/i

/** Why a file can't be collected, whatever its size; null if it can. */
export function whyNotCollected({ path }: Pick<LogFile, 'path'>): string | null {
  const [ending] = UNREADABLE.exec(path) ?? []
  return ending === undefined ? null : `pgdeck can’t unpack ${ending}, so it can’t find secrets in it`
}

/** True for a file that will be decompressed: its size differs from that of its content. */
export function isCompressed({ path }: Pick<LogFile, 'path'>): boolean {
  return PACKED.test(path)
}

/** Yields what the archive gets of a file: at most `maxBytes` from its end, or from the start of a compressed file. */
export async function* redactedContent(
  file: LogFile,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!isCompressed(file)) {
    // The first line may be cut. Half a secret without its name could not be recognized, so that line is dropped.
    const source = file.open(Math.min(maxBytes, file.bytes), signal)
    yield* redactedStream(maxBytes < file.bytes ? fromNextLine(source) : source)
    return
  }
  const packed = Readable.from(file.open(file.bytes, signal))
  const content = createGunzip()
  // The end of one stream ends the other. The reader of the content gets the error.
  pipeline(packed, content, () => {})
  yield* redactedStream(first(unpacked(content, file.path), maxBytes))
}

async function* unpacked(content: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!code?.startsWith('Z_')) throw error
    const message = `${clean(path)} is not a complete gzip file`
    throw new FaultError({ code: 'protocol', message, hint: 'A program may still be writing it: collect again.' })
  }
}

type WideDecoder = InstanceType<typeof TextDecoder>

const UTF16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
] as const

/** Yields the bytes without secrets. UTF-16 text becomes UTF-8; other bytes stay as they are. */
async function* redactedStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const redactor = createRedactor()
  let decoder: WideDecoder | null | undefined
  const encode = (text: string) => Buffer.from(text, decoder ? 'utf8' : 'latin1')
  for await (const part of source) {
    if (part.length === 0) continue
    decoder ??= wideDecoder(part)
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength)
    const text = redactor.push(decoder ? decoder.decode(bytes, { stream: true }) : bytes.toString('latin1'))
    if (text !== '') yield encode(text)
  }
  const rest = redactor.push(decoder?.decode() ?? '') + redactor.end()
  if (rest !== '') yield encode(rest)
}

function wideDecoder(first: Uint8Array): WideDecoder | null {
  const mark = UTF16.findIndex((bytes) => bytes.every((byte, index) => first[index] === byte))
  return mark < 0 ? null : new TextDecoder(mark === 0 ? 'utf-16le' : 'utf-16be')
}

async function* fromNextLine(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let hasBegun = false
  for await (const part of source) {
    const start: number = hasBegun ? 0 : part.indexOf(10) + 1
    if (hasBegun || start > 0) yield part.subarray(start)
    hasBegun ||= start > 0
  }
}

async function* first(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let left = maxBytes
  for await (const part of source) {
    yield part.subarray(0, left)
    left -= Math.min(left, part.length)
    if (left === 0) return
  }
}
