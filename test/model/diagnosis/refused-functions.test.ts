// What is said of functions that a server refuses, and of a standby whose walreceiver nobody tells of.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeRefusedFunctions } from '../../../src/model/diagnosis/refused-functions.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { STATEMENT_PARTS } from '../../../src/probes/database/answers/statement-parts.ts'
import { aCluster, aDatabase, aPrimary, aPrimaryPulse, aStandbyPulse, NOW } from '../../builders/snapshot.ts'

const RECEIVER = {
  name: 'pg_stat_get_wal_receiver()',
  what: 'the WAL receiver',
  why: 'not offered by this server',
  grant: null,
} as const
const SLOTS = {
  name: 'pg_get_replication_slots()',
  what: 'the replication slots',
  why: 'not permitted',
  grant: 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_get_replication_slots TO "pgdeck"',
} as const

describe('refused functions', () => {
  test('are named with the grant that helps and the provider', () => {
    const value: DatabasePulse = {
      ...aPrimaryPulse(),
      refused: [RECEIVER, SLOTS],
      managerSigns: { ...aPrimaryPulse().managerSigns, roles: [{ name: 'rds_superuser', isPrivileged: false }] },
    }
    assert.deepEqual(judgeRefusedFunctions({ at: NOW, value }), {
      result: 'unknown',
      evidence:
        'the WAL receiver (not offered by this server: pg_stat_get_wal_receiver()); ' +
        'the replication slots (not permitted: pg_get_replication_slots()); it is of Amazon RDS',
      next: SLOTS.grant,
      at: NOW,
    })
    assert.equal(judgeRefusedFunctions({ at: NOW, value: aPrimaryPulse() }).result, 'ok')
  })

  test('a standby is not called disconnected if nobody tells whether it has a walreceiver', () => {
    const statusWith = (refused: DatabasePulse['refused']) => {
      const value = { ...aStandbyPulse({ standby: { receiver: null } }), refused }
      const pulse = { state: 'fresh', value, at: NOW } as const
      const primary = aPrimary({ senders: [] })
      const databases = [primary, aDatabase({ id: 'reader', port: 5433, pulse })]
      return derivePicture(aCluster({ databases }), null, NOW).databases.find(({ id }) => id === 'reader')?.status
    }
    assert.equal(statusWith(undefined), 'disconnected')
    assert.equal(statusWith([RECEIVER]), 'unknown')
    assert.equal(statusWith([{ ...RECEIVER, why: 'not permitted' }]), 'disconnected', 'its process would be seen')
  })
})

describe('statements without a part', () => {
  const without = (text: string, ...names: readonly string[]) => STATEMENT_PARTS.without(text, new Set(names))

  test('a call is replaced whole, with its arguments', () => {
    assert.equal(
      without(`SELECT pg_catalog.age(coalesce(a.xmin, (b.xmin))), pg_catalog.mxid_age(c)`, 'age()'),
      'SELECT NULL::pg_catalog.int4, pg_catalog.mxid_age(c)',
    )
  })
  test('rows get the alias that they had, else their name', () => {
    const none = '(SELECT NULL::pg_catalog.int8 AS system_identifier WHERE false)'
    const name = 'pg_control_system()'
    assert.equal(without('FROM pg_catalog.pg_control_system() c)', name), `FROM ${none} c)`)
    assert.equal(without('FROM pg_catalog.pg_control_system() WHERE', name), `FROM ${none} AS pg_control_system WHERE`)
  })
  test('a position of WAL comes from another function as long as one is offered', () => {
    const text = 'pg_catalog.pg_current_wal_lsn()'
    assert.equal(without(text, 'pg_current_wal_lsn()'), 'pg_catalog.pg_current_wal_flush_lsn()')
    const all = ['pg_current_wal_lsn()', 'pg_current_wal_flush_lsn()', 'pg_current_wal_insert_lsn()']
    assert.equal(without(text, ...all), 'NULL::pg_catalog.pg_lsn')
  })
  test('other names that begin or end alike stay', () => {
    const text = 'pg_catalog.pg_stat_activity a, pg_catalog.pg_stat_get_activity(1), pg_catalog.pg_database_size(oid)'
    assert.equal(without(text, 'pg_database'), text)
  })
})
