// What every request of pgdeck has in common, seen from the server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpGet, urlHost } from '../../../src/io/http/http-get.ts'
import { serveHttp } from '../../fakes/web.ts'
import { within } from '../../wait.ts'

test('it names itself, and sends the credentials of the url', async (context) => {
  const seen: Record<string, string | string[] | undefined>[] = []
  const url = new URL(
    await serveHttp(context, (request, response) => {
      seen.push({ ...request.headers, method: request.method })
      response.end('{"a": 1}')
    }),
  )
  url.username = 'probe'
  url.password = 'secret'
  const heard = await httpGet({ url, serverName: 'x', bodyLimit: 100, signal: within(5000) })
  assert.equal(heard.body, '{"a": 1}')
  assert.equal(seen[0]?.['user-agent'], 'pgdeck')
  assert.equal(seen[0]?.method, 'GET')
  assert.equal(seen[0]?.authorization, `Basic ${Buffer.from('probe:secret').toString('base64')}`)
})

test('a fault names host and port, never the credentials of the url', async () => {
  const url = new URL('http://probe:secret@127.0.0.1:1/')
  const asked = httpGet({ url, serverName: 'x', bodyLimit: 0, signal: within(5000) })
  await assert.rejects(asked, (error: Error) => /127\.0\.0\.1:1 /.test(error.message) && !/secret/.test(error.message))
})

test('the host of an IPv6 url has no brackets', () => {
  assert.equal(urlHost(new URL('http://[::1]:80/')), '::1')
  assert.equal(urlHost(new URL('http://a.example/')), 'a.example')
})
