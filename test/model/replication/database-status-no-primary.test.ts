// Standbys without a primary above them, dead connections, and a primary that shuts down.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeDatabaseState } from '../../../src/model/diagnosis/session.ts'
import { shutdownWaitOf } from '../../../src/model/diagnosis/shutdown-wait.ts'
import type { WalSender } from '../../../src/model/measured/pulse.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { elsewhereText, ringAround, ringText } from '../../../src/model/picture/neighbours.ts'
import type { DatabaseView } from '../../../src/model/picture/picture.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aStale,
  aStandbyPulse,
  lsn,
  NOW,
} from '../../builders/snapshot.ts'

function standby(id: string, port: number, from: number, senders: readonly WalSender[] = []): DatabaseRecord {
  const pulse = aStandbyPulse({ serverPort: port, senders, standby: { receiver: aReceiver({ senderPort: from }) } })
  return aDatabase({ id, port, pulse })
}
const pictureOf = (...databases: readonly DatabaseRecord[]) => derivePicture(aCluster({ databases }), null, NOW)

describe('standbys that replicate from each other', () => {
  test('are a critical ring', () => {
    const picture = pictureOf(standby('a', 5433, 5434), standby('b', 5434, 5433))
    assert.equal(ringText(ringAround(picture, 'a')), 'a and b replicate from each other (a from b, b from a)')
    const alert = picture.alerts.find(({ rule }) => rule === 'replica-disconnected')
    assert.equal(alert?.severity, 'critical')
    assert.match(alert?.message ?? '', /ring of standbys, without a primary/)
  })

  test('one alone streams from itself where it has a walsender', () => {
    assert.equal(
      ringText(ringAround(pictureOf(standby('a', 5433, 5433, [aSender()])), 'a')),
      'a replicates from itself',
    )
    assert.deepEqual(ringAround(pictureOf(standby('a', 5433, 5433)), 'a'), [])
  })

  test('a chain is none; below a ring only its members are told', () => {
    const picture = pictureOf(standby('a', 5433, 5434), standby('b', 5434, 5433), standby('c', 5435, 5433))
    assert.deepEqual(ringAround(picture, 'c'), [])
    const chain = pictureOf(aPrimary(), standby('a', 5433, 5432), standby('b', 5434, 5433))
    assert.deepEqual(ringAround(chain, 'b'), [])
  })
})

test('a tree of standbys names where its head streams from', () => {
  const picture = pictureOf(standby('dr1', 5433, 6000), standby('dr2', 5434, 5433))
  assert.equal(elsewhereText(picture), ': dr1 streams from 127.0.0.1:6000, which is not watched')
  assert.equal(elsewhereText(pictureOf(aPrimary(), standby('a', 5433, 5432))), '')
})

describe('an older connection of the name of a standby that streams by a newer one', () => {
  const newer = aSender({ pid: 2, applicationName: 'a', startedAt: NOW - 10_000 })
  const older = aSender({ pid: 1, applicationName: 'a', startedAt: NOW - 60_000, replyAgeSeconds: 40 })
  const linksOf = (left: WalSender) => pictureOf(aPrimary({ senders: [left, newer] }), standby('a', 5433, 5432))

  test('is stale when it is silent', () => {
    const { links, otherSenders } = linksOf(older)
    assert.deepEqual(
      links.map(({ downstreamId }) => downstreamId),
      ['a'],
    )
    assert.deepEqual(
      otherSenders.map(({ kind }) => kind),
      ['stale'],
    )
  })

  test('sooner where it has not confirmed what was sent', () => {
    const late = { ...older, replyAgeSeconds: 6 }
    assert.equal(linksOf(late).links.length, 2)
    assert.equal(linksOf({ ...late, flushedLsn: lsn('0/5A000000') }).links.length, 1)
  })
})

describe('a server that shuts down', () => {
  const stopping = { ...aFault('starting'), reason: 'shutting-down' } as const
  const primary = aDatabase({ id: 'p', pulse: aStale(aPrimaryPulse(), NOW - 5000, stopping) })

  test('is no starting one, and waits for the standby that lacks its last record', () => {
    const behind = standby('a', 5433, 5432)
    assert.ok(behind.pulse.state === 'fresh' && behind.pulse.value.position.kind === 'standby')
    const position = { ...behind.pulse.value.position, receivedLsn: lsn('0/5A000000'), replayedLsn: lsn('0/5A000000') }
    const receiver = aReceiver({ flushedLsn: lsn('0/5A000000') })
    const pulse = { ...behind.pulse.value, position: { ...position, receiver } }
    const picture = pictureOf(primary, aDatabase({ id: 'a', port: 5433, pulse }), standby('b', 5434, 5432))
    const view = picture.databases.find(({ id }) => id === 'p') as DatabaseView
    assert.equal(view.status, 'stopping')
    assert.match(
      shutdownWaitOf(picture, view)?.text ?? '',
      /^a has confirmed the last record: a has received up to 0\/5A000000/,
    )
  })

  test('may wait for clients as well where no standby is known to lack WAL', () => {
    const picture = pictureOf(primary, standby('b', 5434, 5432))
    const view = picture.databases.find(({ id }) => id === 'p') as DatabaseView
    const wait = shutdownWaitOf(picture, view)
    const outcome = judgeDatabaseState({ fault: stopping, at: NOW }, null, wait)
    assert.match(
      outcome.evidence,
      /it waits until its clients have disconnected \(a smart shutdown\), or b has confirmed/,
    )
    assert.match('next' in outcome ? (outcome.next ?? '') : '', /pg_ctl stop -m fast/)
  })

  test('whose words are not understood stops where a standby hears from it still', () => {
    const unclear = aDatabase({ id: 'p', pulse: aStale(aPrimaryPulse(), NOW - 5000, aFault('starting'), NOW - 3000) })
    const statusWith = (record: DatabaseRecord) =>
      pictureOf(unclear, record).databases.find(({ id }) => id === 'p')?.status
    assert.equal(statusWith(standby('a', 5433, 5432)), 'stopping')
    const silent = aStandbyPulse({ standby: { receiver: aReceiver({ lastMessageAgeSeconds: 30 }) } })
    assert.equal(statusWith(aDatabase({ id: 'a', port: 5433, pulse: silent })), 'starting')
  })

  test('is none that takes no sessions in recovery, though a standby below it hears from it', () => {
    for (const reason of ['no-hot-standby', 'in-recovery', 'not-consistent', 'starting-up'] as const) {
      const fault = { ...aFault('starting'), reason }
      const above = aDatabase({ id: 'p', pulse: aStale(aPrimaryPulse(), NOW - 5000, fault, NOW - 3000) })
      const view = pictureOf(above, standby('a', 5433, 5432)).databases.find(({ id }) => id === 'p')
      assert.equal(view?.status, 'starting', reason)
    }
  })
})
