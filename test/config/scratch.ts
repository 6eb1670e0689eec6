// A folder for one test, with the files it asks for.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'

export interface Scratch {
  readonly folder: string
  /** Writes a file (0600 unless told otherwise), with the folders it needs; answers with its path. */
  write(name: string, text: string | Uint8Array, mode?: number): string
}

const closers = new WeakMap<TestContext, (() => unknown)[]>()

/** Closes what works in a scratch folder of the test before that goes: the runner ends what began first, first. */
export function closedFirst(context: TestContext, close: () => unknown): void {
  const list = closers.get(context) ?? []
  closers.set(context, [...list, close])
}

/** An empty folder that goes with the test. */
export function scratch(context: TestContext): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  context.after(async () => {
    for (const close of (closers.get(context) ?? []).splice(0).reverse()) await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    write(name, text, mode = 0o600) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      chmodSync(path, mode)
      return path
    },
  }
}
