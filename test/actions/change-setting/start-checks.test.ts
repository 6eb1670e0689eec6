// Which values keep a server from starting, beside its other settings; and the statement that sets a value.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alterSystemText } from '../../../src/actions/change-setting/set-parameter.ts'
import { whyNoStart } from '../../../src/actions/change-setting/start-checks.ts'

const SETTINGS = {
  max_connections: '100',
  superuser_reserved_connections: '3',
  reserved_connections: null,
  max_worker_processes: '8',
  max_wal_senders: '10',
  autovacuum_max_workers: '3',
  autovacuum_worker_slots: null,
  wal_level: 'replica',
  archive_mode: 'off',
  summarize_wal: null,
  max_replication_slots: '10',
  max_prepared_transactions: '0',
  max_active_replication_origins: null,
}
const NOTHING = { slots: 0, logicalSlots: 0, prepared: 0, origins: 0 }

test('what fits starts', () => {
  assert.equal(whyNoStart(SETTINGS, NOTHING), null)
  assert.equal(whyNoStart({ ...SETTINGS, wal_level: 'logical' }, { ...NOTHING, slots: 2, logicalSlots: 2 }), null)
  assert.equal(whyNoStart({ ...SETTINGS, wal_level: 'minimal', max_wal_senders: '0' }, NOTHING), null)
})

test('what does not fit is named', () => {
  const why = (over: Partial<Record<keyof typeof SETTINGS, string>>, inUse: Partial<typeof NOTHING> = {}) =>
    whyNoStart({ ...SETTINGS, ...over }, { ...NOTHING, ...inUse }) ?? ''
  assert.match(why({ max_connections: '3' }), /not above the 3 reserved/)
  assert.match(why({ max_connections: '10', reserved_connections: '7' }), /not above the 10 reserved/)
  assert.match(why({ max_connections: '262130' }), /too many processes/)
  assert.match(why({ wal_level: 'minimal' }), /max_wal_senders \(10\) needs/)
  assert.match(why({ wal_level: 'minimal', max_wal_senders: '0', archive_mode: 'always' }), /archive_mode needs/)
  assert.match(why({ wal_level: 'minimal', max_wal_senders: '0' }, { slots: 1 }), /1 replication slots need/)
  assert.match(why({}, { slots: 1, logicalSlots: 1 }), /logical slots need wal_level logical/)
  assert.match(why({ max_replication_slots: '1' }, { slots: 2 }), /2 replication slots, more than/)
  assert.match(
    why({ max_replication_slots: '2' }, { origins: 3 }),
    /3 replication origins, more than max_replication_slots/,
  )
  assert.match(
    why({ max_active_replication_origins: '1' }, { origins: 3 }),
    /than max_active_replication_origins \(1\)/,
  )
  assert.equal(why({ max_replication_slots: '2', max_active_replication_origins: '9' }, { origins: 3 }), '')
  assert.match(why({}, { prepared: 1 }), /1 prepared transactions, more than/)
})

test('the statement quotes a name and a value; each name of a list is a literal of its own', () => {
  assert.equal(alterSystemText('work_mem', "6'4"), "ALTER SYSTEM SET work_mem = '6''4'")
  assert.equal(alterSystemText('DateStyle', null), 'ALTER SYSTEM RESET "DateStyle"')
  assert.equal(alterSystemText('pg_stat_statements.max', '5000'), "ALTER SYSTEM SET pg_stat_statements.max = '5000'")
  assert.equal(
    alterSystemText('shared_preload_libraries', 'a, "b, c"'),
    "ALTER SYSTEM SET shared_preload_libraries = 'a', 'b, c'",
  )
  assert.equal(
    alterSystemText('synchronous_standby_names', 'ANY 1 (a, b)'),
    "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (a, b)'",
  )
})
