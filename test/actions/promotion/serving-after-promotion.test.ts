// Who serves the users after a promotion, as a plan says it: by the database that each server uses.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanningView } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { servingAfterPromotion } from '../../../src/actions/promotion/serving-after-promotion.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ServerRecord } from '../../../src/model/measured/snapshot.ts'
import { aCluster, aPrimary, aServer, aServerPulse, aStandby, NOW } from '../../builders/snapshot.ts'

function words(servers: readonly ServerRecord[]): string {
  const snapshot = aCluster({ databases: [aPrimary(), aStandby()], servers })
  const picture = derivePicture(snapshot, null, NOW)
  const config = { spec: snapshot.spec, databases: [], servers: [], hosts: [] }
  const view: PlanningView = { config, picture, snapshot, manager: null, now: NOW }
  const participants = promotionParticipants(view, 'db-ro')
  assert.ok(participants)
  return servingAfterPromotion(participants, view)
}

const of = (id: string, type: 'primary' | 'secondary' | 'read-only', databaseId: string) =>
  aServer({ id, type, databaseId, pulse: aServerPulse() })

const CASES: readonly (readonly [string, readonly ServerRecord[], string])[] = [
  ['no servers', [], 'db-ro is writable'],
  [
    'all use the old primary',
    [of('app-a', 'primary', 'db-1'), of('app-b', 'secondary', 'db-1')],
    'nobody can write; app-a and app-b use db-1 and can’t write until they use db-ro',
  ],
  [
    'one uses the target',
    [of('app-a', 'primary', 'db-1'), of('app-b', 'secondary', 'db-ro')],
    'users write through app-b; app-a uses db-1 and can’t write until it uses db-ro',
  ],
  [
    'a read-only server uses the target',
    [of('app-a', 'primary', 'db-1'), of('app-ro', 'read-only', 'db-ro')],
    'users can only read, on app-ro; app-a uses db-1 and can’t write until it uses db-ro',
  ],
]

for (const [name, servers, expected] of CASES)
  test(name, () => {
    assert.equal(words(servers), expected)
  })
