import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type LogFormat, logNames, usualLogNames } from '../../../src/model/logs/log-file-names.ts'

/** log_filename, a format, names that are of it, and names that are not. */
const TABLE: readonly (readonly [string | null, LogFormat, readonly string[], readonly string[]])[] = [
  [
    'postgresql-%Y-%m-%d_%H%M%S.log',
    'text',
    ['postgresql-2026-11-29_121314.log', 'postgresql-2026-11-29_121314.log.1', 'postgresql-2026-11-29_121314.log.2.gz'],
    ['postgresql-2026-11-29_121314.csv', 'postgresql.log', 'xpostgresql-2026-11-29_121314.log'],
  ],
  ['postgresql-%Y.log', 'csv', ['postgresql-2026.csv', 'postgresql-2026.csv-20261129'], ['postgresql-2026.log']],
  ['postgresql-%Y.log', 'json', ['postgresql-2026.json'], ['postgresql-2026.csv']],
  ['pg-%a', 'text', ['pg-Mon', 'pg-Tue.1'], ['pg-Mon.csv', 'pg-1', 'pg-Mon.old']],
  ['pg-%a', 'csv', ['pg-Mon.csv'], ['pg-Mon']],
  ['.log', 'csv', ['.log.csv'], ['.csv']],
  ['a.b(c)[d]{2}^$|+?*\\%%.log', 'text', ['a.b(c)[d]{2}^$|+?*\\%.log'], ['axb(c)[d]{2}^$|+?*\\%.log', 'a']],
  ['%Ey%', 'text', ['26%'], ['%']],
  [
    null,
    'text',
    ['server.log', 'a.txt', 'x.log.3', 'x.log-20261129.gz', 'postgresql-15'],
    ['a.csv', 'x.log.xz', 'postgresql.csv'],
  ],
  [null, 'csv', ['a.csv', 'a.csv.1.gz'], ['a.log']],
]

describe('files of a log by their names', () => {
  for (const [filename, format, ours, others] of TABLE) {
    test(`${filename ?? 'unknown'} in ${format}`, () => {
      const names = filename === null ? usualLogNames(format) : logNames(filename, format)
      assert.ok(names)
      const isOurs = (name: string) => new RegExp(names.wanted).test(name) && !new RegExp(names.unwanted).test(name)
      for (const name of ours) assert.ok(isOurs(name), name)
      for (const name of others) assert.ok(!isOurs(name), name)
    })
  }

  test('a pattern with a folder in it tells nothing', () => {
    assert.equal(logNames('%Y/%m.log', 'text'), null)
    assert.equal(logNames(null, 'text'), null)
  })
})
