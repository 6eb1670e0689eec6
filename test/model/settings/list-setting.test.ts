// Lists of names in settings, as the server splits them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isListSetting, listElements } from '../../../src/model/settings/list-setting.ts'

test('names are split at commas, outside of quotes', () => {
  assert.deepEqual(listElements('pg_stat_statements, auto_explain'), ['pg_stat_statements', 'auto_explain'])
  assert.deepEqual(listElements(' a,"b, ""c""" , d e '), ['a', 'b, "c"', 'd e'])
  assert.deepEqual(listElements('/run/postgresql,/tmp'), ['/run/postgresql', '/tmp'])
  assert.deepEqual(listElements('  '), [])
})

test('an open quote, an empty name and text behind a quote are no list', () => {
  for (const text of ['"a', 'a,', ',a', 'a,,b', '"a"b', '""', '"a" "b"']) assert.equal(listElements(text), null, text)
})

test('only settings that the server quotes name by name are lists', () => {
  assert.ok(isListSetting('shared_preload_libraries'))
  // One literal with commas in it, which the server splits when it reads it.
  for (const name of ['synchronous_standby_names', 'listen_addresses', 'log_destination', 'work_mem'])
    assert.ok(!isListSetting(name), name)
})
