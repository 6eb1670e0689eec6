// This host's figures: plausible for real, and rates that survive counters that begin anew.

import assert from 'node:assert/strict'
import * as os from 'node:os'
import { describe, test } from 'node:test'
import { parseNetworks } from '../../../src/io/hosts/proc-tables.ts'
import { createOwnHostProbe, networkRateBetween } from '../../../src/probes/host/own-host.ts'
import { within } from '../../wait.ts'

test('the figures of this host; the network is known from the second reading on', async () => {
  const vitals = createOwnHostProbe()
  const signal = within(5000)
  const first = await vitals.read({}, signal)
  assert.equal(first.network, null)
  assert.equal(first.hostname, os.hostname())
  assert.ok(first.cpus >= 1)
  assert.equal(first.memory.totalBytes, os.totalmem())
  assert.ok(first.memory.availableBytes > 0 && first.memory.availableBytes <= first.memory.totalBytes)
  assert.ok(first.swap.usedBytes >= 0 && first.swap.usedBytes <= first.swap.totalBytes)
  assert.ok(first.uptimeSeconds > 0)
  assert.ok(!first.interfaces.includes('lo'))
  const second = await vitals.read({}, signal)
  assert.ok(second.network)
  assert.ok(second.network.receivedBytesPerSecond >= 0)
})

describe('network rates', () => {
  const eth = (receivedBytes: number, sentBytes: number, name = 'eth0') => ({ name, receivedBytes, sentBytes })

  test('are bytes per second over all interfaces', () => {
    const before = { at: 1000, traffic: [eth(100, 10), eth(0, 0, 'eth1')] }
    const now = { at: 3000, traffic: [eth(300, 20), eth(50, 2, 'eth1')] }
    assert.deepEqual(networkRateBetween(before, now), { receivedBytesPerSecond: 125, sentBytesPerSecond: 6 })
  })

  test('leave out an interface whose counters began anew or that is new', () => {
    const before = { at: 0, traffic: [eth(1000, 1000)] }
    const now = { at: 1000, traffic: [eth(5, 2000), eth(9e9, 9e9, 'eth1')] }
    assert.deepEqual(networkRateBetween(before, now), { receivedBytesPerSecond: 0, sentBytesPerSecond: 0 })
  })

  test('are unknown when no time passed', () => {
    assert.equal(networkRateBetween({ at: 5, traffic: [] }, { at: 5, traffic: [] }), null)
  })
})

test('the table of /proc/net/dev is read by its columns', () => {
  const table = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo: 1234 10 0 0 0 0 0 0 1234 10 0 0 0 0 0 0',
    'eth0:98765432109 20 0 0 0 0 0 0 456 30 0 0 0 0 0 0',
    '',
  ].join('\n')
  assert.deepEqual(parseNetworks(table.split('\n'), ['lo', 'eth0']), [
    { name: 'lo', receivedBytes: 1234, sentBytes: 1234 },
    { name: 'eth0', receivedBytes: 98765432109, sentBytes: 456 },
  ])
})
