// The health probe against real servers on loopback: good ones, slow ones, rude ones.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { freePort } from '../../../src/io/network/free-port.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { healthProbe } from '../../../src/probes/server/http-health.ts'
import { clusterOf, type ServerOverrides, serveHttp, serverConfig, serveTcp } from '../../fakes/web.ts'
import { patiently } from '../../wait.ts'

function ask(url: string, overrides: ServerOverrides = {}, limitMs = patiently(5000)) {
  const server = serverConfig(url, overrides)
  return healthProbe.read({ server, database: null, cluster: clusterOf(server) }, AbortSignal.timeout(limitMs))
}

async function faultOf(asked: Promise<unknown>) {
  try {
    await asked
  } catch (error) {
    if (error instanceof FaultError) return error.fault
    throw error
  }
  return assert.fail('an answer came where a fault was expected')
}

describe('an answer in HTTP', () => {
  test('tells status, addresses and times', async (context) => {
    const url = await serveHttp(context, (request, response) => {
      response.statusCode = request.url === '/health?deep=1' ? 200 : 404
      setTimeout(() => response.end('fine'), 60)
    })
    const pulse = await ask(url, { healthPath: '/health?deep=1' })
    assert.equal(pulse.httpStatus, 200)
    assert.equal(pulse.location, null)
    assert.equal(pulse.tls, null)
    assert.deepEqual(pulse.addresses, ['127.0.0.1'])
    assert.ok(pulse.connectMs > 0 && pulse.connectMs < pulse.latencyMs, `${pulse.connectMs} < ${pulse.latencyMs}`)
    assert.ok(pulse.latencyMs >= 55, `latency ${pulse.latencyMs}`)
  })

  test('looks names up, and reaches a server that listens on one of the addresses only', async (context) => {
    const url = await serveHttp(context, (_request, response) => response.end())
    const pulse = await ask(url.replace('127.0.0.1', 'localhost'))
    assert.ok(pulse.addresses.includes('127.0.0.1'))
  })

  test('uses a new connection for each poll', async (context) => {
    const ports = new Set<number | undefined>()
    const url = await serveHttp(context, (request, response) => {
      ports.add(request.socket.remotePort)
      response.end()
    })
    await ask(url)
    await ask(url)
    assert.equal(ports.size, 2)
  })

  test('a redirection is told with its whole target, not followed', async (context) => {
    let requests = 0
    const url = await serveHttp(context, (_request, response) => {
      requests++
      response.writeHead(302, { location: '/login?next=%2F' }).end()
    })
    const pulse = await ask(url)
    assert.equal(pulse.httpStatus, 302)
    assert.equal(pulse.location, new URL('/login?next=%2F', url).href)
    assert.equal(requests, 1)
  })

  test('a redirection to another host stays what it is', async (context) => {
    const url = await serveHttp(context, (_request, response) =>
      response.writeHead(301, { location: 'https://pmp-a.example.net:7272/' }).end(),
    )
    assert.equal((await ask(url)).location, 'https://pmp-a.example.net:7272/')
  })

  test('a failure of the application is a status, not a fault', async (context) => {
    const url = await serveHttp(context, (_request, response) => response.writeHead(500).end('broken'))
    assert.equal((await ask(url)).httpStatus, 500)
  })

  test('an endless body neither delays the answer nor keeps the connection', async (context) => {
    let sent = 0
    const closed = Promise.withResolvers<void>()
    const url = await serveHttp(context, (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024)
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
        if (!response.destroyed) response.once('drain', pour)
      }
      response.once('close', closed.resolve)
      pour()
    })
    assert.equal((await ask(url)).httpStatus, 200)
    await closed.promise
    assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken`)
  })

  test('a body that drips does not delay the answer', async (context) => {
    const closed = Promise.withResolvers<void>()
    const url = await serveHttp(context, (_request, response) => {
      response.write('a')
      const drip = setInterval(() => response.write('a'), 20)
      response.once('close', () => {
        clearInterval(drip)
        closed.resolve()
      })
    })
    const began = performance.now()
    assert.equal((await ask(url)).httpStatus, 200)
    assert.ok(performance.now() - began < patiently(400))
    await closed.promise
  })
})

describe('no answer in HTTP', () => {
  test('a closed port is refused', async (context) => {
    const port = await freePort()
    const fault = await faultOf(ask(`http://127.0.0.1:${port}/`))
    assert.equal(fault.code, 'refused')
    assert.match(fault.message, new RegExp(`127\\.0\\.0\\.1:${port} refuses connections`))
    assert.match(fault.hint ?? '', /listens/)
    context.diagnostic(fault.message)
  })

  test('a name that does not exist is a fault of dns', async () => {
    const fault = await faultOf(ask('http://no-such-host.invalid:7272/'))
    assert.equal(fault.code, 'dns')
    assert.match(fault.message, /no-such-host\.invalid:7272/)
  })

  test('a server that takes the connection and says nothing passes the limit', async (context) => {
    const closed = Promise.withResolvers<void>()
    const port = await serveTcp(context, (socket) => {
      socket.resume()
      socket.once('close', () => closed.resolve())
    })
    const fault = await faultOf(ask(`http://127.0.0.1:${port}/`, {}, 2_000))
    assert.equal(fault.code, 'timeout')
    assert.match(fault.message, /no answer within [\d.]+ s \(waiting for an answer\)/)
    await closed.promise
  })

  test('a server that hangs in the TLS handshake passes the limit there', async (context) => {
    const port = await serveTcp(context, (socket) => void socket.resume())
    const fault = await faultOf(ask(`https://127.0.0.1:${port}/`, {}, 4_000))
    assert.equal(fault.code, 'timeout')
    assert.match(fault.message, /TLS handshake/)
  })

  test('a limit that has passed already asks nobody', async (context) => {
    const url = await serveHttp(context, (_request, response) => response.end())
    const server = serverConfig(url)
    const asked = healthProbe.read({ server, database: null, cluster: clusterOf(server) }, AbortSignal.abort())
    assert.equal((await faultOf(asked)).code, 'timeout')
  })

  const rude: readonly (readonly [string, string, RegExp, (context: TestContext) => Promise<string>])[] = [
    ['garbage', 'protocol', /is not HTTP/, (context) => saying(context, 'http', 'SSH-2.0-OpenSSH_9.9\r\n')],
    ['endless garbage', 'protocol', /is not HTTP/, (context) => pouring(context)],
    ['an endless head', 'protocol', /is not HTTP/, (context) => heading(context)],
    ['a close', 'protocol', /closed the connection without an answer/, (context) => saying(context, 'http', '')],
    ['a reset', 'unreachable', /reset the connection/, (context) => resetting(context)],
    [
      'plain HTTP where TLS is expected',
      'tls',
      /TLS/,
      (context) => saying(context, 'https', 'HTTP/1.1 400 Bad\r\n\r\n'),
    ],
    ['a close in the handshake', 'tls', /during the TLS handshake/, (context) => saying(context, 'https', '')],
    ['a TLS alert', 'protocol', /speaks TLS/, (context) => saying(context, 'http', '\x15\x03\x01\x00\x02\x02\x46')],
  ]
  for (const [what, code, message, start] of rude) {
    test(`${what} is a fault of code ${code}`, async (context) => {
      const fault = await faultOf(ask(await start(context)))
      assert.equal(fault.code, code, fault.message)
      assert.match(fault.message, message)
      assert.ok(fault.hint)
    })
  }
})

async function saying(context: TestContext, scheme: 'http' | 'https', words: string): Promise<string> {
  const port = await serveTcp(context, (socket) => socket.once('data', () => socket.end(words, 'latin1')))
  return `${scheme}://127.0.0.1:${port}/`
}

async function pouring(context: TestContext): Promise<string> {
  const port = await serveTcp(context, (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(16384, 7)));
    }
    socket.on('drain', pour).once('data', pour)
  })
  return `http://127.0.0.1:${port}/`
}

async function heading(context: TestContext): Promise<string> {
  const port = await serveTcp(context, (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(`X-${'a'.repeat(1000)}: b\r\n`));
    }
    socket.on('drain', pour).once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n')
      pour()
    })
  })
  return `http://127.0.0.1:${port}/`
}

async function resetting(context: TestContext): Promise<string> {
  const port = await serveTcp(context, (socket) => socket.once('data', () => socket.resetAndDestroy()))
  return `http://127.0.0.1:${port}/`
}
