// Which readings are of one server that was restarted, and which are of two.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addObservedServer,
  type ObservedServer,
  otherObservedServer,
} from '../../../src/model/measured/observed-servers.ts'
import { NOW, SYSTEM } from '../../builders/snapshot.ts'

/** Started `startedAgo` ms before it was read at NOW + `at`. */
function seen(
  at: number,
  startedAgo: number,
  over: Partial<ObservedServer['identity']> = {},
  host = 'vip',
): ObservedServer {
  const readAt = NOW + at
  const postmasterStart = String((readAt - startedAgo) * 1000)
  const identity = { systemIdentifier: SYSTEM, postmasterStart, port: 5432, ...over }
  return { identity, readAt, clockAt: readAt, host, port: 5432 }
}

const after = (...readings: readonly ObservedServer[]) =>
  readings.reduce(addObservedServer, null as ReturnType<typeof addObservedServer> | null)
const other = (...readings: readonly ObservedServer[]) => after(...readings)?.other ?? null

const first = seen(0, 3_600_000)
const again = { ...first, readAt: NOW + 2_000, clockAt: NOW + 2_000 }

test('one server, and one that was restarted, is no second one', () => {
  assert.equal(other(first, again), null)
  assert.equal(other(first, seen(10_000, 3_000)), null)
  // A restart that took 100 ms: the start is just after the last reading.
  assert.equal(other(first, seen(1_000, 900)), null)
})

test('one that ran already while the first was read is another one', () => {
  assert.equal(other(first, seen(10_000, 15_000)), first)
  assert.equal(other(first, seen(10_000, 7_200_000)), first)
})

test('another system or another port is another one, whenever it was started', () => {
  assert.equal(other(first, seen(10_000, 3_000, { systemIdentifier: '42' })), first)
  assert.equal(other(first, seen(10_000, 3_000, { port: 5433 })), first)
})

test('back and forth: each time the one before is the other', () => {
  const second = seen(10_000, 15_000)
  const back = { ...first, readAt: NOW + 20_000, clockAt: NOW + 20_000 }
  assert.equal(other(first, second, back), second)
  assert.equal(after(first, second, back)?.last, back)
})

test('a restart of the one that stays does not make the other one forgotten, time does', () => {
  const second = seen(10_000, 15_000)
  const both = after(first, second, seen(60_000, 5_000)) ?? undefined
  assert.equal(both?.other, first)
  assert.equal(otherObservedServer(both, NOW + 9 * 60_000), first)
  assert.equal(otherObservedServer(both, NOW + 11 * 60_000), null)
  assert.equal(otherObservedServer(undefined, NOW), null)
})

test('of several hosts in a dsn each has its own server', () => {
  assert.equal(other(first, seen(10_000, 7_200_000, {}, 'other-host')), null)
})
