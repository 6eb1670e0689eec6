import assert from 'node:assert/strict'
import { test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { xminHorizonOf } from '../../../src/model/sessions/xmin-horizon.ts'
import {
  aCluster,
  aDatabase,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aSlot,
  aStandbyPulse,
  NOW,
} from '../../builders/snapshot.ts'
import { REPORT, someTransactions } from '../../builders/transactions.ts'

const holder = (age: number) => someTransactions({ xminSession: { ...REPORT, kind: 'client backend', age } })
const sender = { applicationName: 'a', pid: 9 }

function horizon(primary: Partial<DatabasePulse>, standby: Parameters<typeof aStandbyPulse>[0] = {}) {
  const databases = [
    aDatabase({ id: 'p', pulse: aPrimaryPulse({ transactions: someTransactions(), ...primary }) }),
    aDatabase({
      id: 'a',
      port: 5433,
      slot: 'a_slot',
      pulse: aStandbyPulse({ transactions: someTransactions(), clusterName: 'a', ...standby }),
    }),
  ]
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const view = picture.databases.find(({ id }) => id === 'p')
  assert.ok(view)
  const found = xminHorizonOf(view, picture)
  return found.kind === 'held'
    ? `${found.holder.kind} ${found.holder.age}${found.isBound ? '+' : ''} ${found.holder.nodeId}: ${found.holder.text}`
    : found.kind
}

test('the oldest of sessions, prepared transactions and slots', () => {
  assert.equal(horizon({}), 'none')
  assert.equal(horizon({ transactions: holder(50) }), 'session 50 p: process 7 (report) of role app in shop, active')
  const prepared = {
    count: 1,
    oldest: { gid: 'x', owner: 'app', database: 'shop', seconds: 5 },
    oldestAge: 60,
  }
  assert.equal(
    horizon({ transactions: { ...holder(50), prepared } }),
    'prepared 60 p: prepared transaction "x" of app in shop',
  )
  const oldestByAge = { gid: 'began first', owner: 'app', database: 'shop', seconds: 1 }
  assert.equal(
    horizon({ transactions: { ...holder(50), prepared: { ...prepared, count: 2, oldestByAge } } }),
    'prepared 60 p: prepared transaction "began first" of app in shop',
  )
  const idle = aSlot({ name: 'old', type: 'logical', active: false, activePid: null, catalogXminAge: 70 })
  assert.equal(
    horizon({ transactions: { ...holder(50), prepared }, slots: [idle] }),
    'slot 70 p: slot old keeps rows of catalogs and is inactive',
  )
})

test('an invalidated slot holds nothing, though the server shows its xmin', () => {
  const slot = { name: 'old', active: false, activePid: null, xminAge: 70 }
  assert.equal(horizon({ slots: [aSlot({ ...slot, walStatus: 'lost' })] }), 'none')
  assert.equal(horizon({ slots: [aSlot({ ...slot, invalidationReason: 'idle_timeout' })] }), 'none')
  assert.equal(horizon({ slots: [aSlot(slot)] }), 'slot 70 p: slot old is inactive')
})

test('a standby with hot_standby_feedback, and there the session that causes it', () => {
  const slots = [aSlot({ name: 'a_slot', activePid: 9, xminAge: 2_000_000 })]
  const senders = [aSender({ ...sender, slot: 'a_slot' })]
  const receiver = aReceiver({ slot: 'a_slot' })
  assert.equal(
    horizon({ slots, senders }, { transactions: holder(1_999_990), standby: { receiver } }),
    'slot 2000000 a: slot a_slot of a (hot_standby_feedback): there process 7 (report) of role app in shop, active',
  )
  // Nothing on the standby is as old: that session is gone, or is not seen.
  assert.equal(
    horizon({ slots, senders }, { transactions: holder(3), standby: { receiver } }),
    'slot 2000000 p: slot a_slot of a (hot_standby_feedback)',
  )
  assert.equal(
    horizon({ senders: [aSender({ ...sender, xminAge: 40 })] }, { transactions: holder(40) }),
    'standby 40 a: the walsender of a (hot_standby_feedback): there process 7 (report) of role app in shop, active',
  )
})

test('what is not seen is a bound, or unknown', () => {
  const hidden = { sessions: { ...aPrimaryPulse().sessions, active: null } }
  assert.equal(horizon(hidden), 'unknown')
  assert.equal(horizon({ unreadSessions: 3 }), 'unknown')
  const slots = [aSlot({ name: 'old', active: false, activePid: null, xminAge: 70 })]
  assert.equal(horizon({ ...hidden, slots }), 'slot 70+ p: slot old is inactive')
})
