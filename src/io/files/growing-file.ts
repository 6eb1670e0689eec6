// A new file that others may read while it grows. Writing it never makes the program wait for the disk.

import { closeSync, write, writeSync } from 'node:fs'
import { openNamedOutputFile, outputFileError } from './output-file.ts'

export interface GrowingFile {
  /** Adds a text, usually a line. Does not wait and does not throw. After the end the function is not called. */
  write(text: () => string): void
  /** Resolves when everything is written and the file is closed. */
  close(): Promise<void>
}

export interface GrowingFileOptions {
  readonly path: string
  /** Replace an existing plain file. */
  readonly force: boolean
  /** Largest size, including the last text. */
  readonly maxBytes: number
  /** Largest amount that may wait for a slow disk. */
  readonly maxWaitingBytes: number
  /** The last text of a file that ends because of a limit. At most LAST_BYTES long. */
  readonly lastText: (limit: 'size' | 'disk') => string
  /** Called once, when nothing more can be written. */
  readonly onFailed: (problem: string) => void
}

export const LAST_BYTES = 512

/** Creates the file, readable only by its owner. Throws FileError. */
export function openGrowingFile(options: GrowingFileOptions): GrowingFile {
  return new QueuedFile(options)
}

class QueuedFile implements GrowingFile {
  readonly #options: GrowingFileOptions
  readonly #descriptor: number
  #queue: Buffer[] = []
  #waitingBytes = 0
  #bytes = 0
  #isWriting = false
  #isEnded = false
  #isClosed = false
  #closed: PromiseWithResolvers<void> | null = null
  readonly #atExit = () => this.#writeRest()

  constructor(options: GrowingFileOptions) {
    this.#options = options
    this.#descriptor = openNamedOutputFile(options.path, options)
    process.on('exit', this.#atExit)
  }

  write(text: () => string): void {
    if (this.#isEnded) return
    const bytes = Buffer.from(text())
    const { maxBytes, maxWaitingBytes, lastText } = this.#options
    const limit =
      this.#bytes + bytes.length > maxBytes - LAST_BYTES
        ? 'size'
        : this.#waitingBytes + bytes.length > maxWaitingBytes
          ? 'disk'
          : null
    if (limit !== null) this.#isEnded = true
    this.#add(limit === null ? bytes : Buffer.from(lastText(limit)))
  }

  close(): Promise<void> {
    this.#isEnded = true
    this.#closed ??= Promise.withResolvers<void>()
    this.#next()
    return this.#closed.promise
  }

  #add(bytes: Buffer): void {
    this.#bytes += bytes.length
    this.#waitingBytes += bytes.length
    this.#queue.push(bytes)
    this.#next()
  }

  /** One write at a time, of everything that waits: the file has whole lines whenever the program is killed. */
  #next(): void {
    if (this.#isWriting) return
    const bytes = Buffer.concat(this.#queue.splice(0))
    this.#isWriting = bytes.length > 0
    if (this.#isWriting) this.#writeAll(bytes, 0)
    else this.#finish()
  }

  #writeAll(bytes: Buffer, from: number): void {
    write(this.#descriptor, bytes, from, bytes.length - from, null, (error, written) => {
      if (error) this.#fail(error)
      else if (from + written < bytes.length) {
        this.#writeAll(bytes, from + written)
        return
      }
      this.#isWriting = false
      this.#waitingBytes -= bytes.length
      this.#next()
    })
  }

  #fail(error: unknown): void {
    this.#isEnded = true
    this.#queue = []
    this.#options.onFailed(outputFileError(this.#options.path, error).message)
  }

  #finish(): void {
    if (!this.#closed || this.#isClosed) return
    this.#isClosed = true
    process.off('exit', this.#atExit)
    closeSync(this.#descriptor)
    this.#closed.resolve()
  }

  /** A program that ends by a defect still writes its last lines, unless the disk hangs. */
  #writeRest(): void {
    if (this.#isWriting) return
    try {
      writeSync(this.#descriptor, Buffer.concat(this.#queue.splice(0)))
    } catch {
      // The program is ending: no one can be notified.
    }
  }
}
