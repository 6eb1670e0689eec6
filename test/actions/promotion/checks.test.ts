// Checks before a promotion, on clusters in the states that they are for.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clocksAgree } from '../../../src/actions/checks/environment.ts'
import { noClusterManager } from '../../../src/actions/checks/no-manager.ts'
import { primaryConfirmedDown } from '../../../src/actions/checks/primary-down.ts'
import { replayBacklog } from '../../../src/actions/checks/replay.ts'
import { noOtherPrimary, targetIsStandby } from '../../../src/actions/checks/roles.ts'
import type { ActionToolbox, Draft, PlanningView, PreflightCheck } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { bestCandidateCheck, promotionLossCheck } from '../../../src/actions/promotion/candidate-checks.ts'
import { failoverImpact, promotionDanger } from '../../../src/actions/promotion/cost.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aStale,
  aStandby,
  aStandbyPulse,
  NOW,
  PRIMARY_LSN,
} from '../../builders/snapshot.ts'

const KB = 1024n

function sightOf(snapshot: ClusterSnapshot): PlanningView {
  const before = derivePicture(snapshot, null, NOW - 1)
  return {
    config: { spec: snapshot.spec, databases: [], servers: [], hosts: [] },
    picture: derivePicture(snapshot, before, NOW),
    snapshot,
    manager: null,
    now: NOW,
  }
}

/** A primary that is down, with what it had written last. */
function gone(lsn = PRIMARY_LSN): DatabaseRecord {
  return { ...aPrimary(), pulse: aStale(aPrimaryPulse({ lsn }), NOW - 60_000, aFault('refused'), NOW - 58_000) }
}

function standbyAt(
  id: string,
  port: number,
  missing: bigint,
  over: Parameters<typeof aStandbyPulse>[0] = {},
): DatabaseRecord {
  const at = PRIMARY_LSN - missing
  const standby = { receivedLsn: at, replayedLsn: at, receiver: null, ...over?.standby }
  return aDatabase({ id, port, pulse: aStandbyPulse({ serverPort: port, ...over, standby }) })
}

async function found(code: PreflightCheck, sight: PlanningView): Promise<string> {
  const finding = await code.run(sight, {} as Draft, { host: () => null } as unknown as ActionToolbox)
  return finding ? `${finding.result}: ${finding.message}` : 'does not apply'
}

function sceneIn(sight: PlanningView, id = 'db-ro') {
  return promotionParticipants(sight, id) ?? assert.fail(`no ${id}`)
}

describe('the choice of the standby', () => {
  test('another one that has received more is named, with the bytes', async () => {
    const sight = sightOf(
      aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 64n * KB), standbyAt('db-ro-2', 5434, 0n)] }),
    )
    assert.match(
      await found(bestCandidateCheck(sceneIn(sight)), sight),
      /^warn: db-ro-2 has received 64 kB more than db-ro$/,
    )
    assert.match(
      await found(bestCandidateCheck(sceneIn(sight, 'db-ro-2')), sight),
      /^pass: db-ro-2 has received up to .*: no other standby has more$/,
    )
  })

  test('one of another timeline fails', async () => {
    const sight = sightOf(aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 0n, { timeline: 3 })] }))
    assert.match(
      await found(bestCandidateCheck(sceneIn(sight)), sight),
      /^fail: db-ro is on timeline 3, db-1 was on 1$/,
    )
  })

  test('what is lost: bytes, their age, and the danger', async () => {
    const small = sightOf(aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 100n * KB)] }))
    const limits = small.config.spec.thresholds.replicationLagBytes
    assert.match(
      await found(promotionLossCheck(sceneIn(small), limits, true), small),
      /^warn: at least 100 kB, last seen 1 min before this plan; what db-1 wrote after that is unknown$/,
    )
    assert.equal(promotionDanger(sceneIn(small), small), 'outage')
    const large = sightOf(aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 100n * 1024n * KB)] }))
    assert.equal(promotionDanger(sceneIn(large), large), 'data-loss')
    assert.match(
      failoverImpact(sceneIn(large), large).statement,
      /; at least 100 MB of commits are lost for good, and what db-1 wrote after it was last seen 1 min before this plan\./,
    )
    const none = sightOf(aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 0n)] }))
    assert.equal(
      await found(promotionLossCheck(sceneIn(none), limits, true), none),
      'warn: unknown: what db-1 wrote after it was last seen 1 min before this plan',
    )
    const { lossBytes, lossBound, lossAgeSeconds } = failoverImpact(sceneIn(none), none)
    assert.deepEqual([lossBytes, lossBound, lossAgeSeconds], [0, 'at-least', 60])
  })
})

describe('who takes writes', () => {
  test('the target must be a standby that is read', async () => {
    const sight = sightOf(aCluster({ databases: [aPrimary(), aStandby()] }))
    assert.match(await found(targetIsStandby('db-ro'), sight), /^pass: db-ro is in recovery, on timeline 1$/)
    assert.match(await found(targetIsStandby('db-1'), sight), /^fail: db-1 is already writable$/)
    const unread = { ...aStandby(), pulse: aStale(aStandbyPulse(), NOW - 9_000, aFault('timeout')) }
    assert.match(
      await found(targetIsStandby('db-ro'), sightOf(aCluster({ databases: [aPrimary(), unread] }))),
      /^fail: the state of db-ro is unknown/,
    )
  })

  test('a primary that answers is no obstacle only where the plan stops it', async () => {
    const sight = sightOf(aCluster({ databases: [aPrimary(), aStandby()] }))
    assert.match(await found(noOtherPrimary(sceneIn(sight), false), sight), /^fail: db-1 is writable$/)
    assert.match(
      await found(noOtherPrimary(sceneIn(sight), true), sight),
      /^pass: only db-1 is writable, and this plan stops it first$/,
    )
  })

  test('one that can’t be read is told', async () => {
    const silent = aDatabase({
      id: 'db-x',
      port: 5435,
      pulse: aStale(aStandbyPulse(), NOW - 60_000, aFault('timeout'), NOW - 50_000),
    })
    const sight = sightOf(aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 0n), silent] }))
    assert.match(
      await found(noOtherPrimary(sceneIn(sight), false), sight),
      /^warn: whether these are writable is unknown: db-x \(unread for 50 s\)$/,
    )
    assert.match(await found(noClusterManager('promote', 'db-ro'), sight), /^pass/)
  })
})

describe('whether the primary is down', () => {
  test('it refuses connections, and its standby lost it too: a cut network looks the same', async () => {
    const sight = sightOf(aCluster({ databases: [gone(), standbyAt('db-ro', 5433, 0n)] }))
    assert.match(await found(primaryConfirmedDown(sceneIn(sight), false), sight), /^fail: db-ro lost db-1 too/)
    assert.match(await found(primaryConfirmedDown(sceneIn(sight), true), sight), /^warn: db-ro lost db-1 too/)
  })

  test('a standby that is connected to a server which is not in the config: that one lives', async () => {
    const receiver = aReceiver({ senderHost: '10.9.9.9', lastMessageAgeSeconds: 3 })
    const sight = sightOf(
      aCluster({
        databases: [gone(), standbyAt('db-ro', 5433, 0n), standbyAt('db-x', 5434, 0n, { standby: { receiver } })],
      }),
    )
    for (const isFenced of [false, true])
      assert.match(
        await found(primaryConfirmedDown(sceneIn(sight), isFenced), sight),
        /^fail: .*db-x is connected to 10\.9\.9\.9:5432, last message 3 s before it was read/,
      )
  })

  test('its standby still hears from it: this host may be cut off', async () => {
    const silent = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('timeout'), NOW - 58_000) }
    const sight = sightOf(
      aCluster({ databases: [silent, aStandby({ standby: { receiver: aReceiver({ lastMessageAgeSeconds: 0.4 }) } })] }),
    )
    assert.match(await found(primaryConfirmedDown(sceneIn(sight), false), sight), /^fail: db-ro still sees db-1/)
  })

  test('it answers that the password is wrong: it is up', async () => {
    const locked = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('auth'), NOW - 58_000) }
    const sight = sightOf(aCluster({ databases: [locked, standbyAt('db-ro', 5433, 0n)] }))
    assert.match(await found(primaryConfirmedDown(sceneIn(sight), true), sight), /^fail: db-1 is up/)
  })

  test('nobody can tell: only a fence on its host is evidence enough', async () => {
    const silent = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('timeout'), NOW - 58_000) }
    const standby = aStandby({ standby: { receiver: aReceiver({ lastMessageAgeSeconds: 70 }) } })
    const sight = sightOf(aCluster({ databases: [silent, standby] }))
    assert.match(await found(primaryConfirmedDown(sceneIn(sight), false), sight), /^fail/)
    assert.match(await found(primaryConfirmedDown(sceneIn(sight), true), sight), /^warn/)
  })
})

describe('what comes after', () => {
  test('a backlog of replay, and clocks that differ', async () => {
    const late = standbyAt('db-ro', 5433, 0n, {
      clockOffsetMs: 9_000,
      standby: { replayedLsn: PRIMARY_LSN - 50n * 1024n * KB },
    })
    const sight = sightOf(aCluster({ databases: [gone(), late, standbyAt('db-ro-2', 5434, 0n)] }))
    assert.match(
      await found(replayBacklog('db-ro'), sight),
      /^warn: 50 MB received and not yet replayed; how fast it replays is unknown$/,
    )
    assert.match(await found(clocksAgree('db-ro'), sight), /^warn: clocks are at most 9 s apart$/)
  })
})
