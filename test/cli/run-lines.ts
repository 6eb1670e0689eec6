// Runs the command lines of a file (JSON: a list of lists of words) as src/main.ts runs one; prints what each printed.

import { readFileSync } from 'node:fs'
import { runCommandLine } from '../../src/cli/run.ts'

const [, , file = ''] = process.argv
const lines: readonly (readonly string[])[] = JSON.parse(readFileSync(file, 'utf8'))
const writes = { out: process.stdout.write, err: process.stderr.write }
const printed: object[] = []

for (const words of lines) {
  const said = { out: '', err: '' }
  const taking = (name: 'out' | 'err') =>
    function write(text: string, ...more: readonly unknown[]) {
      said[name] += text
      const done = more.at(-1)
      if (typeof done === 'function') done()
      return true
    }
  Object.assign(process.stdout, { write: taking('out') })
  Object.assign(process.stderr, { write: taking('err') })
  const code = await runCommandLine(['node', 'pgdeck', ...words])
  // Each call listens for what nobody caught, until the end of its process.
  for (const emitter of [process, process.stdout, process.stderr]) {
    for (const name of ['uncaughtException', 'error']) emitter.removeAllListeners(name)
  }
  printed.push({ code, ...said })
}
Object.assign(process.stdout, { write: writes.out })
Object.assign(process.stderr, { write: writes.err })
process.stdout.write(JSON.stringify(printed), () => process.exit())
