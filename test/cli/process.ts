// Runs pgdeck as the shell does, and waits for what it prints.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TYPESCRIPT } from '../fakes/typescript.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves when standard output holds so many whole lines; rejects when it ends before. */
  lines(count: number): Promise<readonly string[]>
  readonly ended: Promise<Ended>
}

export interface StartOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** A file that standard output goes to instead of to the test. */
  readonly stdout?: string
}

/** Starts a program; it ends with the test at the latest. */
export function start(context: TestContext, command: readonly string[], options: StartOptions): Running {
  const [file = '', ...args] = command
  const redirected = options.stdout === undefined ? null : openSync(options.stdout, 'w')
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: options.cwd, PGUSER: 'tester', ...options.env },
    stdio: ['ignore', redirected ?? 'pipe', 'pipe'],
  })
  if (redirected !== null) closeSync(redirected)
  context.after(() => child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
    child.emit('printed')
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, out, err }))
  const whole = () => out.split('\n').slice(0, -1)
  const lines = async (count: number) => {
    while (whole().length < count) {
      const end = await Promise.race([once(child, 'printed').then(() => null), ended])
      if (end && whole().length < count) throw new Error(`ended after ${whole().length} lines: ${end.err}`)
    }
    return whole()
  }
  return { child, lines, ended }
}

/** Starts pgdeck from its sources. */
export function startPgdeck(context: TestContext, args: readonly string[], options: StartOptions): Running {
  return start(context, [process.execPath, '--import', TYPESCRIPT, MAIN, ...args], options)
}
