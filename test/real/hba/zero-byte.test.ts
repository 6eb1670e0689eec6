// A zero byte in pg_hba.conf: the reading agrees with the rows of pg_hba_file_rules, on real servers of all majors.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_HBA } from '../../../src/demo/postgres/start-postgres.ts'
import { parseHba } from '../../../src/model/hba/syntax/parse.ts'
import { MAJORS, withCluster } from '../embedded.ts'

const LINE = 'host replication all 10.9.8.7/32 scram-sha-256\n'

/** What follows the lines that let the test itself in. */
const CASES: readonly (readonly [string, string])[] = [
  ['in a comment', `# x\0y\n${LINE}host all all 10.9.8.8/32 reject\n`],
  ['after a blank', ` \0y\n${LINE}`],
  ['twice', `# x\0y\n# z\0\n${LINE}host all all 10.9.8.8/32 reject\n`],
  ['at the end of the file', `${LINE}# x\0y`],
  ['between two words', `host all\0 nobody\n all 10.9.8.9/32 reject\n${LINE}`],
]

for (const major of MAJORS) {
  test(`PostgreSQL ${major} reads the lines behind a zero byte as they are read here`, () =>
    withCluster({ major }, async ({ primary }) => {
      for (const [what, more] of CASES) {
        const text = `${DEFAULT_HBA}${more}`
        await primary.setHba(text)
        const rows = await primary.query<{ line: number; address: string | null }>(
          'select line_number::int as line, address from pg_hba_file_rules where error is null order by line_number',
        )
        const { records } = parseHba('pg_hba.conf', { read: () => text, list: () => null }, major)
        assert.deepEqual(
          records.map(({ line }) => line),
          rows.map(({ line }) => line),
          what,
        )
        const isThere = rows.some(({ address }) => address === '10.9.8.7')
        assert.equal(
          records.some(({ rule }) => rule.includes('10.9.8.7') && !rule.startsWith('#')),
          isThere,
          what,
        )
      }
    }))
}
