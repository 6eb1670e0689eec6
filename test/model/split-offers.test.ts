// What is offered about two that take writes: the newer one is kept, and a rewind only where it can work.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assess } from '../../src/model/assess.ts'
import { waysOut } from '../../src/model/split-offers.ts'
import { aCluster, aDatabase, aPrimary, aPrimaryPulse, aStandby, NOW } from '../fakes/snapshot.ts'

function offers(oldTimeline: number, rewindable: boolean | undefined): readonly string[] {
  const other = aDatabase({
    id: 'db-old',
    port: 5499,
    pulse: aPrimaryPulse({ timeline: oldTimeline, serverPort: 5499, startedAt: 1, rewindable }),
  })
  const databases = [aPrimary({ timeline: 5 }), other]
  return waysOut(assess(aCluster({ databases }), null, NOW)).map(({ label, text }) => `${label}: ${text}`)
}

test('the one on the older timeline is to go', () => {
  const [fence, rewind, rebuild] = offers(4, true)
  assert.match(fence ?? '', /^to fence it: pgdeck do fence db-old/)
  assert.match(rewind ?? '', /^to rewind it: can work/)
  assert.match(rebuild ?? '', /rebuild-replica db-old/)
})

test('a rewind is not offered where it can’t work', () => {
  assert.match(offers(5, true)[1] ?? '', /can’t work: both are on timeline 5/)
  assert.match(offers(4, false)[1] ?? '', /can’t work: wal_log_hints and checksums are off/)
  assert.match(offers(4, undefined)[1] ?? '', /may work/)
})

test('nothing is offered while one takes writes', () => {
  assert.deepEqual(waysOut(assess(aCluster({ databases: [aPrimary(), aStandby()] }), null, NOW)), [])
})
