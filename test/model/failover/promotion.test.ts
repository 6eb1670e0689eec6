// What a promotion replaces: a primary of the target's own system, whatever else is watched beside it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { estimatePromotion } from '../../../src/model/failover/promotion.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { aCluster, aDatabase, aFault, aPrimaryPulse, aStale, aStandby, NOW } from '../../builders/snapshot.ts'

const dead = aDatabase({
  id: 'p1',
  pulse: aStale(aPrimaryPulse(), NOW - 4000, aFault('refused'), NOW - 2000),
})
const other = aDatabase({ id: 'p2', port: 5999, pulse: aPrimaryPulse({ systemIdentifier: '42', serverPort: 5999 }) })
const standby = aStandby({ standby: { receiver: null } })

function prospect(databases: readonly DatabaseRecord[]) {
  const snapshot = aCluster({ databases })
  return estimatePromotion(snapshot, derivePicture(snapshot, null, NOW), 'db-ro', NOW)
}

test('a healthy primary of another system is not what a standby replaces', () => {
  const { primaryId, estimate } = prospect([dead, standby, other])
  assert.equal(primaryId, 'p1')
  assert.equal(estimate?.ifFails, 'p1')
})

test('where its own primary was never read no other one takes its place', () => {
  const unread = aDatabase({ id: 'p1', pulse: { state: 'failed', fault: aFault('refused'), since: NOW } })
  assert.equal(prospect([other, unread, standby]).primaryId, 'p1')
  assert.equal(prospect([other, standby]).primaryId, null)
})
