// Commits that wait for synchronous standbys after a change: standbys count by the names with which they connect.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { enoughSyncStandbys, notRequiredForCommits } from '../../../src/actions/checks/sync-standbys.ts'
import type { ActionToolbox, Draft, PlanningView, PreflightCheck } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aSender,
  aStale,
  aStandbyPulse,
  NOW,
} from '../../builders/snapshot.ts'

/** `conninfos`: primary_conninfo by standby; one that is missing can't be read. */
async function found(check: PreflightCheck, sight: PlanningView, conninfos: Readonly<Record<string, string>> = {}) {
  const sql = async (id: string) => {
    const conninfo = conninfos[id]
    if (conninfo === undefined) throw new Error('permission denied')
    return [{ conninfo }]
  }
  const result = await check.run(sight, {} as Draft, { sql } as unknown as ActionToolbox)
  return result ? `${result.result}: ${result.message}; ${result.hint ?? ''}` : 'does not apply'
}

function sightOf(databases: readonly DatabaseRecord[]): PlanningView {
  const snapshot = aCluster({ databases })
  const picture = derivePicture(snapshot, derivePicture(snapshot, null, NOW - 1), NOW)
  const config = { spec: snapshot.spec, databases: [], servers: [], hosts: [] }
  return { config, picture, snapshot, manager: null, now: NOW }
}

const dead = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused'), NOW - 58_000) }

/** Two standbys of a primary that is gone. */
function afterLoss(setting: string, over: Parameters<typeof aStandbyPulse>[0] = {}): PlanningView {
  const target = aStandbyPulse({ serverPort: 5433, synchronousStandbyNames: setting, standby: { receiver: null } })
  const other = aStandbyPulse({ serverPort: 5434, ...over, standby: { receiver: null, ...over?.standby } })
  return sightOf([
    dead,
    aDatabase({ id: 'a', port: 5433, pulse: target }),
    aDatabase({ id: 'b', port: 5434, pulse: other }),
  ])
}

function ofPromotion(sight: PlanningView): PreflightCheck {
  const { standbys } = promotionParticipants(sight, 'a') ?? assert.fail('no a')
  return enoughSyncStandbys('a', standbys, null)
}

const B = { b: 'host=p application_name=b' }

describe('a promotion', () => {
  const cases: readonly (readonly [setting: string, conninfos: Readonly<Record<string, string>>, RegExp])[] = [
    ['', B, /^pass: commits wait for no standby/],
    ['*', B, /^pass: .*and b will follow/],
    ['FIRST 1 (a, b)', B, /^pass: .*and b will follow/],
    ['a', B, /^warn: .* commits wait for 1 of them; .*it names none: every commit would hang/],
    ['ANY 2 (a, b)', B, /^warn: .*it names only b: every commit would hang/],
    ['"B"', B, /^pass: .*and b will follow/],
    ['walreceiver', { b: 'host=p' }, /^pass: .*and walreceiver will follow/],
    ['b', { b: 'host=p' }, /^warn: .*it names none: every commit would hang/],
    ['b', {}, /^warn: .*the names of those that will follow are unknown/],
  ]
  for (const [setting, conninfos, wanted] of cases) {
    test(`to '${setting}' with ${JSON.stringify(conninfos)}`, async () => {
      const sight = afterLoss(setting)
      assert.match(await found(ofPromotion(sight), sight, conninfos), wanted)
    })
  }

  test('a standby is known by its cluster_name where its connection names none', async () => {
    const sight = afterLoss('site_b', { clusterName: 'site_b' })
    assert.match(await found(ofPromotion(sight), sight, { b: 'host=p' }), /^pass: .*and site_b will follow/)
  })

  test('one that replays much later confirms nothing before', async () => {
    const sight = afterLoss('b', { applyDelayMs: 3_600_000 })
    assert.match(await found(ofPromotion(sight), sight, B), /^warn: .*every commit would hang/)
  })

  test('the old primary returns with its id as its name', async () => {
    const sight = afterLoss('db-1')
    const primary = sight.picture.databases.find(({ id }) => id === 'db-1') ?? assert.fail('no primary')
    assert.match(await found(enoughSyncStandbys('a', [], primary), sight), /^pass: .*and db-1 will follow/)
  })
})

describe('a standby that leaves', () => {
  function leaving(setting: string) {
    const senders = ['a', 'b'].map((name, index) =>
      aSender({ pid: 10 + index, applicationName: name, startedAt: NOW - index }),
    )
    const sight = sightOf([
      aPrimary({ senders, synchronousStandbyNames: setting }),
      aDatabase({ id: 'a', port: 5433, pulse: aStandbyPulse({ serverPort: 5433 }) }),
      aDatabase({ id: 'b', port: 5434, pulse: aStandbyPulse({ serverPort: 5434 }) }),
    ])
    const [upstream, view] = ['db-1', 'a'].map((id) => sight.picture.databases.find((each) => each.id === id))
    return { sight, check: notRequiredForCommits(view ?? assert.fail('no a'), upstream ?? null) }
  }

  test('is not missed where another is named', async () => {
    const { sight, check } = leaving('ANY 1 (a, b)')
    assert.match(await found(check, sight), /^pass: .*commits wait for 1, 1 would be left/)
  })

  test('is the only one that is named, whoever is left', async () => {
    const { sight, check } = leaving('a')
    assert.match(await found(check, sight), /^fail: .*commits wait for 1, 0 would be left: every commit would hang/)
  })
})
