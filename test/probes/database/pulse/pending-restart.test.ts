// When the pulse reads which settings wait for a restart, and what it remembers between.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KnownPendingRestart } from '../../../../src/probes/database/pulse/pending-restart.ts'
import { aPrimaryPulse, NOW } from '../../../builders/snapshot.ts'

const WAITS = { names: ['max_connections'], isComplete: true }
const later = NOW + 60_000

/** A pulse that did not read them. */
const unasked = (over: Parameters<typeof aPrimaryPulse>[0]) => aPrimaryPulse({ ...over, pendingRestart: undefined })

test('one reading counts until the configuration is loaded again', () => {
  const known = new KnownPendingRestart()
  assert.ok(known.mustAsk())
  known.take(aPrimaryPulse({ configLoadedAt: NOW, pendingRestart: WAITS }))
  assert.ok(!known.mustAsk())
  assert.deepEqual(known.take(unasked({ configLoadedAt: NOW })).pendingRestart, WAITS)
  assert.ok(!known.mustAsk())
})

test('after a reload the old reading stands for one poll', () => {
  const known = new KnownPendingRestart()
  known.take(aPrimaryPulse({ configLoadedAt: NOW, pendingRestart: WAITS }))
  assert.deepEqual(known.take(unasked({ configLoadedAt: later })).pendingRestart, WAITS)
  assert.ok(known.mustAsk())
  const none = { names: [], isComplete: true }
  assert.deepEqual(known.take(aPrimaryPulse({ configLoadedAt: later, pendingRestart: none })).pendingRestart, none)
  assert.deepEqual(known.take(unasked({ configLoadedAt: later })).pendingRestart, none)
  assert.ok(!known.mustAsk())
})

test('after a restart nothing is known', () => {
  const known = new KnownPendingRestart()
  known.take(aPrimaryPulse({ configLoadedAt: NOW, pendingRestart: WAITS }))
  const pulse = known.take(unasked({ configLoadedAt: NOW, postmasterStart: '1790000000000001' }))
  assert.equal(pulse.pendingRestart, undefined)
  assert.ok(known.mustAsk())
})

test('a server that does not tell when it loaded its configuration is asked each time', () => {
  const known = new KnownPendingRestart()
  for (const configLoadedAt of [null, undefined]) {
    const pulse = known.take(aPrimaryPulse({ configLoadedAt, pendingRestart: WAITS }))
    assert.deepEqual(pulse.pendingRestart, WAITS)
    assert.ok(known.mustAsk())
  }
})
