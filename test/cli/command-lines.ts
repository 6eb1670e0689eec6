// Several command lines in one process, for tests of what is printed: to start the program takes longer than most commands.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { type Ended, type StartOptions, start } from './process.ts'

const RUNNER = fileURLToPath(new URL('./run-lines.ts', import.meta.url))

export type Printed = Pick<Ended, 'code' | 'out' | 'err'>

/** Runs the lines one after the other; answers with what each printed and its exit code. */
export async function runLines(
  context: TestContext,
  lines: readonly (readonly string[])[],
  options: StartOptions,
): Promise<readonly Printed[]> {
  const given = join(options.cwd, 'lines.json')
  writeFileSync(given, JSON.stringify(lines))
  const { code, out, err } = await start(context, [process.execPath, '--import', TYPESCRIPT, RUNNER, given], options)
    .ended
  if (code !== 0) throw new Error(`a command line ended the process with ${code}: ${out}${err}`)
  return JSON.parse(out)
}
