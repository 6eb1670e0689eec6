// A version of PgBouncer that does not know SHOW STATE is not asked for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellsWholePause } from '../../../src/model/entry-points/pooler-version.ts'

test('a pause of all is told from 1.20 on', () => {
  const told = ['PgBouncer 1.20.0', '1.20.1', '1.25.0', 'PgBouncer 2.0.0']
  const silent = ['PgBouncer 1.18.0', '1.9', '?', '']
  assert.deepEqual(
    told.map(tellsWholePause),
    told.map(() => true),
  )
  assert.deepEqual(
    silent.map(tellsWholePause),
    silent.map(() => false),
  )
})
