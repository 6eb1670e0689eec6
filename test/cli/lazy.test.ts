// Commands without a screen start fast: what they import, directly or not, has no part of the screen's libraries.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
// Types leave no trace at run time, and `import()` is what keeps a module out until it is needed.
const STATIC_IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm

interface Loaded {
  readonly packages: ReadonlySet<string>
  /** From the top of `src`. */
  readonly files: readonly string[]
}

/** What a file brings along when it is loaded. */
function loadedBy(entry: string): Loaded {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const open = [join(SRC, entry)]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    if (file.endsWith('.json') || !existsSync(file)) continue
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      if (specifier.startsWith('.')) open.push(resolve(dirname(file), specifier))
      else packages.add(specifier)
    }
  }
  return { packages, files: [...seen].map((file) => relative(SRC, file)) }
}

const COMMANDS = readdirSync(join(SRC, 'cli/commands')).sort()
/** `run.ts`; `run-audit.ts` of a command with commands of its own. */
const RUN = /^run(?:-[\w-]+)?\.ts$/
const WITH_SCREEN = ['demo', 'watch']

function runsOf(command: string): readonly string[] {
  const files = readdirSync(join(SRC, 'cli/commands', command)).filter((file) => RUN.test(file))
  return files.map((file) => `cli/commands/${command}/${file}`)
}

test('each command is a folder that says what it takes and, apart from that, does it', () => {
  for (const command of COMMANDS) {
    assert.ok(existsSync(join(SRC, 'cli/commands', command, 'declare.ts')), command)
    assert.notEqual(runsOf(command).length, 0, command)
  }
})

const PRINTING = ['main.ts', ...COMMANDS.filter((command) => !WITH_SCREEN.includes(command)).flatMap(runsOf)]

for (const entry of PRINTING) {
  test(`${entry} loads neither React nor Ink nor systeminformation`, () => {
    const { packages } = loadedBy(entry)
    for (const heavy of ['react', 'react/jsx-runtime', 'ink', 'systeminformation'])
      assert.equal(packages.has(heavy), false, heavy)
  })
}

// They are needed once somebody diagnoses, reports, or asks why a server does not start.
const ON_DEMAND = ['model/logs/messages/', 'model/settings/parameter', 'model/diagnosis/start/', 'runtime/diagnosis/']

for (const entry of [
  'cli/commands/status/run.ts',
  'cli/commands/watch/run.ts',
  'cli/commands/check/run.ts',
  'ui/start.tsx',
]) {
  test(`${entry} loads neither the languages of logs nor the parameters of servers`, () => {
    const { files } = loadedBy(entry)
    assert.notEqual(files.length, 0)
    assert.deepEqual(
      files.filter((file) => ON_DEMAND.some((folder) => file.startsWith(folder))),
      [],
    )
  })
}

test('the program itself loads what every command takes, the argument parser, and no command nor database driver', () => {
  const { packages, files } = loadedBy('main.ts')
  assert.equal(packages.has('commander'), true)
  for (const command of COMMANDS) assert.ok(files.includes(join('cli/commands', command, 'declare.ts')), command)
  assert.deepEqual(
    files.filter((file) => RUN.test(basename(file)) && file.startsWith('cli/commands/')),
    [],
  )
  for (const heavy of ['pg', 'zod', 'execa', 'jsonc-parser/lib/esm/main.js'])
    assert.equal(packages.has(heavy), false, heavy)
})
