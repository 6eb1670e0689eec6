// postgresql.conf with includes and postgresql.auto.conf, random ones, as the server's own view reads them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAJORS, withCluster } from '../embedded.ts'
import { confDifferences } from './conf-files.ts'

/** More, on all majors: npm run conf:differential. */
const FILES = 150
const SEED = 20_261_130

describe('postgresql.conf is read', () => {
  for (const major of new Set([MAJORS.at(0) ?? 14, MAJORS.at(-1) ?? 18])) {
    test(`as PostgreSQL ${major} reads it`, () =>
      withCluster({ major }, async ({ primary }) => {
        const { differences, lines, taken, judged } = await confDifferences(primary, SEED, FILES)
        assert.equal(differences.length, 0, differences.slice(0, 3).join('\n\n'))
        assert.ok(lines > taken && judged > 0)
      }))
  }
})
