// A terminal in memory: what the program writes is drawn by a real emulator, what is typed reaches the program.

import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import { patiently } from '../wait.ts'

/** How long a frame may take to come before a test fails; nothing waits for it when it comes. */
const PATIENCE_MS = patiently(10_000)

interface Waiter {
  readonly wanted: (screen: string) => boolean
  readonly resolve: (screen: string) => void
}

class Output extends EventEmitter {
  readonly isTTY = true
  columns: number
  rows: number
  readonly writable = true
  bytes = 0
  readonly #emulator: InstanceType<typeof xterm.Terminal>
  readonly #drawn: () => void

  constructor(emulator: InstanceType<typeof xterm.Terminal>, drawn: () => void) {
    super()
    this.columns = emulator.cols
    this.rows = emulator.rows
    this.#emulator = emulator
    this.#drawn = drawn
  }

  write(data: string, done?: unknown, last?: unknown): boolean {
    this.bytes += Buffer.byteLength(data)
    this.#emulator.write(data, () => {
      this.#drawn()
      for (const callback of [done, last]) if (typeof callback === 'function') callback()
    })
    return true
  }
}

class Input extends PassThrough {
  readonly isTTY = true
  isRaw = false

  setRawMode(raw: boolean): this {
    this.isRaw = raw
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

export interface FakeTerminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly emulator: InstanceType<typeof xterm.Terminal>
  /** What is on the screen now, one line per row, spaces at the ends left out. */
  screen(): string
  /** Resolves with the screen as soon as it is as wanted. */
  until(wanted: (screen: string) => boolean, what: string): Promise<string>
  type(keys: string): void
  resize(columns: number, rows: number): void
  bytes(): number
  isRaw(): boolean
}

/** A terminal of the given size. */
export function fakeTerminal(columns: number, rows: number): FakeTerminal {
  // A terminal's driver turns a line feed into a carriage return and a line feed.
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0, convertEol: true })
  const waiters = new Set<Waiter>()
  const screen = () => {
    const { active } = emulator.buffer
    const lines = Array.from({ length: emulator.rows }, (_, row) => {
      return active.getLine(active.baseY + row)?.translateToString(true) ?? ''
    })
    return lines.join('\n')
  }
  const output = new Output(emulator, () => {
    for (const waiter of [...waiters]) if (waiter.wanted(screen())) waiter.resolve(screen())
  })
  const input = new Input()
  return {
    stdin: input as unknown as NodeJS.ReadStream,
    stdout: output as unknown as NodeJS.WriteStream,
    emulator,
    screen,
    until(wanted, what) {
      if (wanted(screen())) return Promise.resolve(screen())
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter)
          reject(new Error(`the screen never showed ${what}; it shows\n${screen()}`))
        }, PATIENCE_MS)
        const waiter: Waiter = {
          wanted,
          resolve: (frame) => {
            clearTimeout(timer)
            waiters.delete(waiter)
            resolve(frame)
          },
        }
        waiters.add(waiter)
      })
    },
    type: (keys) => void input.write(keys),
    resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows)
      output.columns = newColumns
      output.rows = newRows
      output.emit('resize')
    },
    bytes: () => output.bytes,
    isRaw: () => input.isRaw,
  }
}
