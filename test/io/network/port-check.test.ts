// Ports: open, closed, and those that the owner of a connection listens on.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { checkPort, listeningPortsBehind, parseProcTcp } from '../../../src/io/network/port-check.ts'
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

test('the owner of a local connection listens on these ports', {
  skip: process.platform !== 'linux',
}, async (context) => {
  const upstream = await serveTcp(context, () => {})
  const own = await serveTcp(context, () => {})
  const call = connect(upstream, '127.0.0.1')
  await once(call, 'connect')
  assert.ok(call.localPort)
  const ports = await listeningPortsBehind(call.localPort, upstream)
  assert.ok(ports.includes(own))
  assert.deepEqual(await listeningPortsBehind(call.localPort, own), [], 'another connection has another end')
  call.destroy()
})

test('the kernel’s table is read in hexadecimal', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 1 1 0',
    '   1: 00000000000000000000000001000000:8AE6 00000000000000000000000001000000:1538 01 0:0 0:0 0   999 0 2 1 0',
  ].join('\n')
  assert.deepEqual(parseProcTcp(table), [
    { port: 5432, remotePort: 0, state: '0A', uid: '999' },
    { port: 35558, remotePort: 5432, state: '01', uid: '999' },
  ])
})
