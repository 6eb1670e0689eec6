import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clientNaming } from '../../../../src/model/hba/match/host-names.ts'
import type { HostNames } from '../../../../src/model/measured/hba-reading.ts'
import { verdictOf } from '../asked.ts'

const LOOKED: HostNames = {
  addresses: new Map([
    ['db.example.net', ['10.0.0.7', 'fe80::7']],
    ['other.example.net', ['10.0.0.8']],
    ['lost.example.net', null],
  ]),
  names: new Map<string, string | null>([
    ['10.0.0.7', 'db.example.net'],
    ['10.0.0.9', null],
  ]),
}

/** Name in the line, address of the client, what was looked up, and what is decided. */
const TABLE: readonly (readonly [string, string, HostNames | null, string])[] = [
  ['db.example.net', '10.0.0.7', LOOKED, 'allow'],
  ['DB.Example.Net', '10.0.0.7', LOOKED, 'allow'],
  ['.example.net', '10.0.0.7', LOOKED, 'allow'],
  ['other.example.net', '10.0.0.7', LOOKED, 'no-match'],
  ['.example.org', '10.0.0.7', LOOKED, 'no-match'],
  // Its name is not known, but the name in the line has other addresses.
  ['db.example.net', '10.0.0.9', LOOKED, 'no-match'],
  ['db.example.net', '10.0.0.10', LOOKED, 'no-match'],
  // The name in the line leads to it, but no reverse look-up has confirmed that.
  ['other.example.net', '10.0.0.8', LOOKED, 'unknown'],
  ['db.example.net', 'fe80::7', LOOKED, 'unknown'],
  ['lost.example.net', '10.0.0.9', LOOKED, 'unknown'],
  ['.example.net', '10.0.0.9', LOOKED, 'unknown'],
  ['.example.net', '10.0.0.10', LOOKED, 'unknown'],
  // Nothing was looked up.
  ['db.example.net', '10.0.0.7', null, 'unknown'],
]

describe('a line that names a host', () => {
  for (const [name, address, looked, expected] of TABLE) {
    test(`${name} and ${address}: ${expected}`, () => {
      const { result } = verdictOf(`host all all ${name} trust`, { address, ...clientNaming(address, null, looked) })
      assert.equal(result, expected)
    })
  }

  test('goes by the name in the configuration where nothing was looked up', () => {
    const naming = clientNaming('10.0.0.7', 'db.example.net', null)
    assert.equal(verdictOf('host all all db.example.net trust', naming).result, 'allow')
    assert.equal(verdictOf('host all all else.example.net trust', naming).result, 'unknown')
  })
})
