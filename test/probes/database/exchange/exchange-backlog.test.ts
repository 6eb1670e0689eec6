// The answer of the configured query of a mirrored database: what is taken from it, and what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toExchangeBacklog } from '../../../../src/probes/database/exchange/exchange-backlog.ts'

test('the number is needed, bytes and the oldest are taken if given', () => {
  assert.deepEqual(toExchangeBacklog([{ changes: '57' }]), { changes: 57, bytes: null, oldestAt: null })
  const full = { changes: 57n, bytes: '2048', oldest: new Date(1_000) }
  assert.deepEqual(toExchangeBacklog([full]), { changes: 57, bytes: 2048, oldestAt: 1_000 })
  assert.deepEqual(
    toExchangeBacklog([{ changes: 3, bytes: null, oldest: '2026-11-22 03:00:00+00' }]).oldestAt,
    Date.UTC(2026, 10, 22, 3),
  )
})

test('without a change nothing is the oldest, and a sum of nothing is 0', () => {
  assert.deepEqual(toExchangeBacklog([{ changes: 0, bytes: null, oldest: null }]), {
    changes: 0,
    bytes: null,
    oldestAt: null,
  })
  assert.deepEqual(toExchangeBacklog([{ changes: 0, bytes: '0', oldest: new Date(1) }]), {
    changes: 0,
    bytes: 0,
    oldestAt: null,
  })
})

test('an odd answer is refused with what is odd', () => {
  const refusals: readonly [readonly Readonly<Record<string, unknown>>[], RegExp][] = [
    [[], /gave 0 rows/],
    [[{ changes: 1 }, { changes: 2 }], /gave 2 rows/],
    [[{ count: 1 }], /a column "count"/],
    [[{ bytes: 1 }], /no column changes/],
    [[{ changes: null }], /changes is "null"/],
    [[{ changes: -1 }], /changes is "-1", not a count/],
    [[{ changes: 1.5 }], /changes is "1.5"/],
    [[{ changes: 1, bytes: 'many' }], /bytes is "many"/],
    [[{ changes: 1, oldest: '2026-11-22 03:00:00' }], /not an instant with its zone/],
    [[{ changes: '\u001b[31m7' }], /changes is/],
  ]
  for (const [rows, reason] of refusals) {
    assert.throws(
      () => toExchangeBacklog(rows),
      (error: Error & { fault?: { code: string; message: string } }) => {
        assert.equal(error.fault?.code, 'protocol')
        assert.match(error.fault?.message ?? '', reason)
        assert.ok(!error.fault?.message.includes('\u001b'))
        return true
      },
    )
  }
})
