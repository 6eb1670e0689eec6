// Consumers of failover slots that would wait on a new primary, because synchronized_standby_slots names what no standby uses.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { synchronizedSlotsInUse } from '../../../src/actions/checks/synchronized-slots.ts'
import type { ActionToolbox, Draft, PlanningView } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import {
  aCluster,
  aDatabase,
  aPrimary,
  aReceiver,
  aSender,
  aSlot,
  aStandbyPulse,
  NOW,
} from '../../builders/snapshot.ts'

const COPY = { name: 'sub', type: 'logical', active: false, failover: true, synced: true } as const

function planning(setting: string, slots = [aSlot(COPY)]): PlanningView {
  const receiver = (slot: string) => aReceiver({ slot })
  const a = aStandbyPulse({
    serverPort: 5433,
    slots,
    synchronizedStandbySlots: setting,
    standby: { receiver: receiver('a_slot') },
  })
  const b = aStandbyPulse({ serverPort: 5434, standby: { receiver: receiver('b_slot') } })
  const senders = ['a', 'b'].map((name, index) => aSender({ pid: 10 + index, applicationName: name }))
  const snapshot = aCluster({
    databases: [
      aPrimary({ senders }),
      aDatabase({ id: 'a', port: 5433, pulse: a }),
      aDatabase({ id: 'b', port: 5434, pulse: b }),
    ],
  })
  const picture = derivePicture(snapshot, derivePicture(snapshot, null, NOW - 1), NOW)
  const config = { spec: snapshot.spec, databases: [], servers: [], hosts: [] }
  return { config, picture, snapshot, manager: null, now: NOW }
}

async function found(sight: PlanningView) {
  const participants = promotionParticipants(sight, 'a') ?? assert.fail('no a')
  const result = await synchronizedSlotsInUse(participants).run(sight, {} as Draft, {} as ActionToolbox)
  return result ? `${result.result}: ${result.message}; ${result.hint ?? ''}` : 'does not apply'
}

describe('synchronized_standby_slots of a new primary', () => {
  test('names the slots that the others and the returning primary will use', async () => {
    assert.match(await found(planning('b_slot')), /^pass: .* names b_slot: standbys will use it/)
    assert.match(await found(planning('b_slot, "db_1"')), /^pass: .* names b_slot and db_1: standbys will use them/)
  })

  test('names its own slot, which nobody uses there', async () => {
    assert.match(
      await found(planning('a_slot, b_slot')),
      /^warn: .*no standby will use a_slot, and the consumers of sub wait until one does; .*= 'b_slot, db_1'/,
    )
  })

  test('holds nobody back without failover slots', async () => {
    assert.equal(await found(planning('a_slot', [])), 'does not apply')
    assert.equal(
      await found(planning('a_slot', [aSlot({ ...COPY, failover: false, synced: false })])),
      'does not apply',
    )
    assert.equal(await found(planning('')), 'does not apply')
  })
})
