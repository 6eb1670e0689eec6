import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { ListenError, type Listener, listenForReaders } from '../../src/io/metrics-server.ts'

const fine = { status: 200, contentType: 'text/plain', body: 'fîne\n' }

async function listening(context: TestContext): Promise<Listener & { readonly url: string }> {
  const pages = {
    '/fine': () => fine,
    '/broken': () => {
      throw new Error('secret reason')
    },
    '/never': () => new Promise<typeof fine>(() => {}),
  }
  const listener = await listenForReaders({ host: '127.0.0.1', port: 0, pages })
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

test('an address that is taken or not ours is told as such', async (context) => {
  const { port } = await listening(context)
  const again = listenForReaders({ host: '127.0.0.1', port, pages: {} })
  await assert.rejects(again, (error) => error instanceof ListenError && error.code === 'EADDRINUSE')
  const foreign = listenForReaders({ host: '192.0.2.1', port: 0, pages: {} })
  await assert.rejects(foreign, /does not have that address/)
})
