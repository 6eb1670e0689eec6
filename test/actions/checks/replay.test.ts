import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replayPaused } from '../../../src/actions/checks/replay.ts'
import type { ActionToolbox, Draft } from '../../../src/actions/definition/action.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

type Standby = NonNullable<NonNullable<Parameters<typeof aStandby>[0]>['standby']>

async function resultOf(standby: Standby) {
  const snapshot = aCluster({ databases: [aPrimary(), aStandby({ standby })] })
  const config = { spec: snapshot.spec, databases: [], servers: [], hosts: [] }
  const view = { config, picture: derivePicture(snapshot, null, NOW), snapshot, manager: null, now: NOW }
  const found = await replayPaused('db-ro').run(view, {} as Draft, {} as ActionToolbox)
  return [found?.result, found?.message.split(':')[0]]
}

test('a pause that the server does not tell is unknown, and at a recovery target it counts', async () => {
  const recoveryTarget = { setting: 'recovery_target_name', value: 'x', action: 'pause' } as const
  assert.deepEqual(await resultOf({}), ['pass', 'replay continues'])
  assert.deepEqual(await resultOf({ pause: 'paused' }), ['fail', 'replay of db-ro is paused'])
  assert.deepEqual(await resultOf({ pause: null }), ['warn', 'whether replay of db-ro is paused is unknown'])
  assert.deepEqual(await resultOf({ pause: null, recoveryTarget }), [
    'fail',
    'replay of db-ro may be paused at its recovery target',
  ])
})
