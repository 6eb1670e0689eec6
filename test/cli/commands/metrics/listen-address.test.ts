import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenUrl, parseListenAddress } from '../../../../src/cli/commands/metrics/listen-address.ts'

test('a port, or a host and a port', () => {
  for (const [text, url] of [
    ['9187', 'http://127.0.0.1:9187'],
    [':9187', 'http://127.0.0.1:9187'],
    ['0.0.0.0:0', 'http://0.0.0.0:0'],
    ['metrics.example.net:80', 'http://metrics.example.net:80'],
    ['[::1]:9187', 'http://[::1]:9187'],
  ] as const) {
    const address = parseListenAddress(text)
    assert.ok(address, text)
    assert.equal(listenUrl(address), url)
  }
})

test('anything else is refused', () => {
  for (const text of ['', 'localhost', '65536', '::1:9187', '[::1]', 'a b:1', 'http://h:1', '-1', '1:2:3']) {
    assert.equal(parseListenAddress(text), null, text)
  }
})
