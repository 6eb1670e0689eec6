// Records a demo: runs the built program in a terminal of its own, and reads the trace that it leaves.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import type { Size } from './film.ts'

export interface Recording {
  readonly size: Size
  readonly args: readonly string[]
  /** Ends it as soon as this is on its screen, and has been there for `afterMs`. */
  readonly until: RegExp
  readonly afterMs: number
}

/** What a demo may take on a slow machine. */
const LIMIT_MS = 300_000

/** Resolves to the text of the trace. Throws an Error with the last screen if what is awaited never comes. */
export async function recordedDemo({ size, args, until, afterMs }: Recording): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-picture-'))
  const trace = join(folder, 'trace.jsonl')
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true })
  const child = pty.spawn(process.execPath, ['bin/pgdeck.js', 'demo', '--trace', trace, ...args], {
    cols: size.columns,
    rows: size.rows,
    name: 'xterm-256color',
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', PGDECK_STATE_DIR: join(folder, 'state') } as Record<
      string,
      string
    >,
  })
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve()))
  try {
    const seen = new Promise<void>((resolve) => {
      child.onData((data) => terminal.write(data, () => until.test(textOf(terminal)) && resolve()))
    })
    const over = new Promise<never>((_, reject) => {
      const fail = () => reject(new Error(`${until} never came:\n${textOf(terminal)}`))
      setTimeout(fail, LIMIT_MS).unref()
      void ended.then(fail)
    })
    await Promise.race([seen, over])
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    child.kill('SIGTERM')
    await ended
    return readFileSync(trace, 'utf8')
  } finally {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

function textOf(terminal: InstanceType<typeof xterm.Terminal>): string {
  const { active } = terminal.buffer
  return Array.from({ length: terminal.rows }, (_, row) => {
    return active.getLine(active.baseY + row)?.translateToString(true) ?? ''
  }).join('\n')
}
