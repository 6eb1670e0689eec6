// Which logical slots survive a promotion: only a persistent, synchronized and valid copy serves on.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { slotFate, slotsWaitingFor, withoutCopyText } from '../../../src/model/failover/slots-after.ts'
import type { SlotSyncSettings } from '../../../src/model/values/recovery-settings.ts'
import { aSlot, aStandbyPulse } from '../../builders/snapshot.ts'

const slot = { name: 'sub', failover: true }
const copyOf = (over: Parameters<typeof aSlot>[0] = {}) =>
  aSlot({ name: 'sub', type: 'logical', failover: true, synced: true, active: false, ...over })

const TABLE: readonly (readonly [name: string, copies: readonly ReturnType<typeof aSlot>[], fate: string])[] = [
  ['a copy that is ready', [copyOf()], 'kept'],
  ['a copy that is temporary, as it is not caught up yet', [copyOf({ temporary: true })], 'not-ready'],
  ['a copy that is invalidated', [copyOf({ invalidationReason: 'rows_removed' })], 'not-ready'],
  ['a copy that has lost its WAL', [copyOf({ walStatus: 'lost' })], 'not-ready'],
  ['none yet', [], 'not-ready'],
  ['a slot of that name that is the standby’s own', [copyOf({ synced: false })], 'not-ready'],
  ['a physical slot of that name', [aSlot({ name: 'sub' })], 'not-ready'],
  ['a copy of another slot', [copyOf({ name: 'other' })], 'not-ready'],
]

for (const [name, copies, fate] of TABLE) test(name, () => assert.equal(slotFate(slot, copies), fate))

test('a slot that is no failover slot is lost, also where the version knows none', () => {
  assert.equal(slotFate({ name: 'sub', failover: false }, []), 'lost')
  assert.equal(slotFate({ name: 'sub' }, []), 'lost')
  assert.equal(
    slotFate({ name: 'sub', failover: null }, [aSlot({ name: 'sub', type: 'logical', synced: null })]),
    'lost',
  )
})

test('consumers of failover slots wait for a named slot that nobody uses', () => {
  const sub = aSlot({ name: 'sub', type: 'logical', failover: true })
  const slots = [
    sub,
    aSlot({ name: 'plain', type: 'logical', failover: false }),
    aSlot({ name: 'a_slot', active: false }),
  ]
  const waiting = (name: string, active: boolean, synchronizedStandbySlots: string | null | undefined) =>
    slotsWaitingFor({ name, active }, { slots, synchronizedStandbySlots }).map((each) => each.name)
  assert.deepEqual(waiting('a_slot', false, 'a_slot'), ['sub'])
  assert.deepEqual(waiting('a_slot', false, 'b_slot, "a_slot"'), ['sub'])
  assert.deepEqual(waiting('a_slot', true, 'a_slot'), [])
  assert.deepEqual(waiting('b_slot', false, 'a_slot'), [])
  const promoted = { slots: [aSlot({ ...sub, synced: true })], synchronizedStandbySlots: 'a_slot' }
  assert.equal(
    slotsWaitingFor({ name: 'a_slot', active: false }, promoted).length,
    1,
    'it was a copy before a promotion',
  )
  for (const setting of ['', null, undefined]) assert.deepEqual(waiting('a_slot', false, setting), [])
})

describe('a failover slot without a copy that is ready', () => {
  const holder = (name: string, ...slots: readonly ReturnType<typeof aSlot>[]) => ({ name, pulse: { slots } })
  const primary = holder('p', aSlot({ name: 'a_slot' }))
  const textOf = (...standbys: Parameters<typeof withoutCopyText>[1]) => withoutCopyText(slot, standbys, primary)
  const LOST = 'has no synchronized copy that is ready on any standby: a promotion would lose it'

  test('is told, and by what it is blocked', () => {
    assert.equal(textOf(holder('a')), LOST)
    assert.equal(
      textOf(holder('a', copyOf({ temporary: true, skipReason: 'wal_not_flushed' })), holder('b')),
      `${LOST} (on a its copy is not caught up yet, the last synchronization was skipped: wal_not_flushed)`,
    )
    assert.equal(
      textOf(holder('a', copyOf({ invalidationReason: 'rows_removed' }))),
      `${LOST} (on a its copy is invalidated: rows_removed)`,
    )
    assert.equal(
      textOf(holder('a', copyOf({ synced: false }))),
      'is not synchronized: a has an own slot of that name, which has to be dropped there',
    )
  })

  test('by the settings that a standby lacks, with their values', () => {
    const ready = { worker: 'on', feedback: 'on', hasDatabase: true, walLevel: 'logical' }
    const standby = (slotSync: Partial<SlotSyncSettings> | null, own: string | null = 'a_slot', upstream = true) => ({
      name: 'a',
      pulse: aStandbyPulse({
        slots: [],
        standby: {
          slotSync: slotSync && { ...ready, ...slotSync },
          walSources: { archive: false, upstream, slot: own },
        },
      }),
    })
    const why = (...of: Parameters<typeof standby>) => textOf(standby(...of))?.replace(LOST, '')
    assert.equal(why({}), '')
    assert.equal(why(null), '', 'what was not read is not told')
    assert.equal(
      why({ worker: 'off', feedback: 'off', hasDatabase: false, walLevel: 'replica' }, null),
      ' (on a sync_replication_slots is off, hot_standby_feedback is off, primary_slot_name is empty, ' +
        'primary_conninfo has no dbname and wal_level is replica)',
    )
    assert.equal(why({}, 'gone'), ' (on a primary_slot_name is gone, which p does not have)')
    assert.equal(why({ hasDatabase: false }, 'a_slot', false), ' (on a primary_conninfo is empty)')
    assert.equal(why({ hasDatabase: null }), ' (on a whether primary_conninfo has a dbname is hidden from this role)')
  })

  test('not where one standby has it, nor where none can be read', () => {
    assert.equal(textOf(holder('a'), holder('b', copyOf())), null)
    assert.equal(textOf(), null)
  })
})
