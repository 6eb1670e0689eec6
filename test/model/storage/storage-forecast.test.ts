import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StorageFacts } from '../../../src/model/measured/on-demand.ts'
import type { ReplicationSlot } from '../../../src/model/measured/pulse.ts'
import {
  addSizeSample,
  archiverState,
  checkpointActivity,
  databaseGrowth,
  slotForecast,
  wraparoundProgress,
} from '../../../src/model/storage/storage-forecast.ts'
import { aSlot } from '../../builders/snapshot.ts'

const MB = 1024 * 1024

const slot = (parts: Partial<ReplicationSlot> = {}) =>
  aSlot({ active: false, safeBytes: null, walStatus: 'reserved', ...parts })

function storage(parts: Partial<StorageFacts> = {}): StorageFacts {
  return {
    walDirectoryBytes: null,
    walFiles: null,
    walSegmentBytes: 16 * MB,
    maxWalBytes: 1024 * MB,
    archiveReady: null,
    archiver: null,
    checkpoints: {
      timed: 0,
      requested: 0,
      writeMs: 0,
      syncMs: 0,
      lastAt: null,
      redoLsn: null,
      bytesSince: null,
      timeoutSeconds: 300,
    },
    databases: [],
    freezeMaxAge: 200_000_000,
    backups: [],
    vacuums: [],
    missing: [],
    ...parts,
  }
}

describe('the forecast of a slot', () => {
  const pace = (rate: number | null, freeBytes: number | null = null) => ({ walBytesPerSecond: rate, freeBytes })
  test('lost, with the reason where the version tells it', () => {
    const lost = slot({ walStatus: 'lost', restartLsn: null, invalidationReason: 'wal_removed' })
    assert.deepEqual(slotForecast(lost, pace(MB)), { kind: 'lost', reason: 'wal_removed' })
  })
  test('over its limit it may go with the next checkpoint, whatever the rate', () => {
    assert.deepEqual(slotForecast(slot({ walStatus: 'unreserved', safeBytes: -5 }), pace(0)), { kind: 'at-risk' })
    assert.deepEqual(slotForecast(slot({ walStatus: 'extended', safeBytes: 0 }), pace(null)), { kind: 'at-risk' })
  })
  test('by its limit, by the disk, and by whichever comes first', () => {
    const limited = slot({ safeBytes: 60 * MB })
    assert.deepEqual(slotForecast(limited, pace(MB)), { kind: 'limit', seconds: 60, bytes: 60 * MB })
    assert.deepEqual(slotForecast(limited, pace(MB, 30 * MB)), { kind: 'disk', seconds: 30, bytes: 30 * MB })
    assert.deepEqual(slotForecast(slot(), pace(2 * MB, 30 * MB)), { kind: 'disk', seconds: 15, bytes: 30 * MB })
  })
  test('never, while nothing is written or it keeps nothing yet', () => {
    assert.deepEqual(slotForecast(slot({ safeBytes: MB }), pace(0)), { kind: 'never' })
    assert.deepEqual(slotForecast(slot({ walStatus: null, restartLsn: null }), pace(MB)), { kind: 'never' })
  })
  test('unknown without a rate, and without a limit and the disk', () => {
    assert.deepEqual(slotForecast(slot({ safeBytes: MB }), pace(null)), { kind: 'unknown' })
    assert.deepEqual(slotForecast(slot(), pace(MB)), { kind: 'unknown' })
  })
})

describe('the archiver', () => {
  const archiver = {
    mode: 'on',
    archivedCount: 3,
    failedCount: 0,
    lastArchivedWal: null,
    lastArchivedAt: null,
    lastFailedWal: null,
    lastFailedAt: null,
  }
  const state = (parts: Partial<typeof archiver> | Record<string, unknown>, archiveReady: number | null = 2) =>
    archiverState(storage({ archiver: { ...archiver, ...parts }, archiveReady }))
  const backlog = { backlogFiles: 2, backlogBytes: 32 * MB, failingSince: null, failedWal: null }
  const none = { backlogFiles: null, backlogBytes: null, failingSince: null, failedWal: null }

  test('off has no backlog; hidden is unknown', () => {
    assert.deepEqual(state({ mode: 'off' }, 0), { state: 'off', ...none })
    assert.deepEqual(archiverState(storage()), { state: 'unknown', ...none })
    assert.deepEqual(state({ lastArchivedAt: 5 }, null), { state: 'ok', ...none })
  })
  test('before the first file, and well', () => {
    assert.deepEqual(state({}), { state: 'waiting', ...backlog })
    assert.deepEqual(state({ lastArchivedAt: 9, lastFailedAt: 5, lastFailedWal: 'A' }), { state: 'ok', ...backlog })
  })
  test('failing since the last success', () => {
    const failing = { lastFailedAt: 9, lastFailedWal: 'A' }
    assert.deepEqual(state({ ...failing, lastArchivedAt: 5 }), {
      ...backlog,
      state: 'failing',
      failingSince: 5,
      failedWal: 'A',
    })
    assert.deepEqual(state(failing), { ...backlog, state: 'failing', failedWal: 'A' })
  })
})

describe('checkpoints and transaction IDs', () => {
  test('share of those asked for, and how long ago', () => {
    const { checkpoints } = storage()
    const found = storage({
      checkpoints: { ...checkpoints, timed: 3, requested: 1, lastAt: 5_000, bytesSince: 512 * MB },
    })
    assert.deepEqual(checkpointActivity(found, 65_000), { requestedShare: 0.25, sinceSeconds: 60, walShare: 0.5 })
    assert.deepEqual(checkpointActivity(storage(), 1), { requestedShare: null, sinceSeconds: null, walShare: null })
  })
  test('wraparound against what there is and against the forced vacuum', () => {
    const found = wraparoundProgress({ transactionAge: 2 ** 30 }, 200_000_000)
    assert.deepEqual([found?.percent, Math.round(found?.vacuumPercent ?? 0)], [50, 537])
    assert.equal(wraparoundProgress({ transactionAge: null }, 200_000_000), null)
  })
})

describe('growth of databases', () => {
  const sized = (bytes: Record<string, number | null>) =>
    storage({ databases: Object.entries(bytes).map(([name, size]) => ({ name, bytes: size, transactionAge: 1 })) })

  test('from the oldest reading kept to the latest that knows the size', () => {
    let sizes = addSizeSample([], sized({ app: 100, other: 5 }), 0)
    assert.equal(databaseGrowth('app', sizes), null)
    sizes = addSizeSample(sizes, sized({ app: 400, other: null, fresh: 1 }), 10_000)
    sizes = addSizeSample(sizes, sized({ app: 300, other: 5 }), 20_000)
    assert.deepEqual(databaseGrowth('app', sizes), { bytes: 200, bytesPerSecond: 10, overSeconds: 20 })
    assert.deepEqual(databaseGrowth('other', sizes), { bytes: 0, bytesPerSecond: 0, overSeconds: 20 })
    assert.deepEqual([databaseGrowth('fresh', sizes), databaseGrowth('unknown', sizes)], [null, null])
  })
  test('a bounded number of readings is kept', () => {
    let sizes = addSizeSample([], sized({ app: 0 }), 0)
    for (let reading = 1; reading <= 1_000; reading += 1)
      sizes = addSizeSample(sizes, sized({ app: reading }), reading * 10_000)
    assert.equal(sizes.length, 31)
    assert.deepEqual(databaseGrowth('app', sizes), { bytes: 30, bytesPerSecond: 0.1, overSeconds: 300 })
  })
})
