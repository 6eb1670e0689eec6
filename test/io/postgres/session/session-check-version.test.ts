// Servers that pgdeck no longer reads.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tooOldFault } from '../../../../src/io/postgres/session/session-check.ts'

const ENDPOINT = { host: 'db-1', port: 5432 }

test('a server before 14 is refused in one sentence; newer ones, and versions of poolers, are not', () => {
  const fault = tooOldFault(ENDPOINT, 130_021)
  assert.equal(fault?.message, 'db-1:5432 runs PostgreSQL 13, and pgdeck supports 14 to 18')
  for (const version of [140_000, 180_004, 190_000, 10_018, 0]) assert.equal(tooOldFault(ENDPOINT, version), null)
})
