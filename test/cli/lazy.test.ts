// Commands without a screen start fast: what they import, directly or not, has no part of the screen's libraries.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
// Types leave no trace at run time, and `import()` is what keeps a module out until it is needed.
const STATIC_IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm

/** The packages that a file brings along when it is loaded. */
function packagesOf(entry: string): ReadonlySet<string> {
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
  return packages
}

const PRINTING = [
  ...[
    'main.ts',
    'cli/commands/status/run.ts',
    'cli/commands/topology/run.ts',
    'cli/commands/check/run.ts',
    'cli/commands/metrics/run.ts',
    'cli/commands/diagnose/run.ts',
    'cli/commands/doctor/run.ts',
  ],
  ...[
    'cli/commands/hba/run-test.ts',
    'cli/commands/hba/run-audit.ts',
    'cli/commands/do/run.ts',
    'cli/commands/runs/run.ts',
    'cli/commands/audit/run.ts',
    'cli/commands/logs/run.ts',
    'cli/commands/report/run.ts',
  ],
  ...[
    'cli/commands/keys/run.ts',
    'cli/commands/config/run.ts',
    'cli/commands/completion/run.ts',
    'cli/commands/version/run.ts',
  ],
]

for (const entry of PRINTING) {
  test(`${entry} loads neither React nor Ink nor systeminformation`, () => {
    assert.ok(existsSync(join(SRC, entry)), 'there is such a file')
    const loaded = packagesOf(entry)
    for (const heavy of ['react', 'react/jsx-runtime', 'ink', 'systeminformation'])
      assert.equal(loaded.has(heavy), false, heavy)
  })
}

test('the program itself loads the argument parser and no database driver', () => {
  const loaded = packagesOf('main.ts')
  assert.equal(loaded.has('commander'), true)
  for (const heavy of ['pg', 'zod', 'execa', 'jsonc-parser/lib/esm/main.js'])
    assert.equal(loaded.has(heavy), false, heavy)
})
