// Rates of transactions and WAL from readings: over some seconds, and unknown where something began anew.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DatabaseSample, TransactionSample } from '../../../src/model/measured/snapshot.ts'
import { throughputCurve, throughputOf, transactionSample } from '../../../src/model/sessions/throughput.ts'
import { aPrimaryPulse } from '../../builders/snapshot.ts'

const EVERY = 2_000

function sample(seconds: number, committed: number | null, over: Partial<TransactionSample> = {}): DatabaseSample {
  const counters = { committed: committed ?? 0, rolledBack: 10 + seconds, countedSince: 'a', ...over }
  return {
    at: seconds * 1000,
    lsn: BigInt(1_000 * seconds),
    replayedLsn: null,
    backlogBytes: null,
    ...(committed === null ? {} : { transactions: counters }),
  }
}

const STEADY = [0, 2, 4, 6, 8, 10].map((at) => sample(at, 100 * at))

test('steady work has one rate, now and at each reading', () => {
  assert.deepEqual(throughputOf(STEADY, EVERY), { commits: 100, rollbacks: 1, walBytes: 1000 })
  assert.deepEqual(
    throughputCurve(STEADY, EVERY).map(({ commits }) => commits),
    [100, 100, 100, 100, 100],
  )
})

test('the figure of now is of the last seconds only', () => {
  const stopped = [...STEADY, sample(12, 1_000), sample(14, 1_000), sample(16, 1_000)]
  assert.equal(throughputOf(stopped, EVERY).commits, 0)
})

test('readings closer than the reports of sessions are taken together', () => {
  const quick = [0, 0.5, 1, 1.5, 2, 2.5].map((at) => sample(at, Math.floor(at) * 50))
  assert.deepEqual(
    throughputCurve(quick, 500).map(({ commits }) => commits),
    [null, null, null, 50, 50],
  )
})

describe('what began anew between two readings is unknown', () => {
  const cases: readonly (readonly [string, readonly DatabaseSample[]])[] = [
    ['one reading', [sample(0, 5)]],
    ['a restart, a reset, or a dropped database', [sample(0, 5), sample(6, 900, { countedSince: 'b' })]],
    ['a crash that empties the counters', [sample(0, 900), sample(6, 5)]],
    ['not told', [sample(0, null), sample(6, null)]],
    ['told no more', [sample(0, 5), sample(6, null)]],
    ['a long time without a reading', [sample(0, 5), sample(60, 900)]],
  ]
  for (const [what, history] of cases) test(what, () => assert.equal(throughputOf(history, EVERY).commits, null))

  test('only the reading in question, and WAL goes on', () => {
    const reset = [...STEADY, sample(12, 7, { countedSince: 'b' }), sample(14, 207, { countedSince: 'b' })]
    const curve = throughputCurve(reset, EVERY)
    assert.deepEqual(
      curve.slice(-3).map(({ commits }) => commits),
      [100, null, 100],
    )
    assert.deepEqual(
      curve.slice(-3).map(({ walBytes }) => walBytes),
      [1000, 1000, 1000],
    )
  })
})

test('a sample tells by what its counters differ from others', () => {
  const counters = { committed: 5, rolledBack: 1, resetAt: null, databases: '3 16400' }
  const pulse = aPrimaryPulse({ transactionCounters: counters })
  const one = transactionSample(pulse)
  assert.equal(one?.committed, 5)
  const others = [
    aPrimaryPulse({ transactionCounters: { ...counters, resetAt: 7 } }),
    aPrimaryPulse({ transactionCounters: { ...counters, databases: '2 16000' } }),
    aPrimaryPulse({ transactionCounters: counters, postmasterStart: '1' }),
  ].map(transactionSample)
  for (const other of others) assert.notEqual(other?.countedSince, one?.countedSince)
  assert.equal(transactionSample(aPrimaryPulse({ transactionCounters: { ...counters, committed: null } })), null)
})
