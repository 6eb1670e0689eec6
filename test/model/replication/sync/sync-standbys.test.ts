// Every form of synchronous_standby_names, and the place of a standby in it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseSyncStandbys, syncPriorityOf } from '../../../../src/model/replication/sync/sync-standbys.ts'

describe('synchronous_standby_names', () => {
  const FORMS: readonly (readonly [string, ReturnType<typeof parseSyncStandbys>])[] = [
    ['', null],
    ['  ', null],
    ['a', { method: 'first', count: 1, names: ['a'] }],
    ['a, b', { method: 'first', count: 1, names: ['a', 'b'] }],
    ['*', { method: 'first', count: 1, names: ['*'] }],
    ['2 (a, b, c)', { method: 'first', count: 2, names: ['a', 'b', 'c'] }],
    ['FIRST 2 (a,b)', { method: 'first', count: 2, names: ['a', 'b'] }],
    ['any 1("db-east", "my ""own"", one")', { method: 'any', count: 1, names: ['db-east', 'my "own", one'] }],
  ]
  for (const [text, wanted] of FORMS) {
    test(`"${text}"`, () => assert.deepEqual(parseSyncStandbys(text), wanted))
  }

  test('a place counts from 1; case does not count; * takes everybody', () => {
    const standbys = { method: 'first', count: 1, names: ['db-a', 'DB-B', '*'] } as const
    assert.equal(syncPriorityOf(standbys, 'DB-A'), 1)
    assert.equal(syncPriorityOf(standbys, 'db-b'), 2)
    assert.equal(syncPriorityOf(standbys, 'other'), 3)
    assert.equal(syncPriorityOf({ ...standbys, names: ['db-a'] }, 'other'), null)
  })
})

describe('every form of synchronous_standby_names', () => {
  const cases = [
    ['', null],
    ['  ', null],
    ['a', { method: 'first', count: 1, names: ['a'] }],
    ['a, "b c" ,d', { method: 'first', count: 1, names: ['a', 'b c', 'd'] }],
    ['2 (a, b)', { method: 'first', count: 2, names: ['a', 'b'] }],
    ['first 2 (a,b,"c""d")', { method: 'first', count: 2, names: ['a', 'b', 'c"d'] }],
    ['ANY 1(*)', { method: 'any', count: 1, names: ['*'] }],
    ['*', { method: 'first', count: 1, names: ['*'] }],
    ['"(odd, name)"', { method: 'first', count: 1, names: ['(odd, name)'] }],
    ['first', { method: 'first', count: 1, names: ['first'] }],
  ] as const
  for (const [setting, expected] of cases) {
    test(`'${setting}'`, () => assert.deepEqual(parseSyncStandbys(setting), expected))
  }
})
