// A server that two entries of the configuration lead to raises each of its alerts once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import type { DatabasePulse } from '../../../../src/model/measured/pulse.ts'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import { aCluster, aDatabase, aFault, aPrimaryPulse, aSlot, aStale, NOW } from '../../../builders/snapshot.ts'

/** The server listens on 5432. The other entry reaches it at 6432. */
function entries(pulse: DatabasePulse): readonly DatabaseRecord[] {
  return [aDatabase({ id: 'vip', port: 6432, pulse }), aDatabase({ id: 'own', port: 5432, pulse })]
}

function dead(record: DatabaseRecord): DatabaseRecord {
  return record.pulse.state === 'fresh'
    ? { ...record, pulse: aStale(record.pulse.value, NOW - 9000, aFault('refused'), NOW - 8000) }
    : record
}

function alertsOf(databases: readonly DatabaseRecord[]): readonly string[] {
  const { alerts } = derivePicture(aCluster({ databases }), null, NOW)
  return alerts.map(({ rule, subject }) => `${rule} ${subject.owner}${subject.part === null ? '' : `/${subject.part}`}`)
}

describe('one server under two entries', () => {
  const pulse = aPrimaryPulse({ serverPort: 5432, slots: [aSlot({ name: 'idle', active: false, activePid: null })] })

  test('its figures and parts', () => {
    assert.deepEqual(alertsOf(entries(pulse)), ['slot-inactive own/idle'])
  })

  test('it is down', () => {
    const down = alertsOf(entries(pulse).map(dead)).filter((each) => each.startsWith('database-inactive'))
    assert.deepEqual(down, ['database-inactive own'])
  })

  test('one way to it that fails is told, and so is each of two servers', () => {
    const [vip, own] = entries(pulse)
    assert.ok(vip && own)
    assert.deepEqual(alertsOf([dead(vip), own]).includes('database-inactive vip'), true)
    const other = aDatabase({
      id: 'vip',
      port: 6432,
      pulse: aPrimaryPulse({ serverPort: 5433, systemIdentifier: '7', startedAt: NOW - 5_000_000 }),
    })
    const down = alertsOf([other, own].map(dead)).filter((each) => each.startsWith('database-inactive'))
    assert.deepEqual(down.toSorted(), ['database-inactive own', 'database-inactive vip'])
  })
})
