// The choice of a standby when those of a lost primary have different histories: nothing is promised that no reading shows.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox, Draft, PlanningView } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { bestCandidateCheck } from '../../../src/actions/promotion/candidate-checks.ts'
import { failoverImpact } from '../../../src/actions/promotion/cost.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aStale,
  aStandbyPulse,
  lsn,
  NOW,
  SYSTEM,
} from '../../builders/snapshot.ts'

const AT = lsn('0/5000000')

interface History {
  readonly timeline: number
  /** Where it left timeline 1; null: its history was not read. */
  readonly left?: string | null
}

function withHistory(record: DatabaseRecord, { timeline, left = null }: History): DatabaseRecord {
  if (left === null || record.pulse.state !== 'fresh') return record
  const { postmasterStart } = record.pulse.value
  if (postmasterStart === null) return record
  const switchPoints = [{ timeline: 1, end: lsn(left) }]
  return { ...record, timelineHistory: { systemIdentifier: SYSTEM, postmasterStart, timeline, switchPoints } }
}

function lostPrimary(history: History): DatabaseRecord {
  const record = withHistory(aPrimary({ timeline: history.timeline, lsn: AT }), history)
  return record.pulse.state === 'fresh'
    ? { ...record, pulse: aStale(record.pulse.value, NOW - 5000, aFault('refused'), NOW - 4000) }
    : record
}

function standby(id: string, port: number, history: History): DatabaseRecord {
  const position = { receivedLsn: AT, replayedLsn: AT, receiver: null }
  const pulse = aStandbyPulse({ timeline: history.timeline, serverPort: port, standby: position })
  return withHistory(aDatabase({ id, port, pulse }), history)
}

async function promoting(target: string, databases: readonly DatabaseRecord[]) {
  const snapshot = aCluster({ databases })
  const picture = derivePicture(snapshot, derivePicture(snapshot, null, NOW - 1), NOW)
  const config = { spec: snapshot.spec, databases: [], servers: [], hosts: [] }
  const sight: PlanningView = { config, picture, snapshot, manager: null, now: NOW }
  const participants = promotionParticipants(sight, target) ?? assert.fail(`no ${target}`)
  const result = await bestCandidateCheck(participants).run(sight, {} as Draft, {} as ActionToolbox)
  const { lossBytes, orphans } = failoverImpact(participants, sight)
  return {
    check: `${result?.result}: ${result?.message}`,
    lossBytes,
    orphans,
    followers: participants.standbys.map(({ id }) => id),
  }
}

describe('the standbys of a lost primary', () => {
  const a = standby('a', 5433, { timeline: 2, left: '0/3000000' })
  const b = standby('b', 5434, { timeline: 2, left: '0/3800000' })

  test('one with another history than that which was read of the primary', async () => {
    const primary = lostPrimary({ timeline: 2, left: '0/3800000' })
    const fork = await promoting('a', [primary, a, b])
    assert.match(fork.check, /^fail: a has another history: timeline 1 ends at 0\/3000000 for a/)
    assert.deepEqual([fork.lossBytes, fork.followers], [null, []])
    const follower = await promoting('b', [primary, a, b])
    assert.match(follower.check, /^pass/)
    assert.deepEqual([follower.lossBytes, follower.followers], [0, []])
    assert.match(follower.orphans.join(), /^a, which has another history/)
  })

  test('two histories, and nobody knows which was that of the primary', async () => {
    for (const target of ['a', 'b']) {
      const { check, lossBytes, followers } = await promoting(target, [lostPrimary({ timeline: 2 }), a, b])
      assert.match(check, new RegExp(`^fail: timeline 1 ends at .*: whether ${target} followed db-1 is unknown`))
      assert.deepEqual([lossBytes, followers], [null, []])
    }
  })

  test('a higher number than the primary had: it would follow by number only', async () => {
    const fork = standby('a', 5433, { timeline: 2 })
    const { followers, orphans } = await promoting('b', [
      lostPrimary({ timeline: 1 }),
      fork,
      standby('b', 5434, { timeline: 1 }),
    ])
    assert.deepEqual(followers, [])
    assert.deepEqual(orphans, ['a is on timeline 2, db-1 was on 1: rewind or rebuild it'])
  })
})
