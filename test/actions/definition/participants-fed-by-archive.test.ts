// Standbys that an archive feeds in the promotion of another one: there is no connection to be pointed at the new primary.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PlanningView } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { failoverImpact } from '../../../src/actions/promotion/cost.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { WalSources } from '../../../src/model/values/recovery-settings.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aStale,
  aStandbyPulse,
  NOW,
  PRIMARY_LSN,
} from '../../builders/snapshot.ts'

function standbyAt(id: string, port: number, walSources: WalSources, missing = 0n): DatabaseRecord {
  const at = PRIMARY_LSN - missing
  const standby = { receiver: null, receivedLsn: walSources.upstream ? at : null, replayedLsn: at, walSources }
  return aDatabase({ id, port, pulse: aStandbyPulse({ serverPort: port, standby }) })
}

function planning(): PlanningView {
  const gone = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 9_000, aFault('refused'), NOW - 8_000) }
  const streamed = standbyAt('b', 5434, { archive: true, upstream: true, slot: null })
  const fed = standbyAt('a', 5433, { archive: true, upstream: false, slot: null }, 4096n)
  const snapshot = aCluster({ databases: [gone, fed, streamed] })
  const picture = derivePicture(snapshot, derivePicture(snapshot, null, NOW - 1), NOW)
  const config = { spec: snapshot.spec, databases: [], servers: [], hosts: [] }
  return { config, picture, snapshot, manager: null, now: NOW }
}

describe('a standby that an archive alone feeds', () => {
  const sight = planning()
  const participants = promotionParticipants(sight, 'b')
  assert.ok(participants)

  test('is not pointed at the new primary', () => {
    assert.deepEqual(participants.standbys, [])
  })

  test('is left behind, with what it depends on', () => {
    assert.deepEqual(failoverImpact(participants, sight).orphans, [
      'a restores WAL from an archive: it follows b only if that archives to the same place',
    ])
  })

  test('does not prevent that another one is pointed at it when it is promoted', () => {
    const names = promotionParticipants(sight, 'a')?.standbys.map(({ id }) => id)
    assert.deepEqual(names, ['b'])
  })
})

test('a standby that had all WAL of a lost primary loses what came later, whether or not it has an archive too', () => {
  const sight = planning()
  const estimate = (id: string) => promotionParticipants(sight, id)?.estimate.estimate
  assert.deepEqual([estimate('b')?.lossBytes, estimate('b')?.lossBound], [0, 'at-least'])
  assert.doesNotMatch(estimate('b')?.warnings.join('; ') ?? '', /archive/)
  assert.deepEqual([estimate('a')?.lossBytes, estimate('a')?.lossBound], [null, null])
})
