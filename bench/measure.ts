// The measurements that any full-screen program can be put through: start, a steady window, keys.

import { setTimeout as after } from 'node:timers/promises'
import { openPty, type Pty } from '../test/fakes/pty.ts'
import { usageOf } from './processes.ts'

/** A program to measure, and how to tell that it shows what it is for. */
export interface BenchSubject {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly ready: (screen: string) => boolean
  readonly intervalMs: number
  /** Two keys that are pressed in turn, each of which changes the screen; null: it knows none. */
  readonly keys: readonly [string, string] | null
  readonly quit: string
}

const COLS = 120
const ROWS = 40

export function openSubject(subject: BenchSubject): Pty {
  const { command, args, env } = subject
  return openPty({ command, args, cols: COLS, rows: ROWS, ...(env ? { env } : {}) })
}

export async function closeSubject(subject: BenchSubject, pty: Pty): Promise<void> {
  pty.press(subject.quit)
  const quick = await Promise.race([pty.ended.then(() => true), after(3_000, false)])
  if (!quick) pty.close()
  await pty.ended
}

/** Milliseconds from the start of the process until the screen shows real figures. */
export async function startTime(subject: BenchSubject): Promise<number> {
  const started = performance.now()
  const pty = openSubject(subject)
  try {
    await pty.until(subject.ready, `${subject.name}'s first figures`, 20_000)
    return performance.now() - started
  } finally {
    await closeSubject(subject, pty)
  }
}

export interface Steady {
  readonly cpuSecondsPerMinute: number
  readonly residentMb: number
  readonly bytesPerRefresh: number
}

/** How long after the first figures a program is taken to be settled: engines compile and collect what the start left. */
const SETTLED_MS = 12_000

/** CPU, memory and output over a window of a settled program. */
export async function steady(subject: BenchSubject, pty: Pty, windowMs: number): Promise<Steady> {
  await after(SETTLED_MS)
  const before = usageOf(pty.pid)
  const bytesBefore = Buffer.byteLength(pty.raw())
  const started = performance.now()
  await after(windowMs)
  const elapsed = performance.now() - started
  const now = usageOf(pty.pid)
  return {
    cpuSecondsPerMinute: ((now.cpuSeconds - before.cpuSeconds) * 60_000) / elapsed,
    residentMb: now.residentMb,
    bytesPerRefresh: (Buffer.byteLength(pty.raw()) - bytesBefore) / (elapsed / subject.intervalMs),
  }
}

export interface KeyTimes {
  readonly firstByteMs: Spread
  /** Until the last byte before 30 ms of silence. */
  readonly settledMs: Spread
}

export interface Spread {
  readonly median: number
  readonly p95: number
}

/** Presses keys one at a time, at moments that have nothing to do with the refresh. */
export async function keyTimes({ keys }: BenchSubject, pty: Pty, count: number): Promise<KeyTimes> {
  const first: number[] = []
  const settled: number[] = []
  for (let index = 0; index < count; index++) {
    await after(120 + ((index * 37) % 90))
    const times = await onePress(pty, keys?.[index % 2] ?? ' ')
    if (times === null) continue
    first.push(times.first)
    settled.push(times.last)
  }
  return { firstByteMs: spread(first), settledMs: spread(settled) }
}

function onePress(pty: Pty, key: string): Promise<{ first: number; last: number } | null> {
  return new Promise((resolve) => {
    let first: number | null = null
    let last = 0
    let silence: NodeJS.Timeout
    const done = () => {
      stop()
      resolve(first === null ? null : { first, last })
    }
    const stop = pty.onOutput(() => {
      last = performance.now() - pressed
      first ??= last
      clearTimeout(silence)
      silence = setTimeout(done, 30)
    })
    const pressed = performance.now()
    silence = setTimeout(done, 2_000)
    pty.press(key)
  })
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { median: at(0.5), p95: at(0.95) }
}
