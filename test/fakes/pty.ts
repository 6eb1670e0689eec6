// A program in a real terminal: a pseudo-terminal runs it, an emulator draws what it writes, keys reach it as bytes.

import { readdirSync, readFileSync } from 'node:fs'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { patiently } from '../wait.ts'

export interface PtyOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cols: number
  readonly rows: number
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
}

export interface Exit {
  /** As a shell would say it: 128 + the signal's number when a signal ended the program. */
  readonly code: number
}

export interface Pty {
  readonly pid: number
  /** What is on the screen now, one line per row, without the spaces at the ends. */
  screen(): string
  /** Resolves with the screen once it is as wanted; rejects, showing the screen, when that takes too long or the program ends. */
  until(wanted: (screen: string) => boolean, what: string, limitMs?: number): Promise<string>
  press(keys: string): void
  /** Much at once, as a terminal sends it: in pieces, with what the program draws read meanwhile. */
  pour(text: string): Promise<void>
  resize(cols: number, rows: number): void
  signal(name: NodeJS.Signals): void
  /** The reader stops reading, as a terminal behind a stalled network does, and goes on. */
  stall(): void
  goOn(): void
  /** The terminal goes away, as when the window is closed. */
  hangUp(): void
  /** Resolves once the program has ended and everything it wrote is drawn. */
  readonly ended: Promise<Exit>
  /** Everything it wrote so far. */
  raw(): string
  /** Calls back with each piece of output as it comes, before it is drawn. */
  onOutput(listener: (data: string) => void): () => void
  modes(): TerminalModes
  /** Kills it, if it still runs. */
  close(): void
}

/** What a program may leave behind in a terminal. */
export interface TerminalModes {
  readonly alternateScreen: boolean
  readonly cursorHidden: boolean
  readonly mouse: boolean
  readonly bracketedPaste: boolean
  readonly applicationCursor: boolean
  readonly synchronized: boolean
}

/** Variables by which libraries find out that nobody is looking. */
const CI_VARIABLES = ['CI', 'CONTINUOUS_INTEGRATION', 'BUILD_NUMBER', 'GITHUB_ACTIONS', 'GITLAB_CI', 'BUILDKITE']
/** Less than the kernel keeps for a program that has not read yet. */
const PIECE = 1_024
const PIECE_MS = 5
const PATIENCE_MS = patiently(30_000)

function environment(extra: PtyOptions['env'] = {}): Record<string, string> {
  const merged: NodeJS.ProcessEnv = { ...process.env, TERM: 'xterm-256color', COLORTERM: '', ...extra }
  const dropped = new Set([...CI_VARIABLES, 'NODE_TEST_CONTEXT', 'NODE_OPTIONS', 'NO_COLOR', 'FORCE_COLOR', 'TMUX'])
  const kept = Object.entries(merged).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (entry[0] in extra || !dropped.has(entry[0])),
  )
  return Object.fromEntries(kept)
}

/** Whether the last of the escape sequences that switch a private mode switched it on. */
function lastSwitch(raw: string, modes: readonly number[]): boolean {
  let on = false
  for (const [, numbers, letter] of raw.matchAll(/\x1b\[\?([\d;]+)([hl])/g)) {
    if ((numbers ?? '').split(';').some((number) => modes.includes(Number(number)))) on = letter === 'h'
  }
  return on
}

interface Waiter {
  check(): void
  fail(why: string): void
}

/** Starts a program in a terminal of its own. */
export function openPty(options: PtyOptions): Pty {
  const { command, args, cols, rows } = options
  const emulator = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 })
  const child = spawn(command, [...args], {
    name: options.env?.TERM ?? 'xterm-256color',
    cols,
    rows,
    cwd: options.cwd ?? process.cwd(),
    env: environment(options.env),
  })
  const listeners = new Set<(data: string) => void>()
  const waiters = new Set<Waiter>()
  let raw = ''
  let running = true
  let drawn: Promise<void> = Promise.resolve()
  child.onData((data) => {
    raw += data
    for (const listener of listeners) listener(data)
    drawn = new Promise((resolve) => emulator.write(data, resolve))
    void drawn.then(() => {
      for (const waiter of [...waiters]) waiter.check()
    })
  })
  // Questions of the program (cursor position, colours) are answered as a terminal would.
  emulator.onData((answer) => {
    if (running) child.write(answer)
  })
  const ended = new Promise<Exit>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      running = false
      const code = signal ? 128 + signal : exitCode
      // The last output may come after the exit.
      setImmediate(() => void drawn.then(() => resolve({ code })))
    })
  })
  void ended.then(({ code }) => {
    for (const waiter of [...waiters]) waiter.fail(`the program ended with code ${code}`)
  })
  const screen = () => screenOf(emulator)
  return {
    pid: child.pid,
    screen,
    until: (wanted, what, limitMs = PATIENCE_MS) => watch(waiters, screen, wanted, what, limitMs),
    press: (keys) => child.write(keys),
    async pour(text) {
      // A write to a full terminal is tried again and again below Node, and nothing is read until it succeeds: a program
      // that has ended must be noticed before the kernel's 64 kB are full.
      for (let at = 0; at < text.length && running; at += PIECE) {
        child.write(text.slice(at, at + PIECE))
        await new Promise((resolve) => setTimeout(resolve, PIECE_MS))
      }
    },
    resize(newCols, newRows) {
      emulator.resize(newCols, newRows)
      child.resize(newCols, newRows)
    },
    signal: (name) => child.kill(name),
    stall: () => child.pause(),
    goOn: () => child.resume(),
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    ended,
    raw: () => raw,
    onOutput(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    modes: () => ({
      alternateScreen: emulator.buffer.active.type === 'alternate',
      cursorHidden: !lastSwitch(`\x1b[?25h${raw}`, [25]),
      mouse: lastSwitch(raw, [9, 1000, 1002, 1003, 1006]),
      bracketedPaste: lastSwitch(raw, [2004]),
      applicationCursor: lastSwitch(raw, [1]),
      synchronized: lastSwitch(raw, [2026]),
    }),
    close() {
      if (running) child.kill('SIGKILL')
    },
  }
}

function screenOf(emulator: InstanceType<typeof xterm.Terminal>): string {
  const { active } = emulator.buffer
  const lines = Array.from({ length: emulator.rows }, (_, row) => {
    return active.getLine(active.baseY + row)?.translateToString(true) ?? ''
  })
  return lines.join('\n')
}

function watch(
  waiters: Set<Waiter>,
  screen: () => string,
  wanted: (screen: string) => boolean,
  what: string,
  limitMs: number,
): Promise<string> {
  if (wanted(screen())) return Promise.resolve(screen())
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      waiters.delete(waiter)
    }
    const waiter: Waiter = {
      check() {
        if (!wanted(screen())) return
        settle()
        resolve(screen())
      },
      fail(why) {
        settle()
        reject(new Error(`the screen never showed ${what}: ${why}; the last screen:\n${screen()}`))
      },
    }
    const timer = setTimeout(() => waiter.fail(`not within ${limitMs / 1000} s`), limitMs)
    waiters.add(waiter)
  })
}

/** A process as /proc knows it: its number alone may be used again by another. */
export interface ProcessId {
  readonly pid: number
  readonly startedAt: string
  readonly name: string
}

function readProcess(pid: number): (ProcessId & { readonly parent: number; readonly state: string }) | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { pid, name, state: fields[0] ?? '', parent: Number(fields[1]), startedAt: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** A process and everything below it. Linux only. */
export function familyOf(pid: number): readonly ProcessId[] {
  const all = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? [readProcess(Number(entry))] : []))
  const family = new Set([pid])
  for (let grew = true; grew; ) {
    grew = false
    for (const process of all) {
      if (process !== null && family.has(process.parent) && !family.has(process.pid)) {
        family.add(process.pid)
        grew = true
      }
    }
  }
  return all.filter((process) => process !== null && family.has(process.pid)) as ProcessId[]
}

/** Those of the processes that still run; one that only waits to be collected by its parent does not count. */
export function survivorsOf(processes: readonly ProcessId[]): readonly ProcessId[] {
  return processes.filter(({ pid, startedAt }) => {
    const now = readProcess(pid)
    return now !== null && now.startedAt === startedAt && now.state !== 'Z'
  })
}
