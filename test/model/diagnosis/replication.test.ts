// What repairs a lost slot: a new slot where the WAL is there, a rebuild only where it is gone. And why a standby receives
// nothing while its manager makes no database the primary.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  judgeReceiver,
  judgeSlot,
  type LinkFacts,
  type StandbyFacts,
} from '../../../src/model/diagnosis/replication.ts'
import { aReceiver, aSlot, NOW } from '../../builders/snapshot.ts'

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

describe('a standby without an upstream', () => {
  const facts: StandbyFacts = {
    at: NOW,
    upstream: null,
    slot: null,
    hasPrimaryConninfo: false,
    receiverWaits: null,
    receiverAgeSeconds: null,
    hasRestoreCommand: false,
  }
  const linkTo = (managerStandstill: string | null): LinkFacts => ({
    standby: 'a',
    upstreamName: 'its source',
    standbyFacts: facts,
    receiver: null,
    ring: [],
    at: NOW,
    logCause: null,
    logCauseFrom: null,
    upstreamDownReason: null,
    managerStandstill,
  })
  const told = (given: LinkFacts) => {
    const outcome = judgeReceiver(given)
    return 'cause' in outcome ? [outcome.cause, outcome.evidence, outcome.next] : [outcome]
  }

  test('gets one again by its manager, once that has its configuration store', () => {
    const [cause, evidence, next] = told(linkTo('Patroni promotes nobody: it has lost its DCS'))
    assert.deepEqual([cause, evidence], ['dcs-lost', 'Patroni promotes nobody: it has lost its DCS'])
    assert.match(String(next), /^bring the configuration store back/)
  })

  test('needs primary_conninfo where no manager stands still', () => {
    const [cause, , next] = told(linkTo(null))
    assert.deepEqual([cause, next], ['replication-broken', 'set primary_conninfo on a and reload'])
  })

  test('and one that streams is fine, whatever its manager lacks', () => {
    const [outcome] = told({ ...linkTo('Patroni promotes nobody'), receiver: aReceiver() })
    assert.match(JSON.stringify(outcome), /streams from its source/)
  })
})
