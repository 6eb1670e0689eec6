// What the published package holds, file by file: nothing that it does not need, nothing missing, no dependencies.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const FILES = [
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
  'README.md',
  'bin/other-node.js',
  'bin/pgdeck.js',
  'config.example.json',
  'config.schema.json',
  'dist/LICENSES.txt',
  'dist/pgdeck.js',
  'docs/pgdeck-metrics.service',
  'docs/pgdeck.1',
  'package.json',
]
const LARGEST_BYTES = 6_000_000

test('the package holds these files and no others', (context) => {
  const cache = mkdtempSync(join(tmpdir(), 'pgdeck-test-npm-'))
  context.after(() => rmSync(cache, { recursive: true, force: true }))
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline', '--cache', cache]
  const printed = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [packed] = JSON.parse(printed)
  assert.deepEqual(packed.files.map(({ path }: { path: string }) => path).toSorted(), FILES.toSorted())
  assert.ok(packed.unpackedSize < LARGEST_BYTES, `${packed.unpackedSize} bytes`)
})

test('it needs nothing else, and runs nothing when it is installed', () => {
  const described = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    assert.equal(described[kind], undefined, kind)
  }
  for (const script of ['preinstall', 'install', 'postinstall'])
    assert.equal(described.scripts[script], undefined, script)
})
