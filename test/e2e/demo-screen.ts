// `pgdeck demo` as a user starts it: the bundle, in a terminal of its own, with a state folder of its own.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { familyOf, openPty, type ProcessId, type Pty, survivorsOf } from '../fakes/pty.ts'
import { patiently } from '../wait.ts'

const PROGRAM = 'bin/pgdeck.js'

export interface DemoScreenOptions {
  readonly cols?: number
  readonly rows?: number
  readonly args?: readonly string[]
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Bundles what is in src now, so that no test judges an older program. */
export function build(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'pipe' })
}

/** Starts the demo, without the life that no test asks for; it is ended, and its state folder removed, when the test is over. */
export function openDemo(test: Pick<TestContext, 'after'>, options: DemoScreenOptions = {}): Pty {
  const { cols = 120, rows = 40, args = [], nodeArgs = [], env = {} } = options
  const state = mkdtempSync(join(tmpdir(), 'pgdeck-test-state-'))
  const pty = openPty({
    command: process.execPath,
    args: [...nodeArgs, PROGRAM, 'demo', '--calm', ...args],
    cols,
    rows,
    env: { PGDECK_STATE_DIR: state, ...env },
  })
  test.after(async () => {
    pty.close()
    await pty.ended
    rmSync(state, { recursive: true, force: true })
  })
  return pty
}

/** True once the demo is up: three servers, the primary, and a replica that streams. */
export function allUp(screen: string): boolean {
  return /SERVERS\s+3 of 3 up/.test(screen) && /DATABASES\s+2 of 2 up/.test(screen) && /● streaming/.test(screen)
}

/** Resolves once none of the processes runs any more; rejects with those that do. */
export async function gone(processes: readonly ProcessId[], limitMs = patiently(10_000)): Promise<void> {
  const deadline = Date.now() + limitMs
  while (survivorsOf(processes).length > 0) {
    if (Date.now() > deadline) {
      const left = survivorsOf(processes).map(({ pid, name }) => `${name} (${pid})`)
      throw new Error(`still running ${limitMs / 1000} s after the end: ${left.join(', ')}`)
    }
    // Other processes end without telling this one: looking again is the only way.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The demo's processes: the program itself and everything it started. */
export function processesOf(pty: Pty): readonly ProcessId[] {
  return familyOf(pty.pid)
}
