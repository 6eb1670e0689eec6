// What stands beside a name does not repeat it, nor its address.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutName } from '../../../../src/ui/frame/format/fit-text.ts'

const CASES: readonly (readonly [string, readonly string[], string])[] = [
  ['db-1 (10.0.0.1:5432): refused', ['db-1'], 'refused'],
  ['db-1 inactive: db-1 (10.0.0.1:5432) gave no answer', ['db-1'], 'inactive: gave no answer'],
  ['inactive: db-1 (10.0.0.1:5432): refused', ['db-1'], 'inactive: refused'],
  ['inactive: pmp-a (http://127.0.0.1:7272) gave no answer', ['pmp-a'], 'inactive: gave no answer'],
  ['inactive: 127.0.0.1:7272 refused it', ['pmp-a', '127.0.0.1:7272'], 'inactive: refused it'],
  ['inactive: 127.0.0.1:7272: no answer', ['pmp-a', '127.0.0.1:7272'], 'inactive: no answer'],
  [
    'inactive: jump:22 lets none of our keys in',
    ['db-1', '10.0.0.1:5432'],
    'inactive: jump:22 lets none of our keys in',
  ],
  ['db-1: slot ro_slot is lost', ['db-1', 'db-1/ro_slot'], 'slot ro_slot is lost'],
  ['redirects: pmp-a serves', ['pmp-a', ''], 'redirects: pmp-a serves'],
]
for (const [message, names, expected] of CASES) {
  test(message, () => assert.equal(withoutName(message, ...names), expected))
}
