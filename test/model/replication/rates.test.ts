import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DatabaseSample } from '../../../src/model/measured/snapshot.ts'
import { crossedAt, replayCapacity, replayRate, walWriteRate } from '../../../src/model/replication/rates.ts'

const sample = (seconds: number, lsn: number | null, replayed: number | null = null): DatabaseSample => ({
  at: seconds * 1000,
  lsn: lsn === null ? null : BigInt(lsn),
  replayedLsn: replayed === null ? null : BigInt(replayed),
  backlogBytes: null,
})

describe('speeds', () => {
  test('are unknown with less than two samples', () => {
    assert.equal(walWriteRate([]), null)
    assert.equal(walWriteRate([sample(1, 100)]), null)
  })
  test('are taken over the last half minute only', () => {
    assert.equal(walWriteRate([sample(0, 0), sample(70, 1000), sample(80, 2000)]), 100)
  })
  test('are 0 where nothing moves, and never negative', () => {
    assert.equal(walWriteRate([sample(0, 500), sample(2, 500)]), 0)
    assert.equal(replayRate([sample(0, 0, 500), sample(2, 0, 100)]), 0)
  })
  test('leave out samples without a position', () => {
    assert.equal(replayRate([sample(0, 0, null), sample(2, 0, 100), sample(4, 0, 300)]), 100)
  })
  const busy = (seconds: number, replayed: number, backlogBytes: number) => ({
    ...sample(seconds, 0, replayed),
    backlogBytes,
  })
  test('at most: the fastest stretch with a backlog', () => {
    const much = 2 * 1024 * 1024
    assert.equal(replayCapacity([busy(0, 0, much), busy(2, 10, much), busy(4, 1010, much), busy(6, 1011, much)]), 500)
    assert.equal(replayCapacity([busy(0, 0, 100), busy(2, 900, 100), busy(4, 1800, much)]), null)
    assert.equal(replayCapacity([busy(0, 7, much), busy(2, 7, much)]), null)
  })
})

describe('when a position was passed', () => {
  const history = [sample(10, 1000), sample(12, 1000), sample(14, 3000), sample(16, 3000)]
  test('is found between two samples', () => {
    assert.deepEqual(crossedAt(history, 2000n), { at: 13_000, exact: true })
    assert.deepEqual(crossedAt(history, 1000n), { at: 12_000, exact: true })
  })
  test('is not found when the log has not come further', () => assert.equal(crossedAt(history, 3000n), null))
  test('was before the oldest sample', () => assert.deepEqual(crossedAt(history, 5n), { at: 10_000, exact: false }))
  test('is unknown without a past', () => assert.equal(crossedAt([], 5n), null))
})
