// Sockets of /proc/net/tcp, and the ports that the owner of a connection listens on.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { listeningPortsBehind, parseProcTcp } from '../../../src/io/hosts/proc-sockets.ts'
import { serveTcp } from '../../fakes/web.ts'

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
    { address: '0100007F', port: 5432, remotePort: 0, state: '0A', uid: '999' },
    { address: '00000000000000000000000001000000', port: 35558, remotePort: 5432, state: '01', uid: '999' },
  ])
})
