import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { ListenError, type MetricsServer, startMetricsServer } from '../../../src/io/http/metrics-server.ts'

const fine = { status: 200, contentType: 'text/plain', body: 'fîne\n' }

const LARGE = 'x'.repeat(4_000_000)
const slow = Promise.withResolvers<typeof fine>()
const answerSlow = () => slow.resolve(fine)

async function listening(context: TestContext): Promise<MetricsServer & { readonly url: string }> {
  const pages = {
    '/fine': () => fine,
    '/broken': () => {
      throw new Error('secret reason')
    },
    '/slow': () => slow.promise,
    '/large': () => ({ ...fine, body: LARGE }),
    '/never': () => new Promise<typeof fine>(() => {}),
  }
  const listener = await startMetricsServer({ host: '127.0.0.1', port: 0, pages })
  context.after(() => listener.close())
  return { ...listener, url: `http://127.0.0.1:${listener.port}` }
}

test('answers GET and HEAD, whatever the query', async (context) => {
  const { url } = await listening(context)
  const got = await fetch(`${url}/fine?x=1`)
  assert.deepEqual([got.status, got.headers.get('content-type'), await got.text()], [200, 'text/plain', fine.body])
  const head = await fetch(`${url}/fine`, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '6', ''])
})

test('refuses other methods and paths, and tells no reason of a failure', async (context) => {
  const { url } = await listening(context)
  const posted = await fetch(`${url}/fine`, { method: 'POST', body: 'x'.repeat(100_000) })
  assert.deepEqual(
    [posted.status, posted.headers.get('allow'), posted.headers.get('connection')],
    [405, 'GET, HEAD', 'close'],
  )
  for (const path of ['/', '/fine/', '/__proto__', '/constructor'])
    assert.equal((await fetch(`${url}${path}`)).status, 404)
  const broken = await fetch(`${url}/broken`)
  assert.equal(broken.status, 500)
  assert.doesNotMatch(await broken.text(), /secret/)
})

test('a head that is too long is refused', async (context) => {
  const { url } = await listening(context)
  const refused = await fetch(`${url}/fine`, { headers: { long: 'x'.repeat(10_000) } })
  assert.equal(refused.status, 431)
})

test('an answer that never comes delays neither others nor the end', async (context) => {
  const { port, url, close } = await listening(context)
  const waiting = connect({ host: '127.0.0.1', port })
  waiting.on('error', () => {})
  await once(waiting, 'connect')
  waiting.write('GET /never HTTP/1.1\r\nhost: x\r\n\r\n')
  assert.equal((await fetch(`${url}/fine`)).status, 200)
  await Promise.all([once(waiting, 'close'), close()])
})

/** Opens connections that send `text` once, and then stay. */
async function crowd(context: TestContext, port: number, count: number, text: string, localAddress = '127.0.0.1') {
  const sockets = Array.from({ length: count }, () => connect({ host: '127.0.0.1', port, localAddress }))
  context.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (const socket of sockets) {
    socket.on('error', () => {})
    socket.write(text)
  }
  // Some are gone as soon as they came.
  await Promise.allSettled(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}

const ASK = 'GET /fine HTTP/1.1\r\nhost: x\r\n\r\n'

describe('whoever stays without asking makes room for whoever asks', () => {
  const crowds: Readonly<Record<string, string>> = {
    'asked once and stays': ASK,
    'says nothing': '',
    'never ends its head': 'GET /fine HTTP/1.1\r\nhost: x\r\n',
    'waits for an answer that never comes': 'GET /never HTTP/1.1\r\nhost: x\r\n\r\n',
    'asks for much and reads nothing': 'GET /large HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(3),
  }
  for (const [what, text] of Object.entries(crowds)) {
    test(what, async (context) => {
      const { port, url } = await listening(context)
      const sockets = await crowd(context, port, 100, text)
      if (text.includes('/large')) for (const socket of sockets) socket.pause()
      for (let round = 0; round < 3; round += 1) {
        assert.equal((await fetch(`${url}/fine`, { headers: { connection: 'close' } })).status, 200)
      }
    })
  }

  test('one of another address is not the one that goes', { skip: process.platform !== 'linux' }, async (context) => {
    const { port } = await listening(context)
    const [scraper] = await crowd(context, port, 1, '', '127.0.0.2')
    assert.ok(scraper)
    await crowd(context, port, 200, ASK)
    scraper.write(ASK)
    const [answer] = await once(scraper, 'data')
    assert.match(String(answer), /^HTTP\/1\.1 200/)
  })

  test('one that is being answered is not the one that goes', async (context) => {
    const { port } = await listening(context)
    const [asking] = await crowd(context, port, 1, 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n')
    assert.ok(asking)
    await crowd(context, port, 60, ASK)
    answerSlow()
    const [answer] = await once(asking, 'data')
    assert.match(String(answer), /^HTTP\/1\.1 200/)
  })
})

test('an address that is taken or not ours is told as such', async (context) => {
  const { port } = await listening(context)
  const again = startMetricsServer({ host: '127.0.0.1', port, pages: {} })
  await assert.rejects(again, (error) => error instanceof ListenError && error.code === 'EADDRINUSE')
  const foreign = startMetricsServer({ host: '192.0.2.1', port: 0, pages: {} })
  await assert.rejects(foreign, /does not have that address/)
})
