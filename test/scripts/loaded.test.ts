// What a command loads of the bundle: one that prints must not pay for the screen, nor for what only the screen measures.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { simulatedCluster } from '../../bench/fleet/cluster.ts'
import { simulatedServer } from '../../bench/fleet/wire.ts'
import { patiently } from '../wait.ts'

/** Libraries that only some commands need, and modules of Node that cost much: the last reads all root certificates. */
const LIBRARIES = [
  'react',
  'react-reconciler',
  'ink',
  'yoga-layout',
  'systeminformation',
  'prom-client',
  'execa',
  'node:http',
  'node:https',
  'node:tls',
] as const

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-loaded-'))
const [node] = simulatedCluster(0, 1)
const server = node ? simulatedServer(node) : null

before(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'pipe' })
  server?.listen(0, '127.0.0.1')
  if (server) await once(server, 'listening')
})

after(() => {
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

function config(): string {
  const address = server?.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const dsn = `postgresql://pgdeck@127.0.0.1:${port}/postgres?sslmode=disable`
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify({ clusters: [{ name: 'one', databases: [{ name: 'db-1', dsn }] }] }), {
    mode: 0o600,
  })
  return file
}

interface Ran {
  readonly stdout: string
  /** Libraries in the bundle, by whether the code of any of their modules ran. */
  readonly libraries: ReadonlyMap<string, boolean>
}

/** Runs pgdeck; which modules ran is told by the engine's own coverage: in the bundle each is a function named by its file. */
async function ran(args: readonly string[]): Promise<Ran> {
  const coverage = mkdtempSync(join(folder, 'coverage-'))
  const env = { ...process.env, NODE_V8_COVERAGE: coverage, PGDECK_STATE_DIR: join(folder, 'state'), NODE_OPTIONS: '' }
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['bin/pgdeck.js', ...args], { env, timeout: patiently(20_000) }, (_, printed) =>
      resolve(printed),
    )
  })
  const libraries = new Map<string, boolean>()
  for (const name of readdirSync(coverage)) {
    const report: Coverage = JSON.parse(readFileSync(join(coverage, name), 'utf8'))
    for (const { functionName, ranges } of report.result.flatMap(({ functions }) => functions)) {
      const library = /(?:node_modules\/((?:@[^/]+\/)?[^/]+)\/|^builtin:(.*))/
        .exec(functionName)
        ?.slice(1)
        .find(Boolean)
      if (library) libraries.set(library, libraries.get(library) === true || (ranges[0]?.count ?? 0) > 0)
    }
  }
  return { stdout, libraries }
}

interface Coverage {
  readonly result: readonly {
    readonly functions: readonly {
      readonly functionName: string
      readonly ranges: readonly { readonly count: number }[]
    }[]
  }[]
}

describe('the bundle', () => {
  test('status reads a database without the screen and without what only others need', async () => {
    const { stdout, libraries } = await ran(['status', '--json', '--config', config()])
    assert.match(stdout, /"role": "primary"/)
    for (const library of LIBRARIES) assert.equal(libraries.get(library), false, library)
    assert.equal(libraries.get('pg'), true, 'what does run is seen to run')
  })

  test('version runs next to nothing', async () => {
    const { stdout, libraries } = await ran(['version'])
    assert.match(stdout, /\d+\.\d+\.\d+/)
    for (const library of [...LIBRARIES, 'pg', 'zod']) assert.equal(libraries.get(library), false, library)
  })

  test('zod brings no languages', () => {
    const text = readFileSync('dist/pgdeck.js', 'utf8')
    assert.ok(text.includes('node_modules/zod/v4/core/core.js'))
    assert.ok(!text.includes('zod/v4/locales/fr.js'))
  })
})
