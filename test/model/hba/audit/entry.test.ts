// Lines of pg_hba.conf that name a map of pg_ident.conf, or a host: whom they let in.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditConnection } from '../../../../src/model/hba/audit/entry.ts'
import { parseIdentMaps } from '../../../../src/model/hba/ident/ident-maps.ts'
import { toHbaRuleset } from '../../../../src/model/hba/match/ruleset.ts'
import { observedValue, type RequiredConnection } from '../../../../src/model/hba/required/required-connection.ts'
import type { ReadableHba } from '../../../../src/model/measured/hba-reading.ts'
import { anHbaReading, aRole } from '../../../builders/hba.ts'
import { filesOf } from '../asked.ts'

const NEED: RequiredConnection = {
  id: 'need',
  kind: 'replicates from',
  fromId: 'db-2',
  from: 'db-2',
  toId: 'db-1',
  to: 'db-1',
  user: observedValue('repl', 'seen'),
  address: observedValue('10.0.0.13', 'seen'),
  database: observedValue('replication', 'seen'),
  replication: true,
  local: false,
  tls: [false],
  gss: false,
  name: null,
}

function entryOf(line: string, over: Partial<ReadableHba> = {}) {
  const { reading } = anHbaReading({ text: `${line}\n` })
  assert.ok(reading.known)
  const ruleset = toHbaRuleset({ ...reading, ...over })
  return auditConnection(NEED, { ruleset, why: '', role: aRole('repl'), profile: {} })
}

function maps(text: string) {
  return parseIdentMaps('pg_ident.conf', filesOf({ 'pg_ident.conf': text }), 18)
}

describe('a line that names a map', () => {
  const line = 'host replication repl 10.0.0.13/32 ident map=m'

  test('that nobody wrote fails, and is critical where the connection is needed now', () => {
    const { result, severity, message } = entryOf(line, { identMaps: maps('') })
    assert.deepEqual([result, severity], ['fails', 'critical'])
    assert.match(message, /line 1 allows it, but its map "m" is not defined in pg_ident\.conf/)
  })

  test('whose file is hidden is unknown', () => {
    const { result, message } = entryOf(line, { identMaps: { known: false, why: 'role pgdeck may not read it' } })
    assert.equal(result, 'unknown')
    assert.match(message, /unknown whom its map "m" lets in: role pgdeck may not read it/)
  })

  test('that has the user is as good as the method', () => {
    const { result, weaknesses } = entryOf(line, { identMaps: maps('m postgres repl\n') })
    assert.deepEqual([result, weaknesses], ['weak', ['ident']])
  })
})

describe('a line that names a host', () => {
  const line = 'host replication repl db.example.net scram-sha-256'

  test('is unknown where the look-up failed, and nothing is proposed', () => {
    const { result, proposal, message } = entryOf(line, { hostNames: { addresses: new Map(), names: new Map() } })
    assert.deepEqual([result, proposal], ['unknown', null])
    assert.match(message, /line 1: it names a host/)
  })

  test('lets in whom both look-ups confirm', () => {
    const names = new Map([['10.0.0.13', 'db.example.net']])
    assert.equal(entryOf(line, { hostNames: { addresses: new Map(), names } }).result, 'good')
  })

  test('does not let in who has another name', () => {
    const names = new Map([['10.0.0.13', 'else.example.net']])
    assert.equal(entryOf(line, { hostNames: { addresses: new Map(), names } }).result, 'missing')
  })
})

test('who judges elsewhere is told', () => {
  const { result, message } = entryOf('hostssl replication repl 10.0.0.13/32 gss', {})
  assert.equal(result, 'missing')
  assert.match(message, /no line allows it/)
  const plain = entryOf('host replication repl 10.0.0.13/32 gss', {})
  assert.equal(plain.result, 'good')
  assert.match(plain.message, /with gss; pgdeck can’t ask whether Kerberos accepts the login/)
})
