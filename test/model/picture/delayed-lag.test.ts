// What a standby keeps back on purpose is no lag; what is beyond its delay is, and so is what it has not received.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { lagBeyondDelay } from '../../../src/model/picture/delayed-lag.ts'
import { UNKNOWN_LAG } from '../../../src/model/replication/lag.ts'
import { aCluster, aDatabase, aPrimary, aReceiver, aSender, aStandbyPulse, NOW } from '../../builders/snapshot.ts'

const MB = 1024 * 1024
const pulse = aStandbyPulse({ applyDelayMs: 3_600_000 })
const lagOf = (bytes: number, seconds: number | null, flushedBytes: number) => {
  return lagBeyondDelay({ pulse, lag: { ...UNKNOWN_LAG, bytes, seconds, flushedBytes } }, 10)
}

describe('the lag beyond a delay of 1 h', () => {
  test('what is kept back within it is none', () => {
    assert.deepEqual(lagOf(12 * MB, 1800, 0), { bytes: 0, seconds: 0 })
  })

  test('what was not received is one, whatever the delay', () => {
    assert.deepEqual(lagOf(12 * MB, 1800, 9 * MB), { bytes: 9 * MB, seconds: 0 })
  })

  test('what is later than that is one', () => {
    assert.deepEqual(lagOf(12 * MB, 4000, 0), { bytes: 12 * MB, seconds: 400 })
  })

  test('a last commit that is a little older than the delay is none: the next one is not due', () => {
    assert.deepEqual(lagOf(12 * MB, 3600.125, 0), { bytes: 0, seconds: 0.125 })
    assert.deepEqual(lagOf(12 * MB, 3610, 0), { bytes: 12 * MB, seconds: 10 })
  })

  test('an unknown time stays unknown', () => assert.deepEqual(lagOf(12 * MB, null, 0), { bytes: 0, seconds: null }))

  test('without a delay it is the lag itself', () => {
    const lag = { ...UNKNOWN_LAG, bytes: MB, seconds: 5, flushedBytes: 0 }
    assert.deepEqual(lagBeyondDelay({ pulse: aStandbyPulse(), lag }, 10), { bytes: MB, seconds: 5 })
    assert.deepEqual(lagBeyondDelay({ pulse: null, lag: null }, 10), { bytes: null, seconds: null })
  })
})

interface Late {
  readonly applyLagSeconds: number | null
  readonly clockOffsetMs?: number
  readonly delayMs?: number
  /** What its startup process waits for. */
  readonly wait?: string
}

/** 20 MB of WAL, of which the standby has replayed the half. */
function pictureOf(
  { applyLagSeconds, clockOffsetMs = 0, delayMs = 0, wait }: Late,
  primaryOffsetMs: number | null = 0,
) {
  const [end, replayed] = [BigInt(20 * MB), BigInt(10 * MB)]
  const standby = aStandbyPulse({
    clockOffsetMs,
    applyDelayMs: delayMs,
    serverPort: 5433,
    ...(wait === undefined ? {} : { startupProcess: { pid: 7, waitType: 'Timeout', wait, heldBy: null } }),
    standby: {
      receivedLsn: end,
      replayedLsn: replayed,
      applyLagSeconds,
      receiver: aReceiver({ flushedLsn: end, latestEndLsn: end }),
    },
  })
  const sender = aSender({
    sentLsn: end,
    writtenLsn: end,
    flushedLsn: end,
    replayedLsn: replayed,
    replayLagSeconds: 0.01,
  })
  const primary = aPrimary({ lsn: end, senders: [sender], clockOffsetMs: primaryOffsetMs ?? 0 })
  const databases = [...(primaryOffsetMs === null ? [] : [primary]), aDatabase({ id: 'a', port: 5433, pulse: standby })]
  return derivePicture(aCluster({ databases }), null, NOW)
}
const secondsOf = (...of: Parameters<typeof pictureOf>) =>
  pictureOf(...of).databases.find(({ id }) => id === 'a')?.lag?.seconds ?? null

describe('seconds behind', () => {
  test('two clocks are not subtracted from each other: each is corrected by its offset', () => {
    assert.equal(secondsOf({ applyLagSeconds: 612, clockOffsetMs: 600_000 }), 12)
    assert.equal(secondsOf({ applyLagSeconds: 12, clockOffsetMs: -600_000 }), 612)
    assert.equal(secondsOf({ applyLagSeconds: 12, clockOffsetMs: 0 }, 600_000), 612)
    assert.equal(secondsOf({ applyLagSeconds: 12, clockOffsetMs: 600_000 }, 600_000), 12)
  })

  test('of a primary that is not watched they are unknown where the clock of the standby is off', () => {
    assert.equal(secondsOf({ applyLagSeconds: 612, clockOffsetMs: 600_000 }, null), null)
    assert.equal(secondsOf({ applyLagSeconds: 12, clockOffsetMs: 0 }, null), 12)
  })

  test('before the first commit was replayed they are unknown, never 0', () => {
    assert.equal(secondsOf({ applyLagSeconds: null }), null)
  })

  test('an alert counts from the end of the delay', () => {
    const rules = (late: Late) => pictureOf(late).alerts.map(({ rule }) => rule)
    assert.deepEqual(rules({ applyLagSeconds: 1800, delayMs: 3_600_000 }), [])
    assert.ok(rules({ applyLagSeconds: 3700, delayMs: 3_600_000 }).includes('replication-lag-seconds'))
    assert.ok(rules({ applyLagSeconds: 1800 }).includes('replication-lag-seconds'))
  })

  test('a standby that waits for its delay is no later than that, however long ago the commit before was', () => {
    const late = { applyLagSeconds: 3700, delayMs: 3_600_000 }
    const waiting = { ...late, wait: 'RecoveryApplyDelay' }
    assert.equal(secondsOf(waiting), 3600)
    assert.equal(secondsOf({ ...late, wait: 'DataFileRead' }), 3700)
    assert.equal(secondsOf({ ...waiting, clockOffsetMs: -600_000 }), 4200)
    const rules = (of: Late) => pictureOf(of).alerts.map(({ rule }) => rule)
    assert.deepEqual(rules(waiting), [])
    assert.ok(rules({ ...waiting, clockOffsetMs: -600_000 }).includes('replication-lag-seconds'))
  })
})
