// Standbys that an archive feeds: they are connected to nobody, and nothing is wrong with that.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeReplay } from '../../../src/model/diagnosis/replay.ts'
import { lossPhrase } from '../../../src/model/failover/loss-text.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { endOfWalFile } from '../../../src/model/picture/archive-source.ts'
import { elsewhereText } from '../../../src/model/picture/neighbours.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { confirmPrimaryOutage } from '../../../src/model/reachability/outage-confirmation.ts'
import { lastGood } from '../../../src/model/values/reading.ts'
import type { WalSources } from '../../../src/model/values/recovery-settings.ts'
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
  THRESHOLDS,
} from '../../builders/snapshot.ts'

const FILE = 16 * 1024 * 1024
const ARCHIVE: WalSources = { archive: true, upstream: false, slot: null }
const BOTH: WalSources = { archive: true, upstream: true, slot: null }

const archiver = (lastArchivedWal: string | null, quietSeconds: number | null = 100) => ({
  mode: 'on',
  failing: false,
  quietSeconds,
  lastArchivedWal,
  lastFailedWal: null,
  lastFailedAt: null,
  lastArchivedAt: null,
  failedCount: 0,
})

interface Fed {
  readonly end?: string
  readonly replayed?: string
  readonly walSources?: WalSources
  readonly lastArchived?: string | null
  readonly wait?: string | null
  readonly over?: Partial<DatabasePulse>
}

function standbyOf({ replayed = '0/3000000', walSources = ARCHIVE, wait = null, over = {} }: Fed) {
  const pulse = aStandbyPulse({
    serverPort: 5433,
    startupProcess: { pid: 7, waitType: 'Timeout', wait, heldBy: null },
    standby: { receiver: null, receivedLsn: null, replayedLsn: lsn(replayed), walSources },
    ...over,
  })
  return aDatabase({ id: 'a', port: 5433, pulse })
}

function primaryOf({ end = '0/3000100', lastArchived = '000000010000000000000002' }: Fed) {
  return aPrimary({ lsn: lsn(end), walSegmentBytes: FILE, archiver: archiver(lastArchived) })
}

const pictureOf = (fed: Fed, previous: Picture | null = null) =>
  derivePicture(aCluster({ databases: [primaryOf(fed), standbyOf(fed)] }), previous, NOW)
const viewOf = (picture: Picture) => picture.databases.find(({ id }) => id === 'a')
const rulesOf = ({ alerts }: Picture) => alerts.map(({ rule }) => rule)

describe('a standby that has a restore_command and no primary_conninfo', () => {
  const picture = pictureOf({})

  test('has a link of its own kind to the only primary of its system', () => {
    const [link] = picture.links
    assert.deepEqual([link?.upstreamId, link?.downstreamId, link?.state], ['db-1', 'a', 'archive'])
    assert.match(link?.evidence.join('; ') ?? '', /restore_command/)
    assert.equal(viewOf(picture)?.status, 'archive')
    assert.deepEqual(rulesOf(picture), [])
  })

  test('is behind by what is known; without a past of the primary the time is not', () => {
    assert.deepEqual([viewOf(picture)?.lag?.bytes, viewOf(picture)?.lag?.seconds], [0x100, null])
  })

  test('is not late by what is in the WAL file that is written', () => {
    assert.deepEqual(rulesOf(pictureOf({ end: '0/3FFFF00' })), [])
    assert.ok(rulesOf(pictureOf({ end: '0/8FFFF00', lastArchived: null })).includes('replication-lag'))
  })

  test('loses at most what it lacks, with a warning', () => {
    assert.equal(picture.failover.candidate, 'a')
    assert.equal(picture.failover.lossBound, 'at-most')
    assert.equal(lossPhrase(picture.failover), 'lose at most 256 B, as read')
    assert.match(picture.failover.warnings.join('; '), /fed by an archive \(restore_command\)/)
    assert.equal(picture.failover.writableInSeconds, null)
  })

  test('of a primary that is gone nothing is promised', () => {
    const gone = {
      ...primaryOf({}),
      pulse: aStale(aPrimaryPulse({ lsn: lsn('0/3000100') }), NOW - 9000, aFault('refused')),
    }
    const { failover } = derivePicture(aCluster({ databases: [gone, standbyOf({})] }), null, NOW)
    assert.deepEqual([failover.candidate, failover.lossBytes, failover.lossBound], ['a', null, null])
    assert.match(
      failover.warnings.join('; '),
      /lacked 256 B when last read: how much of what db-1 wrote last the archive holds is unknown/,
    )
  })

  test('is never given the connection of somebody else', () => {
    const sender = aSender({ applicationName: 'a' })
    const primary = aPrimary({ lsn: lsn('0/3000100'), senders: [sender], walSegmentBytes: FILE })
    const { links } = derivePicture(aCluster({ databases: [primary, standbyOf({})] }), null, NOW)
    assert.deepEqual(
      links.map(({ downstreamId, state }) => [downstreamId, state]),
      [
        ['a', 'archive'],
        [null, 'streaming'],
      ],
    )
  })

  test('whose primary is not watched comes from an archive', () => {
    const { links } = derivePicture(aCluster({ databases: [standbyOf({})] }), null, NOW)
    assert.deepEqual(
      links.map(({ upstreamId, upstreamName, state, lag }) => [upstreamId, upstreamName, state, lag.bytes]),
      [[null, 'an archive', 'archive', null]],
    )
  })

  test('alone tells neither that nobody serves nor that its primary is down', () => {
    const picture = derivePicture(aCluster({ databases: [standbyOf({})] }), null, NOW)
    assert.ok(!rulesOf(picture).includes('nobody-serves'))
    assert.equal(elsewhereText(picture), ': a restores WAL from an archive, and its primary is not watched')
    const gone = { ...primaryOf({}), pulse: aStale(aPrimaryPulse(), NOW - 9000, aFault('timeout')) }
    const lost = derivePicture(aCluster({ databases: [gone, standbyOf({})] }), null, NOW)
    assert.equal(confirmPrimaryOutage(lost, 'db-1').verdict, 'unknown')
  })
})

describe('a standby that streams and has a restore_command too', () => {
  test('is told while it can only restore, and no longer once it streams', () => {
    const fallen = pictureOf({ walSources: BOTH })
    assert.equal(viewOf(fallen)?.status, 'archive')
    assert.match(
      fallen.alerts.map(({ message }) => message).join(),
      /a does not stream from db-1: it restores WAL from its archive/,
    )
    const receiver = aReceiver({ flushedLsn: lsn('0/3000100') })
    const over = { position: { ...standbyPosition(), receiver, receivedLsn: lsn('0/3000100'), walSources: BOTH } }
    const back = pictureOf({ over }, fallen)
    assert.equal(viewOf(back)?.status, 'streaming')
    assert.deepEqual(rulesOf(back), [])
  })

  test('as a candidate comes after one that streams and has received as much', () => {
    const streaming = aDatabase({
      id: 'b',
      port: 5434,
      pulse: aStandbyPulse({
        serverPort: 5434,
        standby: {
          receivedLsn: lsn('0/3000000'),
          replayedLsn: lsn('0/3000000'),
          receiver: aReceiver({ flushedLsn: lsn('0/3000000') }),
        },
      }),
    })
    const { failover } = derivePicture(aCluster({ databases: [primaryOf({}), standbyOf({}), streaming] }), null, NOW)
    assert.equal(failover.candidate, 'b')
  })
})

function standbyPosition() {
  const { position } = aStandbyPulse()
  assert.equal(position.kind, 'standby')
  return position
}

describe('a restore_command that fails', () => {
  const failing: Fed = {
    end: '0/5000100',
    lastArchived: '000000010000000000000004',
    wait: 'RecoveryRetrieveRetryInterval',
  }
  const stalled = (fed: Fed) => pictureOf(fed).alerts.find(({ rule }) => rule === 'replay-stalled')?.message

  test('is told where nothing brings what was archived', () => {
    assert.match(
      stalled(failing) ?? '',
      /db-1 has archived 000000010000000000000004, restore_command of a does not bring that/,
    )
  })

  test('not while it restores, nor where the archive has no more, nor for a delay, a pause or another timeline', () => {
    assert.equal(stalled({ ...failing, wait: null }), undefined)
    assert.equal(stalled({ ...failing, lastArchived: '000000010000000000000002' }), undefined)
    assert.equal(stalled({ ...failing, lastArchived: '000000020000000000000004' }), undefined)
    assert.equal(stalled({ ...failing, lastArchived: '00000002.history' }), undefined)
    assert.equal(stalled({ ...failing, over: { applyDelayMs: 60_000 } }), undefined)
  })

  test('one that still runs delays a promotion, also before PostgreSQL 15, which has no wait event for it', () => {
    for (const [versionNumber, wait] of [
      [140_000, null],
      [180_000, 'RestoreCommand'],
    ] as const) {
      const pulse = lastGood(standbyOf({ ...failing, wait, over: { versionNumber } }).pulse)
      assert.ok(pulse)
      const sample = { lsn: null, replayedLsn: lsn('0/3000000'), backlogBytes: null }
      const history = [NOW - 30_000, NOW].map((at) => ({ ...sample, at }))
      const standby = { ...aDatabase({ id: 'a', port: 5433, pulse }), history }
      const picture = derivePicture(aCluster({ databases: [primaryOf(failing), standby] }), null, NOW)
      const stall = viewOf(picture)?.replayStall
      assert.ok(stall !== null && stall !== undefined && stall !== 'unknown')
      assert.deepEqual([stall.delaysPromotion, stall.seconds], [true, 30], `${versionNumber}`)
      assert.match(stall.text, /has archived 000000010000000000000004, its restore_command runs$/)
      const past = { history: [], lag: null, restoreStall: null }
      const judged = judgeReplay({ value: pulse, at: NOW }, past, THRESHOLDS)
      assert.equal(judged.evidence, 'its restore_command runs now (startup process 7)')
    }
  })
})

test('the end of a WAL file follows from its name and the size of such files', () => {
  assert.equal(endOfWalFile('000000010000000000000002', FILE), lsn('0/3000000'))
  assert.equal(endOfWalFile('0000000100000001000000FF', FILE), lsn('2/0'))
  assert.equal(endOfWalFile('000000030000000200000003', 1024 ** 3), lsn('3/0'))
  assert.equal(endOfWalFile('000000010000000000000002.partial', FILE), null)
})
