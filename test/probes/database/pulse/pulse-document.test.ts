// The pulse's document: hostile text becomes harmless, and a shape that is not ours is a fault.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { parsePulse } from '../../../../src/probes/database/pulse/pulse-document.ts'
import { NO_MANAGER } from '../../../builders/snapshot.ts'

const TRIP = { sentAt: 1_000_000, answeredAt: 1_000_010 }

const PRIMARY = {
  version: '18.4 (Debian 18.4-1.pgdg13+1)',
  versionNumber: 180_004,
  role: 'deck',
  readOnly: true,
  seesAll: true,
  mayUseReserved: false,
  systemIdentifier: '7710875730091603779',
  timeline: 4,
  standby: null as unknown,
  lsn: '16/B374D848' as string | null,
  flushedLsn: '16/B374D800' as string | null,
  startedAt: 900_000.5,
  postmasterStart: '900000500',
  port: 5432,
  clock: 1_000_055,
  serverAddress: '10.0.0.11',
  serverPort: 5432,
  clusterName: '',
  sessions: {
    total: 3,
    max: 100,
    reserved: 3,
    active: 1,
    idleInTransaction: 0,
    waiting: 0,
    longestIdleInTransactionSeconds: null,
  },
  clients: [{ applicationName: 'app', address: null, count: 2 }],
  senders: [] as unknown[],
  slots: [] as unknown[],
  subscriptions: [] as unknown[],
  settings: {
    max_connections: 100,
    max_worker_processes: 8,
    max_wal_senders: 10,
    max_prepared_transactions: 0,
    max_locks_per_transaction: 64,
    synchronousStandbyNames: '',
    applyDelayMs: 0,
    maxSlotKeepBytes: null,
  },
  archiver: null,
  oldestTransactionAge: 10,
  managerSigns: NO_MANAGER,
}

const STANDBY = {
  receivedLsn: null,
  replayedLsn: '0/3000000',
  pause: 'paused',
  lastReplayedCommitAt: null,
  applyLagSeconds: null,
  recoveryTarget: null,
  receiver: null,
}

test('a primary', () => {
  const pulse = parsePulse(PRIMARY, TRIP)
  assert.deepEqual(pulse.position, { kind: 'primary', lsn: 0x16b374d848n, flushedLsn: 0x16b374d800n })
  assert.deepEqual(
    [pulse.version, pulse.systemIdentifier, pulse.clusterName, pulse.applyDelayMs, pulse.missing],
    ['18.4', '7710875730091603779', null, null, []],
  )
  assert.deepEqual([pulse.roundTripMs, pulse.clockOffsetMs], [10, 50])
  assert.ok(!('role' in pulse) && !('standby' in pulse) && !('lsn' in pulse))
})

test('a standby that never streamed', () => {
  const pulse = parsePulse({ ...PRIMARY, standby: STANDBY, lsn: null, flushedLsn: null }, TRIP)
  assert.deepEqual(pulse.position, { kind: 'standby', ...STANDBY, replayedLsn: 0x3000000n })
  assert.equal(pulse.applyDelayMs, 0)
})

test('what a plain role can not see is null, and named with its grant', () => {
  const pulse = parsePulse({ ...PRIMARY, seesAll: false, role: 'a"b\u001b[2J', clients: null }, TRIP)
  assert.deepEqual(pulse.sessions, {
    total: 3,
    max: 100,
    reserved: 3,
    active: null,
    idleInTransaction: null,
    waiting: null,
    longestIdleInTransactionSeconds: null,
  })
  assert.equal(pulse.clients, null)
  assert.deepEqual(
    pulse.missing.map(({ grant }) => grant),
    ['GRANT pg_monitor TO "a""b"'],
  )
})

const TRANSACTIONS = {
  oldest: { pid: 7, application: 'report', role: 'app', database: 'shop', state: 'active', seconds: 9 },
  prepared: { count: 1, oldest: { gid: 'x\u001b[2J<1>', owner: 'app', database: 'shop', seconds: 60 }, oldestAge: 12 },
  xminSession: null,
  ages: {
    transactions: { database: 'shop', age: 10, freezeAt: 200_000_000 },
    multixacts: { database: 'shop', age: 3, freezeAt: 400_000_000 },
  },
  multixactMembers: null,
}
const CONNECTION_LIMITS = [{ kind: 'role', name: 'app', limit: 3, used: 3 }]

test('transactions and limits of connections; from a role that does not see others, only what everybody sees', () => {
  const seen = parsePulse({ ...PRIMARY, transactions: TRANSACTIONS, connectionLimits: CONNECTION_LIMITS }, TRIP)
  assert.equal(seen.transactions?.prepared?.oldest?.gid, 'x<1>')
  assert.equal(seen.transactions?.oldest?.seconds, 9)
  assert.deepEqual(seen.connectionLimits, CONNECTION_LIMITS)
  const hidden = parsePulse({ ...PRIMARY, seesAll: false, connectionLimits: CONNECTION_LIMITS }, TRIP)
  assert.equal(hidden.connectionLimits, null)
})

test('names from outside are harmless', () => {
  const evil = '\u001b]0;title\u0007x\u202ey\nz'
  const pulse = parsePulse(
    { ...PRIMARY, clusterName: evil, clients: [{ applicationName: evil, address: evil, count: 1 }] },
    TRIP,
  )
  assert.equal(pulse.clusterName, 'xy z')
  assert.deepEqual(pulse.clients, [{ applicationName: 'xy z', address: 'xy z', count: 1 }])
})

describe('a surprising shape is a protocol fault that says where', () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing', null, /expected object/],
    ['a position that is none', { ...PRIMARY, lsn: 'over there' }, /lsn: not a WAL position/],
    ['a number as text', { ...PRIMARY, timeline: '4' }, /timeline: /],
    ['an unknown pause', { ...PRIMARY, standby: { ...STANDBY, pause: 'maybe' } }, /standby\.pause: /],
    ['neither primary nor standby', { ...PRIMARY, lsn: null }, /no WAL position/],
    ['a system identifier that is none', { ...PRIMARY, systemIdentifier: '' }, /systemIdentifier: /],
  ]
  for (const [what, answer, message] of cases) {
    test(what, () => {
      assert.throws(
        () => parsePulse(answer, TRIP),
        (error) => error instanceof FaultError && error.fault.code === 'protocol' && message.test(error.message),
      )
    })
  }
})

test('a word that a newer version adds is unknown, and costs its own figure only', () => {
  const slot = {
    ...{
      name: 's',
      type: 'physical',
      active: true,
      activePid: 7,
      temporary: false,
      restartLsn: null,
      confirmedFlushLsn: null,
    },
    ...{ retainedBytes: null, walStatus: 'archived', safeBytes: null, invalidationReason: null, inactiveSince: null },
  }
  const [read] = parsePulse({ ...PRIMARY, version: '20.0', versionNumber: 200_000, slots: [slot] }, TRIP).slots
  assert.deepEqual([read?.name, read?.walStatus], ['s', null])
})
