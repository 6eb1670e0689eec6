// Which settings are never changed, and which values need a typed confirmation.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forbiddenSetting, settingRisk } from '../../../src/model/settings/setting-risk.ts'

test('what points a standby, ends recovery or places files is never changed', () => {
  for (const name of ['primary_conninfo', 'primary_slot_name', 'recovery_target_lsn', 'hba_file', 'allow_alter_system'])
    assert.ok(forbiddenSetting(name), name)
  for (const name of ['work_mem', 'max_connections', 'recovery_min_apply_delay', 'archive_command'])
    assert.equal(forbiddenSetting(name), null, name)
})

test('the danger is that of the value', () => {
  const danger = (name: string, value: string) => settingRisk(name, value)?.danger ?? 'none'
  assert.deepEqual(
    [
      ['fsync', 'off'],
      ['fsync', 'on'],
      ['full_page_writes', 'no'],
      ['synchronous_commit', 'local'],
      ['synchronous_commit', 'remote_apply'],
      ['synchronous_standby_names', ''],
      ['synchronous_standby_names', 'ANY 1 (a, b)'],
      ['wal_level', 'minimal'],
      ['wal_level', 'logical'],
      ['archive_command', '/bin/true'],
      ['default_transaction_read_only', 'on'],
      ['max_slot_wal_keep_size', '10GB'],
      ['max_slot_wal_keep_size', '-1'],
      ['statement_timeout', '30s'],
      ['statement_timeout', '0'],
      ['work_mem', '64MB'],
    ].map(([name = '', value = '']) => danger(name, value)),
    [
      ...['data-loss', 'none', 'data-loss', 'data-loss', 'none', 'data-loss', 'outage', 'data-loss', 'none'],
      ...['outage', 'outage', 'outage', 'none', 'disruptive', 'none', 'none'],
    ],
  )
})
