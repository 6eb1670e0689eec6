// However answers and faults follow each other, no reading is lost: the last good value, its age, the start of the outage.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { FAULT_CODES, type Fault } from '../../src/model/values/fault.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { reduce } from '../../src/state/reduce.ts'
import type { State } from '../../src/state/state.ts'
import { aCluster, aPrimary, aPrimaryPulse, aServer, aServerPulse, aStandby, NOW } from '../builders/snapshot.ts'

const snapshot = aCluster({
  databases: [aPrimary(), aStandby()],
  servers: [aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1' })],
})
const START = initialState({ clusters: [snapshot.spec], now: NOW, records: true })

const fault = fc.constantFrom(...FAULT_CODES).map((code): Fault => ({ code, message: `it said ${code}`, hint: null }))
const step = fc.record({
  id: fc.constantFrom('db-1', 'db-ro', 'pmp-a'),
  failure: fc.option(fault, { freq: 2 }),
  afterMs: fc.integer({ min: 1, max: 20_000 }),
  lsn: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  isAssessed: fc.boolean(),
})

interface Expected {
  value: unknown
  at: number | null
  since: number | null
  failure: Fault | null
}

function readingOf(state: State, id: string) {
  const [cluster] = state.clusters
  const records = [...(cluster?.databases ?? []), ...(cluster?.servers ?? [])]
  return records.find(({ spec }) => spec.id === id)?.pulse ?? assert.fail(`${id} is gone`)
}

function assertReading(state: State, id: string, { value, at, since, failure }: Expected): void {
  const reading = readingOf(state, id)
  const has = at !== null
  assert.equal(reading.state, failure ? (has ? 'stale' : 'failed') : has ? 'fresh' : 'waiting')
  if (reading.state === 'fresh' || reading.state === 'stale') {
    assert.equal(reading.value, value)
    assert.equal(reading.at, at)
  }
  if (reading.state === 'failed' || reading.state === 'stale') {
    assert.equal(reading.since, since)
    assert.equal(reading.fault, failure)
  }
}

describe('readings', () => {
  test('keep the last good value and the start of the outage through any sequence', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = START
        let at = NOW
        const expected = new Map<string, Expected>()
        for (const { id, failure, afterMs, lsn, isAssessed } of steps) {
          at += afterMs
          const before = expected.get(id) ?? { value: null, at: null, since: null, failure: null }
          const about = { cluster: 'vault', id, at }
          if (failure) {
            const type = id === 'pmp-a' ? 'server-probed' : 'database-probed'
            state = reduce(state, { type, ...about, outcome: { ok: false, fault: failure } })
            expected.set(id, { ...before, failure, since: before.failure ? before.since : at })
          } else if (id === 'pmp-a') {
            const value = aServerPulse({ latencyMs: afterMs })
            state = reduce(state, { type: 'server-probed', ...about, outcome: { ok: true, value } })
            expected.set(id, { value, at, since: null, failure: null })
          } else {
            const value = aPrimaryPulse({ lsn })
            state = reduce(state, { type: 'database-probed', ...about, outcome: { ok: true, value } })
            expected.set(id, { value, at, since: null, failure: null })
          }
          if (isAssessed) state = reduce(state, { type: 'derive-requested', at })
          for (const [known, wanted] of expected) assertReading(state, known, wanted)
        }
        const [cluster] = reduce(state, { type: 'derive-requested', at }).clusters
        assert.ok(cluster?.picture)
        for (const view of [...cluster.picture.databases, ...cluster.picture.servers]) {
          const wanted = expected.get(view.id)
          assert.equal(view.readAt, wanted?.at ?? null, 'what is shown has its true age')
          // A server that answers may still have a problem of its own making.
          if (wanted?.failure) assert.equal(view.problem?.since, wanted.since)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('histories stay bounded and in order, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (count) => {
        let state = START
        for (let index = 1; index <= count; index++) {
          const at = NOW + index * 500
          const outcome = { ok: true, value: aPrimaryPulse({ lsn: BigInt(index) }) } as const
          state = reduce(state, { type: 'database-probed', cluster: 'vault', id: 'db-1', at, outcome })
        }
        const history = state.clusters[0]?.databases[0]?.history ?? []
        assert.equal(history.length, Math.min(count, 150))
        assert.equal(history.at(-1)?.lsn, BigInt(count))
        assert.deepEqual(
          history.map((sample) => sample.at),
          history.map((sample) => sample.at).toSorted((a, b) => a - b),
        )
      }),
      { numRuns: 20 },
    )
  })

  test('an event about what is not there changes nothing of what is', () => {
    const outcome = { ok: true, value: aPrimaryPulse() } as const
    for (const [cluster, id] of [
      ['vault', 'another'],
      ['another', 'db-1'],
    ] as const) {
      const next = reduce(START, { type: 'database-probed', cluster, id, at: NOW, outcome })
      assert.deepEqual(next.clusters, START.clusters)
    }
  })
})
