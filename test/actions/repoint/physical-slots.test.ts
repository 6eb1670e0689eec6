// The slot of a standby: what it is set to use counts, and no temporary one of its walreceiver.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { slotNameFor, usedSlotOf } from '../../../src/actions/repoint/physical-slots.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aDatabase, aPrimary, aReceiver, aStandbyPulse, NOW } from '../../builders/snapshot.ts'

function standbyWith(slot: string | null, received: string | null, configured: string | null = null) {
  const walSources = { archive: false, upstream: true, slot }
  const pulse = aStandbyPulse({ standby: { receiver: aReceiver({ slot: received }), walSources } })
  const snapshot = aCluster({ databases: [aPrimary(), aDatabase({ id: 'Site-B', port: 5433, pulse })] })
  const view = derivePicture(snapshot, null, NOW).databases.find(({ id }) => id === 'Site-B') ?? assert.fail('no view')
  const databases = [{ spec: { id: 'Site-B', slot: configured } }] as never
  return {
    used: usedSlotOf(view),
    name: slotNameFor(view, { config: { spec: snapshot.spec, databases, servers: [], hosts: [] } }),
  }
}

describe('the slot of a standby', () => {
  test('as its setting has it', () => assert.deepEqual(standbyWith('own', 'own'), { used: 'own', name: 'own' }))

  test('a temporary slot (wal_receiver_create_temp_slot) is none to keep', () => {
    assert.deepEqual(standbyWith(null, 'pg_walreceiver_4711'), { used: null, name: 'site_b' })
  })

  test('as configured, before its id', () => {
    assert.deepEqual(standbyWith(null, null, 'b_slot'), { used: null, name: 'b_slot' })
  })
})
