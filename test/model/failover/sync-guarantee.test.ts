// When it can be promised that no confirmed commit is lost: only where whoever may have confirmed one is read.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabasePulse, WalSender } from '../../../src/model/measured/pulse.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aSender,
  aStale,
  aStandbyPulse,
  INTERVAL_MS,
  NOW,
  PRIMARY_LSN,
} from '../../builders/snapshot.ts'

type Sync = WalSender['sync']

interface Case {
  readonly names: string
  readonly commit?: string | null
  /** The senders at the last reading. */
  readonly senders: Readonly<Record<string, Sync>>
  /** Bytes that each standby that can be read has not received. */
  readonly lacking: Readonly<Record<string, bigint>>
  readonly timeline?: number
}

const QUORUM = { a: 'quorum', b: 'quorum' } as const
const FIRST = { a: 'sync', b: 'potential' } as const

function boundOf({ names, commit = 'on', senders, lacking, timeline = 1 }: Case, isAlive: boolean, ageMs = 4000) {
  const pulse: DatabasePulse = aPrimaryPulse({
    synchronousStandbyNames: names,
    synchronousCommit: commit,
    senders: Object.entries(senders).map(([applicationName, sync], index) =>
      aSender({ applicationName, sync, slot: null, pid: index + 1, port: 40_000 + index }),
    ),
  })
  const primary = aPrimary(
    {},
    {
      pulse: isAlive
        ? freshReading(pulse, NOW - (ageMs === 4000 ? 0 : ageMs))
        : aStale(pulse, NOW - ageMs, aFault('refused'), NOW - 1),
    },
  )
  const standbys = Object.entries(lacking).map(([id, bytes], index): DatabaseRecord => {
    const at = PRIMARY_LSN - bytes
    const position = { receivedLsn: at, replayedLsn: at, ...(isAlive ? {} : { receiver: null }) }
    const serverPort = 5433 + index
    return aDatabase({ id, port: serverPort, pulse: aStandbyPulse({ serverPort, timeline, standby: position }) })
  })
  return derivePicture(aCluster({ databases: [primary, ...standbys] }), null, NOW).failover
}

describe('a primary that is gone', () => {
  const both = { a: 0n, b: 0n }
  const cases: readonly (readonly [string, Case, 'none-confirmed' | 'at-least' | null])[] = [
    ['commits wait for nobody', { names: '', senders: { a: 'async' }, lacking: { a: 0n } }, 'at-least'],
    [
      'the only one that commits wait for',
      { names: 'a', senders: { a: 'sync' }, lacking: { a: 0n } },
      'none-confirmed',
    ],
    [
      'the same with remote_apply',
      { names: 'a', commit: 'remote_apply', senders: { a: 'sync' }, lacking: { a: 0n } },
      'none-confirmed',
    ],
    ['it fell out of sync', { names: 'a', senders: { a: 'async' }, lacking: { a: 0n } }, 'at-least'],
    [
      'commits do not wait for a flush',
      { names: 'a', commit: 'remote_write', senders: { a: 'sync' }, lacking: { a: 0n } },
      'at-least',
    ],
    ['commits do not wait', { names: 'a', commit: 'local', senders: { a: 'sync' }, lacking: { a: 0n } }, 'at-least'],
    [
      'some role or database has its own synchronous_commit',
      { names: 'a', commit: null, senders: { a: 'sync' }, lacking: { a: 0n } },
      'at-least',
    ],
    ['a quorum, all of it read', { names: 'ANY 1 (a, b)', senders: QUORUM, lacking: both }, 'none-confirmed'],
    ['a quorum, one not read', { names: 'ANY 1 (a, b)', senders: QUORUM, lacking: { a: 0n } }, 'at-least'],
    [
      'a quorum of two of three, one not read',
      { names: 'ANY 2 (a, b, c)', senders: { ...QUORUM, c: 'quorum' }, lacking: both },
      'none-confirmed',
    ],
    [
      'the next in line may have taken its place',
      { names: 'FIRST 1 (a, b)', senders: FIRST, lacking: { a: 0n } },
      'at-least',
    ],
    ['the next in line is read too', { names: 'FIRST 1 (a, b)', senders: FIRST, lacking: both }, 'none-confirmed'],
    [
      'one that was not connected may have come back and confirmed',
      { names: 'FIRST 1 (a, b)', senders: { a: 'sync' }, lacking: { a: 0n } },
      'at-least',
    ],
    ['any name', { names: '*', senders: FIRST, lacking: both }, 'none-confirmed'],
    [
      'too few were in sync at the last reading',
      { names: 'ANY 2 (a, b)', senders: { a: 'quorum', b: 'potential' }, lacking: both },
      'at-least',
    ],
    ['another history', { names: 'a', senders: { a: 'sync' }, lacking: { a: 0n }, timeline: 2 }, null],
    [
      'the one that has most is not one that confirms',
      { names: 'b', senders: { a: 'async', b: 'sync' }, lacking: { a: 0n, b: 512n } },
      'at-least',
    ],
  ]
  for (const [name, given, wanted] of cases) {
    test(`${name}: ${wanted}`, () => assert.equal(boundOf(given, false).lossBound, wanted))
  }

  test('what is promised says on what condition', () => {
    const found = boundOf({ names: 'a', senders: { a: 'sync' }, lacking: { a: 0n } }, false)
    assert.deepEqual(found.warnings, [
      'no commit that was confirmed by the last reading, 4 s ago, is lost only if no session switched synchronous_commit off',
    ])
  })

  test('what is promised holds for two intervals and the time of an answer after the last reading, and no longer', () => {
    const given: Case = { names: 'a', senders: { a: 'sync' }, lacking: { a: 0n } }
    const mostMs = 2 * INTERVAL_MS + aCluster({}).spec.timeoutMs
    assert.equal(boundOf(given, false, mostMs).lossBound, 'none-confirmed')
    assert.equal(boundOf(given, false, mostMs + 1).lossBound, 'at-least')
    assert.equal(boundOf(given, true, mostMs + 1).lossBound, 'at-least')
  })

  test('of a primary that only the memory on disk knows nothing is promised', () => {
    const seen = {
      at: NOW - 60_000,
      lsn: PRIMARY_LSN,
      timeline: 1,
      systemIdentifier: aPrimaryPulse().systemIdentifier ?? '',
      settings: aPrimaryPulse().settings,
    }
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'failed', fault: aFault('refused'), since: NOW },
      lastSeenAsPrimary: seen,
    })
    const standby = aDatabase({ id: 'a', port: 5433, pulse: aStandbyPulse({ standby: { receiver: null } }) })
    const { failover } = derivePicture(aCluster({ databases: [dead, standby] }), null, NOW)
    assert.deepEqual([failover.lossBytes, failover.lossBound, failover.basisAgeMs], [0, 'at-least', 60_000])
  })
})

describe('a primary that is alive', () => {
  const cases: readonly (readonly [string, Case, 'none-confirmed' | 'as-read'])[] = [
    ['an asynchronous standby', { names: '', senders: { a: 'async' }, lacking: { a: 0n } }, 'as-read'],
    ['a synchronous one', { names: 'a', senders: { a: 'sync' }, lacking: { a: 0n } }, 'none-confirmed'],
    ['a quorum, all read', { names: 'ANY 1 (a, b)', senders: QUORUM, lacking: { a: 0n, b: 9n } }, 'none-confirmed'],
    ['a quorum, one not read', { names: 'ANY 1 (a, b)', senders: QUORUM, lacking: { a: 0n } }, 'as-read'],
  ]
  for (const [name, given, wanted] of cases) {
    test(`${name}: ${wanted}`, () => assert.equal(boundOf(given, true).lossBound, wanted))
  }
})
