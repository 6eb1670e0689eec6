// Names resolve as the system resolves them, and a look-up can be given up.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookUpHost } from '../../../src/io/network/dns.ts'
import { abortable } from '../../../src/io/network/wait-timeout.ts'

const never = new AbortController().signal

test('an address is its own answer', async () => {
  assert.deepEqual(await lookUpHost('192.0.2.7', never), [{ address: '192.0.2.7', family: 4 }])
  assert.deepEqual(await lookUpHost('2001:db8::7', never), [{ address: '2001:db8::7', family: 6 }])
})

test('localhost has a loopback address', async () => {
  const addresses = await lookUpHost('localhost', never)
  assert.ok(addresses.some(({ address }) => address === '127.0.0.1' || address === '::1'))
})

test('a name that does not exist fails with the resolver’s code', async () => {
  await assert.rejects(lookUpHost('no-such-host.invalid', never), (error: NodeJS.ErrnoException) =>
    ['ENOTFOUND', 'EAI_AGAIN'].includes(error.code ?? ''),
  )
})

test('giving up does not wait for the answer', async () => {
  const limit = new AbortController()
  const waiting = abortable(new Promise<never>(() => {}), limit.signal)
  limit.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  await assert.rejects(lookUpHost('localhost', limit.signal), /enough/)
})
