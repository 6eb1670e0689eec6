// Ports: open and closed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPort } from '../../../src/io/network/port-check.ts'
import { serveTcp } from '../../fakes/web.ts'
import { within } from '../../wait.ts'

test('an open port takes the knock, a closed one says why', async (context) => {
  const port = await serveTcp(context, () => {})
  const signal = within(5000)
  assert.equal(await checkPort('127.0.0.1', port, signal), null)
  assert.equal((await checkPort('127.0.0.1', 1, signal))?.code, 'refused')
  assert.equal((await checkPort('no-such-host.invalid', 1, signal))?.code, 'dns')
  assert.equal((await checkPort('127.0.0.1', port, AbortSignal.abort()))?.code, 'timeout')
})
