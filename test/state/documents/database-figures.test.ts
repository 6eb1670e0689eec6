// The figures of the status document that tell whether users stand still: by the same facts as checks and metrics.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusDocument } from '../../../src/state/documents/status-json.ts'
import { stateOf } from '../../builders/picture-state.ts'
import { aCluster, aDatabase, aPrimaryPulse, aSender, aStandby, NOW } from '../../builders/snapshot.ts'

const AGES = {
  transactions: { database: 'app', age: 900, freezeAt: 1000 },
  multixacts: { database: 'app', age: 70, freezeAt: 100 },
}
const SESSION = { pid: 7, application: 'batch', role: 'app', database: 'app', state: 'idle in transaction' }

test('of a primary', () => {
  const pulse = aPrimaryPulse({
    synchronousStandbyNames: 'gone',
    commitWaits: { count: 2, longestSeconds: 30 },
    defaultReadOnly: false,
    readOnlyDatabases: ['shop'],
    archiver: {
      ...{ mode: 'on', failing: true, lastFailedWal: null, lastFailedAt: null, lastArchivedAt: NOW, failedCount: 3 },
      waiting: { files: 200_000, seconds: 500, ageSeconds: 40 },
    },
    oldestTransactionAge: 900,
    transactions: {
      ...{
        oldest: { ...SESSION, seconds: 120 },
        xminSession: { ...SESSION, kind: 'client backend', age: 55 },
        ages: AGES,
      },
      prepared: { count: 1, oldest: { gid: 'g', owner: 'app', database: 'app', seconds: 60 }, oldestAge: 5 },
      multixactMembers: null,
    },
    connectionLimits: [{ kind: 'role', name: 'app', limit: 10, used: 9 }],
  })
  const state = stateOf(aCluster({ databases: [aDatabase({ id: 'p', pulse })] }))
  const [database] = statusDocument(state, NOW).clusters[0]?.databases ?? []
  assert.ok(database)
  assert.deepEqual(database.commitWaits, { waiting: 2, longestSeconds: 30, standbysLacking: 1 })
  assert.deepEqual([database.readOnlyByDefault, database.readOnlyDatabases], ['databases', ['shop']])
  assert.deepEqual(database.archiving, {
    ...{ failing: true, waitingFiles: 200_000, waitingSeconds: 500, countedSecondsAgo: 40 },
    lastArchivedAt: new Date(NOW).toISOString(),
  })
  assert.equal(database.replay, null)
  assert.deepEqual(database.transactions, {
    ...{ oldestIdAge: 900, oldestMultixactAge: 70, multixactMembers: null },
    ...{ longestSeconds: 120, prepared: 1, oldestPreparedSeconds: 60 },
  })
  assert.equal(database.xminHorizon?.state, 'held')
  assert.deepEqual([database.xminHorizon?.age, database.xminHorizon?.database], [55, 'p'])
  assert.match(database.xminHorizon?.holder ?? '', /batch/)
  assert.deepEqual(database.connectionLimits, [{ kind: 'role', name: 'app', limit: 10, used: 9 }])
  const { max, reserved } = pulse.sessions
  assert.equal(database.sessions?.forUsers, max - reserved)
})

test('of a standby, and of a database that was never read', () => {
  const databases = [
    aDatabase({ id: 'p', pulse: aPrimaryPulse({ senders: [aSender()] }) }),
    aStandby({ standby: { pause: 'paused' } }),
    aDatabase({ id: 'unread' }),
  ]
  const documents = statusDocument(stateOf(aCluster({ databases })), NOW).clusters[0]?.databases ?? []
  const standby = documents.find(({ id }) => id === 'db-ro')
  assert.equal(standby?.replay?.state, 'paused')
  assert.ok(standby?.replay?.reason)
  assert.deepEqual([standby?.commitWaits, standby?.readOnlyByDefault, standby?.xminHorizon], [null, null, null])
  const unread = documents.find(({ id }) => id === 'unread')
  assert.deepEqual(
    [
      unread?.commitWaits,
      unread?.archiving,
      unread?.replay,
      unread?.transactions,
      unread?.xminHorizon,
      unread?.connectionLimits,
    ],
    [null, null, null, null, null, []],
  )
})
