import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newerThanTested } from '../../../src/model/values/tested-versions.ts'

test('only what is newer than the tested versions is told so', () => {
  for (const version of [140_000, 180_004, 190_000, 190_003]) assert.equal(newerThanTested(version), null)
  assert.match(newerThanTested(200_000) ?? '', /^newer than PostgreSQL 19/)
})
