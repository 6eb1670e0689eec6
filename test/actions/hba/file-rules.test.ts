// An edit of pg_hba.conf is proven by rows of the server's view only.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { firstRuleError, missingRulesText } from '../../../src/actions/hba/file-rules.ts'
import type { RulesViewRow } from '../../../src/model/hba/syntax/rules-view.ts'

const PATH = '/data/pg_hba.conf'
const ROW: RulesViewRow = {
  file: PATH,
  line: 7,
  type: 'host',
  databases: ['app', 'replication'],
  users: ['+readers', 'Ann'],
  address: '10.9.8.7',
  netmask: '255.255.255.255',
  method: 'scram-sha-256',
  options: null,
  error: null,
}
const LINE = 'host app,replication +readers,"Ann"  10.9.8.7/32   scram-sha-256'

const missing = (row: Partial<RulesViewRow>, line = LINE) => missingRulesText([{ ...ROW, ...row }], [line], PATH, 18)

describe('lines that were written', () => {
  test('are there where a row says the same, whatever the blanks, quotes and the form of the address', () => {
    assert.equal(missing({}), null)
    assert.equal(missing({}, LINE.replace('10.9.8.7/32', '10.9.8.7 255.255.255.255')), null)
    const local = { type: 'local', databases: ['all'], users: ['all'], address: null, netmask: null, method: 'peer' }
    assert.equal(missing(local, 'local all all peer'), null)
  })

  test('are missing where the server swallowed one or reads another in it', () => {
    assert.match(missingRulesText([], [LINE], PATH, 18) ?? '', /no row for: host app,replication/)
    const others: readonly Partial<RulesViewRow>[] = [
      { type: 'hostssl' },
      { databases: ['app'] },
      { users: ['Ann'] },
      { address: '10.9.8.6' },
      { netmask: '255.255.255.0' },
      { method: 'trust' },
      { type: null, databases: null, users: null, error: 'invalid' },
    ]
    for (const other of others) assert.notEqual(missing(other), null, JSON.stringify(other))
  })

  test('an error is told with its line', () => {
    const bad = { ...ROW, file: null, type: null, line: 9, error: 'invalid connection type "hots"' }
    assert.equal(firstRuleError([ROW], '/main'), null)
    assert.equal(firstRuleError([ROW, bad], '/main'), 'line 9: invalid connection type "hots"')
    assert.equal(firstRuleError([{ ...bad, file: '/main' }], '/main'), 'line 9: invalid connection type "hots"')
    assert.equal(firstRuleError([{ ...bad, file: '/other' }], '/main'), '/other line 9: invalid connection type "hots"')
    assert.equal(firstRuleError([{ ...bad, error: null }], '/main'), 'line 9: the server refuses this line')
  })

  test('a row that only warns is no error', () => {
    assert.equal(
      firstRuleError([{ ...ROW, error: 'hostssl record cannot match because SSL is disabled' }], '/main'),
      null,
    )
  })
})
