// Rows as the documentation of aurora_replica_status() describes them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auroraDocument, auroraFacts } from '../../../../src/probes/database/managers/aurora-document.ts'

const CLOCK = Date.UTC(2026, 10, 30, 4)
const row = (over: object) => ({
  name: 'vault-2',
  session: '8d5c0c1e-0f3f-4a0e-a2f6-2f1a5f9d1f7b',
  lagMs: 13.7,
  replayMicroseconds: 10_400,
  durableLsn: '11053403',
  updatedAt: '2026-11-30T03:59:59.5+00:00',
  ...over,
})
const read = (instances: unknown, self: string | null = 'vault-2') =>
  auroraFacts(auroraDocument.parse({ self, instances }), CLOCK)

test('the writer, its readers, and how late each is', () => {
  const writer = row({ name: 'vault-1', session: 'MASTER_SESSION_ID', lagMs: null, replayMicroseconds: null })
  assert.deepEqual(read([writer, row({})]), {
    self: 'vault-2',
    instances: [
      { name: 'vault-1', isWriter: true, lagMs: null, replayMicroseconds: null, durableLsn: 11_053_403n },
      { name: 'vault-2', isWriter: false, lagMs: 13.7, replayMicroseconds: 10_400, durableLsn: 11_053_403n },
    ],
  })
})

test('a reader that stopped reporting is none; the one that is asked may tell no time', () => {
  const rows = [
    row({ updatedAt: '2026-11-30T03:50:00+00:00' }),
    row({ name: 'c', updatedAt: '2026-11-30 03:50:00' }),
    row({ name: 'd', updatedAt: null }),
    row({ name: 'e', updatedAt: 'never' }),
  ]
  assert.deepEqual(
    read(rows)?.instances?.map(({ name }) => name),
    ['d', 'e'],
  )
})

test('figures of another form are unknown, and never fail the rest', () => {
  const odd = row({ lagMs: -1, replayMicroseconds: 'x', durableLsn: '0/1A' })
  const [told] = read([odd, row({ lagMs: '12.5' })])?.instances ?? []
  assert.deepEqual([told?.lagMs, told?.replayMicroseconds, told?.durableLsn], [null, null, 0x1an])
  assert.equal(read([row({ lagMs: '12.5' })])?.instances?.[0]?.lagMs, 12.5)
  assert.equal(read([{ name: 7 }]), null)
  assert.deepEqual(read([row({ name: null })]), { self: 'vault-2', instances: [] })
  assert.equal(read(null, null), null, 'another server')
  assert.deepEqual(read(null), { self: 'vault-2', instances: null })
})
