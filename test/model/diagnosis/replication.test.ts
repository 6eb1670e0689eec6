// What repairs a lost slot: a new slot where the WAL is there, a rebuild only where it is gone.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judgeSlot } from '../../../src/model/diagnosis/replication.ts'
import { aSlot } from '../../builders/snapshot.ts'

const link = { standby: 'a', upstreamName: 'p', standbyFacts: null }

function nextFor(invalidationReason: string | null, isStreaming: boolean): string {
  const slots = [aSlot({ name: 's', active: isStreaming, walStatus: 'lost', invalidationReason })]
  const outcome = judgeSlot(link, 's', slots, isStreaming, null)
  return 'next' in outcome ? (outcome.next ?? '') : ''
}

describe('a lost slot', () => {
  const again =
    /^on p: SELECT pg_catalog.pg_drop_replication_slot\('s'\), pg_catalog.pg_create_physical_replication_slot/

  test('whose WAL was removed', () => assert.match(nextFor('wal_removed', false), /^rebuild a from p/))

  test('that was only idle for too long', () => assert.match(nextFor('idle_timeout', false), again))

  test('of a standby that streams all the same', () => assert.match(nextFor('wal_removed', true), again))
})
