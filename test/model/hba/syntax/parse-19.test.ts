// What PostgreSQL 19 reads in pg_hba.conf otherwise than 18: RADIUS is gone, and a carriage return is no blank.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHba } from '../../../../src/model/hba/syntax/parse.ts'

const problemOf = (line: string, version: number) =>
  parseHba('f', { read: () => line, list: () => null }, version).problems[0]?.error ?? null

test('the method and its options', () => {
  const radius = 'host all all all radius radiusservers=a radiussecrets=b'
  assert.equal(problemOf(radius, 18), null)
  assert.equal(problemOf(radius, 19), 'invalid authentication method "radius"')
  assert.match(
    problemOf('host all all all ident radiusservers=a', 18) ?? '',
    /is only valid for authentication methods radius/,
  )
  assert.match(
    problemOf('host all all all ident radiusservers=a', 19) ?? '',
    /^unrecognized authentication option name/,
  )
})

test('a carriage return within a line', () => {
  assert.equal(problemOf('host\rall all all trust', 18), null)
  assert.match(problemOf('host\rall all all trust', 19) ?? '', /^invalid connection type/)
  assert.equal(problemOf('host all all all trust\r', 19), null)
})
