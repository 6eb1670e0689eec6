// What a diagnosis makes of a target that can't be reached or shows the wrong thing: made with real listeners on loopback.

import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../src/io/network/free-port.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { serveHttp, serveHttps, serveTcp } from '../fakes/web.ts'
import { until } from '../wait.ts'
import { assertCause, diagnose, findingOf } from './diagnosing.ts'

const server = (url: string, more: object = {}) => ({
  model: 'shared-database',
  servers: [{ name: 'app', type: 'primary', url, database: 'db', ...more }],
  databases: [{ name: 'db', dsn: 'postgresql://u@127.0.0.1:1/d' }],
})
const database = (dsn: string) => ({ databases: [{ name: 'db', dsn }] })

/** Listens, and then never takes a connection from the queue: its thread sleeps. */
const DEAF = `const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port) + '\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`

/** A port whose queue of connections is full: the kernel drops what comes, as a firewall would. */
async function fullPort(context: TestContext): Promise<number> {
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] })
  const held: Socket[] = []
  context.after(() => {
    for (const socket of held) socket.destroy()
    child.kill('SIGKILL')
  })
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(printed.toString())
  await until('the queue is full', 10_000, async () => {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {})
    held.push(socket)
    const waiting = AbortSignal.timeout(1_000)
    return await once(socket, 'connect', { signal: waiting }).then(
      () => false,
      () => true,
    )
  })
  return port
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
// A pair of interfaces whose far end answers nothing: packets leave and no packet comes back.
const SILENT_NETWORK = `ip link set lo up && ip link add far type veth peer name near &&
ip addr add 10.77.0.1/24 dev near && ip link set near up && ip link set far up &&
for n in 2 3; do ip neigh add 10.77.0.$n lladdr 02:00:00:00:00:0$n dev near; done`
const hasNamespaces = spawnSync('unshare', ['-n', 'sh', '-c', SILENT_NETWORK]).status === 0

/** Runs the command in a network of its own in which nobody answers. */
async function inSilence(raw: object, name: string): Promise<{ readonly code: number; readonly document: Reported }> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-silent-'))
  try {
    const config = join(folder, 'pgdeck.json')
    writeFileSync(config, JSON.stringify({ clusters: [{ name: 'test', timeout: '3s', ...raw }] }))
    const env = { PATH: process.env.PATH ?? '', HOME: folder, PGDECK_STATE_DIR: join(folder, 'state') }
    const pgdeck = [process.execPath, '--import', TYPESCRIPT, MAIN, 'diagnose', name, '--json', '-c', config]
    const script = `${SILENT_NETWORK}\nexec "$@"`
    const args = ['-n', 'sh', '-c', script, 'sh', ...pgdeck]
    const ran = promisify(execFile)('unshare', args, { env })
    const { code, stdout, stderr } = await ran.then(
      (printed): Ran => ({ code: 0, ...printed }),
      (error: Ran) => error,
    )
    assert.notEqual(stdout, '', stderr)
    return { code, document: JSON.parse(stdout) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Reported {
  readonly schema: string
  readonly kind: string
  readonly verdict: { readonly cause: string; readonly sentence: string }
}

// They wait for what never comes, each for something of its own: all at once.
describe('the way to a target', { concurrency: true }, () => {
  test('a name that does not resolve', async () => {
    const found = await diagnose(database('postgresql://u@db.invalid/d'), 'db')
    assertCause(found, 'name-not-found', /db\.invalid/)
    assert.equal(findingOf(found, 'port').result, 'skipped')
  })

  test('a port that refuses', async () => {
    const port = await freePort()
    const found = await diagnose(server(`http://127.0.0.1:${port}/`), 'app')
    assertCause(found, 'port-refused', /refuses connections/)
    assert.equal(findingOf(found, 'host').result, 'ok')
  })

  test('a port whose packets are dropped, on a host that answers', async (context) => {
    const port = await fullPort(context)
    const [app, db] = await Promise.all([
      diagnose(server(`http://127.0.0.1:${port}/`), 'app'),
      diagnose(database(`postgresql://u@127.0.0.1:${port}/d`), 'db'),
    ])
    assertCause(app, 'port-filtered', /no packet comes back, though the host answers/)
    assertCause(db, 'port-filtered')
  })

  test('a host that is silent, while another target answers', { skip: !hasNamespaces }, async () => {
    const databases = [
      { name: 'db', dsn: 'postgresql://u@10.77.0.2/d' },
      { name: 'other', dsn: 'postgresql://u@127.0.0.1:1/d' },
    ]
    const { code, document } = await inSilence({ databases }, 'db')
    assert.equal(document.verdict.cause, 'host-silent', document.verdict.sentence)
    assert.equal(document.schema, 'pgdeck.diagnosis/1')
    assert.equal(document.kind, 'database')
    assert.equal(code, 2)
  })

  test('we are cut off: nothing answers at all', { skip: !hasNamespaces }, async () => {
    const databases = [2, 3].map((n) => ({ name: `db-${n}`, dsn: `postgresql://u@10.77.0.${n}/d` }))
    const { code, document } = await inSilence({ databases }, 'db-2')
    assert.equal(document.verdict.cause, 'cut-off', document.verdict.sentence)
    assert.match(document.verdict.sentence, /this host is cut off/)
    assert.equal(code, 3)
  })

  test('a port that takes connections and answers none', async (context) => {
    const port = await serveTcp(context, () => {})
    const [app, db] = await Promise.all([
      diagnose(server(`http://127.0.0.1:${port}/`), 'app'),
      diagnose(database(`postgresql://u@127.0.0.1:${port}/d?sslmode=disable`), 'db'),
    ])
    assertCause(app, 'not-answering')
    assertCause(db, 'not-answering')
  })

  test('another service on the port', async (context) => {
    const port = await serveTcp(context, (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'))
    assertCause(await diagnose(server(`http://127.0.0.1:${port}/`), 'app'), 'other-service')
    assertCause(await diagnose(database(`postgresql://u@127.0.0.1:${port}/d?sslmode=disable`), 'db'), 'other-service')
  })
})

describe('what a server shows', () => {
  test('a certificate that has expired, one for another name, one that nobody trusts', async (context) => {
    const at = async (name: 'expired' | 'other' | 'self-signed') => {
      const url = await serveHttps(context, name)
      return diagnose(server(url), 'app')
    }
    assertCause(await at('expired'), 'tls-expired', /expired on/)
    assertCause(await at('other'), 'tls-wrong-name', /is not for 127\.0\.0\.1/)
    assertCause(await at('self-signed'), 'tls-untrusted', /pin/)
  })

  test('no TLS where the url says https', async (context) => {
    const url = await serveHttp(context, (_, answer) => answer.end('fine'))
    assertCause(await diagnose(server(url.replace('http:', 'https:')), 'app'), 'tls-broken')
  })

  test('an error, and its database gone', async (context) => {
    const url = await serveHttp(context, (_, answer) => answer.writeHead(500).end())
    const found = await diagnose(server(url), 'app')
    assertCause(found, 'application-database-unreachable', /db: .*refuses connections/)
    assert.equal(findingOf(found, 'application').result, 'fail')
  })

  test('an error, without a database', async (context) => {
    const url = await serveHttp(context, (_, answer) => answer.writeHead(500).end())
    const { servers, ...rest } = server(url)
    const found = await diagnose({ ...rest, servers: servers.map(({ database: _, ...one }) => one) }, 'app')
    assertCause(found, 'application-error', /HTTP 500, not /)
  })

  test('nothing wrong', async (context) => {
    const url = await serveHttp(context, (_, answer) => answer.end('fine'))
    const found = await diagnose({ ...server(url), servers: [{ name: 'app', type: 'primary', url }] }, 'app')
    assertCause(found, null, /no problem was found with app/)
    assert.equal(found.verdict.health, 'ok')
  })
})
