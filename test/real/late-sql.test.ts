// SQL that looks functions up only when it runs: the same text on every version, also without libxml.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lateSql } from '../../src/probes/database/answers/guarded.ts'
import { pulseSql } from '../../src/probes/database/pulse/pulse.ts'
import { storageSql } from '../../src/probes/database/storage/storage-sql.ts'
import { MAJORS, majorsToTry, withCluster } from './embedded.ts'

test('no poll needs libxml', () => {
  for (const version of [140_000, 180_000, 190_000])
    for (const sql of [pulseSql(version), storageSql(version)]) assert.doesNotMatch(sql, /xml|xpath/i)
})

for (const major of majorsToTry()) {
  test(`PostgreSQL ${major} answers with the text, or null`, { skip: MAJORS.length === 0 }, () =>
    withCluster({ major }, async ({ primary }) => {
      const text = `{"a" : 'b', <c> & "d\\\\e": é , 1A}`
      for (const [query, wanted] of [
        [`SELECT '${text.replaceAll("'", "''")}' AS f`, text],
        ['SELECT NULL::pg_catalog.text AS f', null],
        ['SELECT pg_catalog.max(oid::pg_catalog.int8) AS f FROM pg_catalog.pg_class WHERE false', null],
        ['SELECT 4294967295::pg_catalog.int8 AS f', '4294967295'],
        ['SELECT true AS f', 'true'],
        [`SELECT pg_catalog.repeat('x', 2000) AS f`, 'x'.repeat(2000)],
      ] as const) {
        assert.deepEqual(await primary.query(`SELECT ${lateSql(query)} AS told`), [{ told: wanted }], query)
      }
      const missing = lateSql('SELECT pg_catalog.no_such_function() AS f')
      assert.deepEqual(await primary.query(`SELECT CASE WHEN pg_catalog.random() > 2 THEN ${missing} END AS told`), [
        { told: null },
      ])
    }),
  )
}
