// A log file that was found, wherever it is, and the taking of it: unpacked, without secrets, within a limit.

import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createRedactor } from '../../model/logs/redact.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

/** A file that can be taken. */
export interface LogFile {
  readonly path: string
  /** Where it is, in words: `host h1`, `db-1 by SQL`. */
  readonly where: string
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  /** Its bytes, the last `maxBytes` of them where it is longer. Throws FaultError. */
  open(maxBytes: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** Packed in a way that can't be unpacked here, so that nobody can look for secrets in it. */
const UNREADABLE = /\.(?:xz|bz2|zst|lz4|zip|7z|rar|lzma|tar|tgz|tar\.gz)$/i
const PACKED = /\.gz$/i

/** Why a file is not taken, whatever its size; null when it can be. */
export function whyNotCollected({ path }: Pick<LogFile, 'path'>): string | null {
  const [ending] = UNREADABLE.exec(path) ?? []
  return ending === undefined ? null : `pgdeck can’t unpack ${ending}, so it can’t find secrets in it`
}

/** True for a file that is unpacked: its size says nothing about its content's. */
export function isCompressed({ path }: Pick<LogFile, 'path'>): boolean {
  return PACKED.test(path)
}

/** What goes into the archive of a file; at most `maxBytes`, the end of it, or of a packed one the beginning. */
export async function* redactedContent(
  file: LogFile,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!isCompressed(file)) {
    // A line cut in two could hold the half of a secret whose first half told what it is.
    const source = file.open(Math.min(maxBytes, file.bytes), signal)
    yield* redactedStream(maxBytes < file.bytes ? fromNextLine(source) : source)
    return
  }
  const packed = Readable.from(file.open(file.bytes, signal))
  const content = createGunzip()
  // Whichever ends first ends the other. How it ended is told by what is read of it.
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

/** Bytes without secrets. Text of two bytes a letter becomes UTF-8; everything else stays byte by byte as it is. */
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
