// What a command loads of the bundle: one that prints must not pay for the screen, nor for what only the screen measures.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { simulatedCluster } from '../../bench/fleet/cluster.ts'
import { simulatedServer } from '../../bench/fleet/wire.ts'

/** A piece of text that only this library's code has. */
const MARKS = {
  React: 'react.transitional.element',
  Ink: 'ink-text',
  Yoga: 'AGFzbQ',
  systeminformation: 'getStaticData',
  'prom-client': 'collectDefaultMetrics',
  execa: 'forceKillAfterDelay',
} as const

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

/** Runs pgdeck; answers with the text of each file of the bundle that it loaded, as the engine's own coverage lists them. */
async function loadedBy(
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly files: readonly string[] }> {
  const coverage = mkdtempSync(join(folder, 'coverage-'))
  const env = { ...process.env, NODE_V8_COVERAGE: coverage, PGDECK_STATE_DIR: join(folder, 'state'), NODE_OPTIONS: '' }
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['bin/pgdeck.js', ...args], { env, timeout: 20_000 }, (_, printed) => resolve(printed))
  })
  const urls = readdirSync(coverage).flatMap((name) => {
    const report: { result: { url: string }[] } = JSON.parse(readFileSync(join(coverage, name), 'utf8'))
    return report.result.map(({ url }) => url)
  })
  const bundle = [...new Set(urls)].filter((url) => url.includes('/dist/'))
  return { stdout, files: bundle.map((url) => readFileSync(fileURLToPath(url), 'utf8')) }
}

describe('the bundle', () => {
  test('each mark is in it, or its absence would prove nothing', () => {
    const files = readdirSync('dist/chunks').map((name) => readFileSync(join('dist/chunks', name), 'utf8'))
    for (const [library, mark] of Object.entries(MARKS)) {
      assert.ok(
        files.some((text) => text.includes(mark)),
        library,
      )
    }
  })

  test('status reads a database without the screen and without what only the screen measures', async () => {
    const { stdout, files } = await loadedBy(['status', '--json', '--config', config()])
    assert.match(stdout, /"role": "primary"/)
    assert.ok(files.length > 2, `${files.length} files of the bundle loaded`)
    for (const [library, mark] of Object.entries(MARKS)) {
      assert.equal(files.filter((text) => text.includes(mark)).length, 0, `status loads ${library}`)
    }
  })

  test('version loads next to nothing', async () => {
    const { stdout, files } = await loadedBy(['version'])
    assert.match(stdout, /\d+\.\d+\.\d+/)
    const bytes = files.reduce((sum, text) => sum + text.length, 0)
    assert.ok(bytes < 250_000, `${bytes} bytes of the bundle`)
  })
})
