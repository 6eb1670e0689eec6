// How far behind a downstream was, from readings that were never taken at the same instant.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DatabaseSample } from '../../../src/model/measured/snapshot.ts'
import { lagCurve } from '../../../src/model/replication/lag-curve.ts'

const source = (at: number, lsn: bigint | null): DatabaseSample => ({ at, lsn, replayedLsn: null, backlogBytes: null })
const standby = (at: number, lsn: bigint, replayedLsn: bigint | null): DatabaseSample => {
  return { at, lsn, replayedLsn, backlogBytes: null }
}

describe('the lag curve', () => {
  test('takes the growth of the source between two readings as even', () => {
    const up = [source(0, 1000n), source(1000, 2000n)]
    assert.deepEqual(lagCurve(up, [standby(500, 1200n, 1100n)]), [{ at: 500, bytes: 400, unreceivedBytes: 300 }])
  })

  test('a source that is read no more stands where it was last seen; before its first reading nothing is known', () => {
    const up = [source(1000, 2000n), source(2000, null)]
    const down = [standby(0, 100n, 100n), standby(5000, 1500n, 1500n)]
    assert.deepEqual(lagCurve(up, down), [
      { at: 0, bytes: null, unreceivedBytes: null },
      { at: 5000, bytes: 500, unreceivedBytes: 500 },
    ])
  })

  test('what was received was written: a standby is never ahead of its source', () => {
    assert.deepEqual(lagCurve([source(0, 1000n)], [standby(10, 1500n, 1400n)]), [
      { at: 10, bytes: 100, unreceivedBytes: 0 },
    ])
  })

  test('without a replay position there is no lag to tell', () => {
    assert.deepEqual(lagCurve([source(0, 1000n)], [standby(10, 1000n, null)]), [
      { at: 10, bytes: null, unreceivedBytes: null },
    ])
  })
})
