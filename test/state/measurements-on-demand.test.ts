// What the store keeps of looks: their readings, and sizes of databases for growth.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StorageFacts } from '../../src/model/measured/on-demand.ts'
import { databaseGrowth } from '../../src/model/storage/storage-forecast.ts'
import { lastGood } from '../../src/model/values/reading.ts'
import type { QueryOutcome } from '../../src/state/event.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { reduceMeasurement } from '../../src/state/measurements.ts'
import { aCluster, aFault, aPrimary } from '../builders/snapshot.ts'

const CHECKPOINTS = {
  timed: 0,
  requested: 0,
  writeMs: 0,
  syncMs: 0,
  lastAt: null,
  redoLsn: null,
  bytesSince: null,
  timeoutSeconds: 300,
}

function sized(bytes: number): StorageFacts {
  return {
    walDirectoryBytes: null,
    walFiles: null,
    walSegmentBytes: 1,
    maxWalBytes: 1,
    archiveReady: null,
    archiver: null,
    checkpoints: CHECKPOINTS,
    databases: [{ name: 'app', bytes, transactionAge: 1 }],
    freezeMaxAge: 1,
    backups: [],
    vacuums: [],
    missing: [],
  }
}

describe('looks', () => {
  const { spec } = aCluster({ databases: [aPrimary()] })
  const [first] = spec.databases
  assert.ok(first)
  const start = initialState({ clusters: [spec], now: 0 })
  const after = (looks: readonly { readonly at: number; readonly look: QueryOutcome }[]) =>
    looks
      .reduce(
        (state, { at, look }) =>
          reduceMeasurement(state, { type: 'query-completed', cluster: spec.name, id: first.id, at, answer: look }),
        start,
      )
      .clusters[0]?.databases.find((record) => record.spec.id === first.id)?.onDemand ?? assert.fail('no record')
  const stored = (at: number, bytes: number) =>
    ({ at, look: { id: 'storage', outcome: { ok: true, value: sized(bytes) } } }) as const

  test('sizes are remembered for growth, over a failure in between, which keeps the last good value', () => {
    const failure = { at: 10_000, look: { id: 'storage', outcome: { ok: false, fault: aFault('timeout') } } } as const
    const found = after([stored(0, 100), failure, stored(20_000, 300), { ...failure, at: 30_000 }])
    assert.deepEqual(databaseGrowth('app', found.sizes ?? []), { bytes: 200, bytesPerSecond: 10, overSeconds: 20 })
    assert.equal(found.storage?.state, 'stale')
    assert.equal(found.storage && lastGood(found.storage)?.databases[0]?.bytes, 300)
  })

  test('other looks leave the sizes alone', () => {
    const activity = {
      at: 5_000,
      look: { id: 'activity', outcome: { ok: true, value: { sessions: [], seesAll: true, missing: [] } } },
    } as const
    const found = after([stored(0, 100), activity])
    assert.deepEqual([found.sizes?.length, found.activity?.state], [1, 'fresh'])
  })
})
