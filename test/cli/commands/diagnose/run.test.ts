// `pgdeck diagnose` as the shell sees it: its document, its text, its exit codes, wrong names.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { freePort } from '../../../../src/io/network/free-port.ts'
import { serveHttp } from '../../../fakes/web.ts'
import { startPgdeck } from '../../process.ts'

async function run(context: TestContext, servers: readonly object[], ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-cli-diagnose-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const databases = [{ name: 'db', dsn: 'postgresql://u@127.0.0.1:1/d' }]
  const clusters = [{ name: 'vault', model: 'shared-database', timeout: '5s', servers, databases }]
  writeFileSync(join(folder, 'pgdeck.json'), JSON.stringify({ clusters }))
  const env = { PGDECK_STATE_DIR: join(folder, 'state') }
  return await startPgdeck(context, ['diagnose', ...args], { cwd: folder, env }).ended
}

const app = (url: string) => [{ name: 'app', type: 'primary', url }]

describe('pgdeck diagnose', () => {
  test('a document and nothing else; 2 for what makes it inactive', async (context) => {
    const url = `http://127.0.0.1:${await freePort()}/`
    const { code, out, err } = await run(context, app(url), 'app', '--json')
    assert.equal(code, 2, err)
    const document = JSON.parse(out)
    assert.equal(document.schema, 'pgdeck.diagnosis/1')
    assert.equal(document.name, 'app')
    assert.equal(document.kind, 'server')
    assert.equal(document.cluster, 'vault')
    assert.equal(document.verdict.cause, 'port-refused')
    assert.deepEqual(Object.keys(document.verdict), ['cause', 'sentence', 'certainty', 'next'])
    const port = document.findings.find(({ id }: { id: string }) => id === 'port')
    assert.deepEqual(Object.keys(port), [
      'id',
      'title',
      'result',
      'evidence',
      'cause',
      'certainty',
      'next',
      'at',
      'tookMs',
    ])
    for (const { result, evidence } of document.findings) {
      assert.match(result, /^(ok|fail|warn|unknown|skipped)$/)
      assert.notEqual(evidence, '')
    }
  })

  test('text in the order of the pass, the verdict last; 0 when nothing is wrong', async (context) => {
    const url = await serveHttp(context, (_, answer) => answer.end('fine'))
    const { code, out } = await run(context, app(url), 'app')
    assert.equal(code, 0, out)
    const places = [
      'server app',
      'its name resolves',
      'its TCP port is open',
      'the application answers',
      'no problem was found with app',
    ]
    const found = places.map((words) => out.indexOf(words))
    assert.deepEqual(
      found,
      found.toSorted((a, b) => a - b),
    )
    assert.ok(found.every((at) => at >= 0))
    assert.doesNotMatch(out, /\x1b/)
  })

  test('a name that is not there, and none', async (context) => {
    const url = 'http://127.0.0.1:1/'
    const wrong = await run(context, app(url), 'nobody')
    assert.equal(wrong.code, 64)
    assert.match(wrong.err, /no server, database or entry point "nobody"; there are app, db/)
    assert.equal((await run(context, app(url))).code, 64)
  })
})
