// Writes to a terminal that may not read: Node's own write would block, and everything else with it.

import { closeSync, constants, openSync, writeSync } from 'node:fs'

export interface TerminalOutput {
  /** The terminal stream, but writing to it never blocks. */
  readonly stream: NodeJS.WriteStream
  /** True while the terminal has not accepted everything. */
  isBehind(): boolean
  /**
   * Called when the terminal accepted everything after a delay; `lost` says that something was dropped. Returns a
   * function that ends it.
   */
  onCaughtUp(listener: (lost: boolean) => void): () => void
  /** For the last output of a program: waits a moment for the terminal, then drops the rest. */
  settle(): void
  /** From now on writing blocks again. */
  close(): void
}

/** For a terminal that does not read, at most some screens are kept. */
const MOST_BYTES = 512 * 1024
/** The sequences that begin and end a frame, each written by itself. */
const FRAME_BEGINS = '\x1b[?2026h'
const FRAME_ENDS = '\x1b[?2026l'
const FIRST_RETRY_MS = 5
const LAST_RETRY_MS = 100
const SETTLES_WITHIN_MS = 250

/** If the terminal can't be opened a second time (on systems other than Linux), writing is unchanged. */
export function nonBlockingOutput(stdout: NodeJS.WriteStream): TerminalOutput {
  const opened = openAgain(stdout)
  return opened === null ? plain(stdout) : new NonBlockingOutput(stdout, opened)
}

/** A descriptor of its own: other programs on this terminal do not expect that a write fails. */
function openAgain(stdout: NodeJS.WriteStream & { readonly fd?: number }): number | null {
  if (process.platform !== 'linux' || !stdout.isTTY || typeof stdout.fd !== 'number') return null
  try {
    return openSync(`/proc/self/fd/${stdout.fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return null
  }
}

function plain(stream: NodeJS.WriteStream): TerminalOutput {
  return { stream, isBehind: () => false, onCaughtUp: () => () => {}, settle() {}, close() {} }
}

/** Libraries restore the cursor when the process exits, and Node would wait for ever until this terminal accepts that. */
function hush(): void {
  for (const stream of [process.stdout, process.stderr]) if (stream.isTTY) stream.write = () => true
}

type Done = (error?: Error | null) => void

class NonBlockingOutput implements TerminalOutput {
  readonly stream: NodeJS.WriteStream
  readonly #fd: number
  readonly #listeners = new Set<(lost: boolean) => void>()
  #pending = Buffer.alloc(0)
  #waiting: Done[] = []
  #lost = false
  #closed = false
  #isEnding = false
  #timer: NodeJS.Timeout | undefined
  #held: NodeJS.Immediate | undefined

  constructor(stdout: NodeJS.WriteStream, fd: number) {
    this.#fd = fd
    const write = (data: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done) =>
      this.#closed ? stdout.write(data as string, encoding as BufferEncoding, done) : this.#write(data, encoding, done)
    this.stream = new Proxy(stdout, {
      get(target, name) {
        if (name === 'write') return write
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  isBehind(): boolean {
    return this.#pending.length > 0
  }

  onCaughtUp(listener: (lost: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  settle(): void {
    const until = performance.now() + SETTLES_WITHIN_MS
    const clock = new Int32Array(new SharedArrayBuffer(4))
    while (this.isBehind() && performance.now() < until) {
      Atomics.wait(clock, 0, 0, FIRST_RETRY_MS)
      this.#flush()
    }
    // A waiting write would keep the program from ending.
    this.#isEnding = true
    if (this.isBehind()) {
      this.#pending = Buffer.alloc(0)
      hush()
    }
    this.#release()
  }

  close(): void {
    if (this.#closed) return
    this.settle()
    this.#closed = true
    clearTimeout(this.#timer)
    clearImmediate(this.#held)
    closeSync(this.#fd)
  }

  #write(data: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean {
    const after = typeof encoding === 'function' ? encoding : done
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
    if (this.#pending.length + bytes.length > MOST_BYTES) this.#lost = true
    else if (bytes.length > 0) this.#pending = Buffer.concat([this.#pending, bytes])
    this.#send(data)
    if (after && this.isBehind() && !this.#isEnding) this.#waiting.push(after)
    else if (after) queueMicrotask(after)
    return !this.isBehind()
  }

  /**
   * A frame is written as a whole, because each write wakes the terminal. An unfinished frame is written a moment
   * later.
   */
  #send(newest: string | Uint8Array): void {
    if (this.#held !== undefined && newest === FRAME_ENDS) {
      clearImmediate(this.#held)
      this.#held = undefined
    }
    if (this.#timer !== undefined || this.#held !== undefined) return
    if (newest === FRAME_BEGINS && !this.#isEnding) this.#held = setImmediate(() => this.#send(FRAME_ENDS))
    else this.#attempt(FIRST_RETRY_MS)
  }

  #attempt(retryMs: number): void {
    this.#timer = undefined
    this.#flush()
    if (this.isBehind()) {
      const next = Math.min(retryMs * 2, LAST_RETRY_MS)
      this.#timer = setTimeout(() => this.#retry(next), retryMs)
    }
  }

  #retry(nextMs: number): void {
    this.#attempt(nextMs)
    if (this.isBehind()) return
    this.#release()
    const lost = this.#lost
    this.#lost = false
    for (const listener of [...this.#listeners]) listener(lost)
  }

  #release(): void {
    for (const done of this.#waiting.splice(0)) done()
  }

  /** Writes as much as it accepts now. A terminal that is gone accepts everything: its signal is on the way. */
  #flush(): void {
    try {
      while (this.isBehind()) this.#pending = this.#pending.subarray(writeSync(this.#fd, this.#pending))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#pending = Buffer.alloc(0)
    }
  }
}
