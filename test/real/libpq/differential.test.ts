// Connection strings, variables, service files and password files against the real psql: which servers are asked, with which
// encryption, as whom, for which database, with which password; or nobody, because of a word.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { openBench } from './bench.ts'
import { cases } from './cases.ts'
import { difference, smallest } from './compare.ts'
import { psqls, withoutPsql } from './sides.ts'

/** More: npm run libpq:differential. */
const CASES = 250
const SEED = 20_261_129

describe('as libpq', { skip: withoutPsql }, () => {
  test(`${CASES} situations end as with psql, or pgdeck names the word`, async (context) => {
    const bench = await openBench()
    context.after(() => bench.close())
    for (const one of fc.sample(cases, { seed: SEED, numRuns: CASES })) {
      const found = await difference(bench, one, psqls())
      if (found !== null) assert.fail(`${await smallest(bench, one, psqls())}\nseed ${SEED}`)
      process.emit('pgdeck-test-progress' as never)
    }
  })
})
