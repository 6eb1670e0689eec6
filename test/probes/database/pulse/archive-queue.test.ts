// How often the files that wait to be archived are counted, and what is said in between.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatabasePulse } from '../../../../src/model/measured/pulse.ts'
import type { ArchiveWaiting } from '../../../../src/model/values/archiver-facts.ts'
import { ArchiveQueue } from '../../../../src/probes/database/pulse/archive-queue.ts'
import { aPrimaryPulse } from '../../../builders/snapshot.ts'

const UNCOUNTED = { files: null, seconds: null } as const

function pulseWith(waiting: ArchiveWaiting | null, over: Partial<DatabasePulse> = {}): DatabasePulse {
  const archiver = { mode: 'on', failing: false, lastFailedWal: null, lastFailedAt: null, lastArchivedAt: null }
  return aPrimaryPulse({ archiver: { ...archiver, failedCount: 0, waiting }, ...over })
}

test('a few files are counted by each pulse', () => {
  const queue = new ArchiveQueue()
  const counted = pulseWith({ files: 900, seconds: 60, listed: 1000 })
  assert.equal(queue.take(counted, { at: 0, tookMs: 500 }), counted)
  assert.ok(queue.mayCount(0))
})

test('many files are counted for a fiftieth of the time, and their age is told in between', () => {
  const queue = new ArchiveQueue()
  queue.take(pulseWith({ files: 200_000, seconds: 3600, listed: 200_010 }), { at: 1000, tookMs: 900 })
  assert.ok(!queue.mayCount(1000 + 44_999))
  assert.ok(queue.mayCount(1000 + 45_000))
  const between = queue.take(pulseWith(UNCOUNTED), { at: 31_000, tookMs: 3 })
  assert.deepEqual(between.archiver?.waiting, { files: 200_000, seconds: 3630, ageSeconds: 30 })
})

test('a count of another server says nothing, and one that archived just now is believed', () => {
  const queue = new ArchiveQueue()
  queue.take(pulseWith({ files: 200_000, seconds: 3600, listed: 200_010 }), { at: 0, tookMs: 900 })
  const other = pulseWith(UNCOUNTED, { postmasterStart: '1' })
  assert.equal(queue.take(other, { at: 1, tookMs: 3 }), other)
  const archives = pulseWith({ files: 0, seconds: null })
  assert.equal(queue.take(archives, { at: 1, tookMs: 3 }), archives)
  assert.equal(queue.take(pulseWith(null), { at: 1, tookMs: 3 }).archiver?.waiting, null)
})

test('after a count that did not end in time the next ones are rarer and rarer', () => {
  const queue = new ArchiveQueue()
  const pauses = [60_000, 240_000, 960_000, 3_600_000, 3_600_000]
  for (const pause of pauses) {
    queue.failed(0)
    assert.ok(!queue.mayCount(pause - 1))
    assert.ok(queue.mayCount(pause))
  }
  assert.deepEqual(queue.take(pulseWith(UNCOUNTED), { at: 1, tookMs: 3 }).archiver?.waiting, UNCOUNTED)
  queue.take(pulseWith({ files: 3, seconds: 60, listed: 3 }), { at: 0, tookMs: 1 })
  queue.failed(0)
  assert.ok(queue.mayCount(60_000))
})
