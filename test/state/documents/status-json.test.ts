import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NewestBackup } from '../../../src/model/measured/backup.ts'
import type { ClusterSnapshot } from '../../../src/model/measured/snapshot.ts'
import { freshReading, type Reading } from '../../../src/model/values/reading.ts'
import { statusDocument } from '../../../src/state/documents/status-json.ts'
import { aMirror, aSide } from '../../builders/mirroring-screens.ts'
import { stateOf } from '../../builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aSender,
  aServer,
  aServerPulse,
  aSlot,
  aStandby,
  NOW,
  PRIMARY_LSN,
} from '../../builders/snapshot.ts'

const AT = '2026-11-22T14:32:07.123Z'

function documentOf(snapshot: ClusterSnapshot) {
  // What is written is what counts: a field left out or a bigint shows here.
  return JSON.parse(JSON.stringify(statusDocument(stateOf(snapshot), NOW)))
}

const lag = 13_002_342
const tls = {
  daysLeft: 211,
  nameMatches: true,
  trusted: true,
  problem: null,
  subject: null,
  issuer: null,
  validToAt: NOW,
  fingerprint: '',
}
const replayedLsn = PRIMARY_LSN - BigInt(lag)
const vault = aCluster({
  databases: [
    aPrimary({
      senders: [aSender({ applicationName: 'db-ro', slot: 'ro_slot', replayedLsn })],
      slots: [aSlot({ retainedBytes: lag })],
      clients: [{ applicationName: 'pmp-a', address: null, count: 3 }],
    }),
    aStandby({ standby: { replayedLsn, applyLagSeconds: 3.1 } }),
  ],
  servers: [
    aServer({
      id: 'pmp-a',
      type: 'primary',
      databaseId: 'db-1',
      applicationName: 'pmp-a',
      sessions: freshReading(41, NOW),
      pulse: aServerPulse({ tls }),
    }),
  ],
})

describe('the status document', () => {
  const document = documentOf(vault)
  const [cluster] = document.clusters

  test('names its form, its time and its clusters', () => {
    assert.deepEqual(Object.keys(document), ['schema', 'at', 'clusters'])
    assert.deepEqual([document.schema, document.at], ['pgdeck.status/1', AT])
    const { name, model, health, manager, serving } = cluster
    assert.deepEqual([name, model, health, manager], ['vault', 'shared-database-with-read-only', 'warning', null])
    assert.deepEqual(serving, { server: 'pmp-a', access: 'read-write' })
  })

  test('servers', () => {
    assert.deepEqual(cluster.servers, [
      {
        name: 'pmp-a',
        id: 'pmp-a',
        dnsName: 'pmp-a.example.net',
        type: 'primary',
        status: 'active',
        access: 'read-write',
        port: 7272,
        portOpen: true,
        sessions: 41,
        latencyMs: 3.1,
        tls: { daysLeft: 211, nameMatches: true },
        database: 'db-1',
        since: AT,
        readAt: AT,
        problem: null,
      },
    ])
  })

  test('databases', () => {
    assert.deepEqual(cluster.databases[0], {
      name: 'db-1',
      id: 'db-1',
      host: '127.0.0.1',
      port: 5432,
      portOpen: true,
      type: 'PostgreSQL',
      version: '18.4',
      role: 'primary',
      status: 'active',
      servers: { configured: 1, active: 1 },
      sessions: { total: 5, max: 100, forUsers: 97, active: 1, idleInTransaction: 0, waiting: 0 },
      commitWaits: null,
      readOnlyByDefault: 'no',
      readOnlyDatabases: [],
      archiving: null,
      replay: null,
      transactions: {
        ...{ oldestIdAge: 1_000_000, oldestMultixactAge: 2, multixactMembers: null },
        ...{ longestSeconds: 0, prepared: 0, oldestPreparedSeconds: 0 },
      },
      throughput: {
        ...{ committed: 1_204_000, rolledBack: 310, countedSince: null },
        ...{ commitsPerSecond: null, rollbacksPerSecond: null, walBytesPerSecond: null },
      },
      xminHorizon: { state: 'none', age: null, holder: null, database: null, isBound: false },
      connectionLimits: [],
      timeline: 1,
      lsn: '0/5A001F20',
      systemIdentifier: '7710875730091603779',
      sameServerAs: null,
      startedAt: '2026-11-21T14:32:07.123Z',
      readAt: AT,
      problem: null,
      newConnections: null,
      backup: null,
      tls: null,
      refused: [],
      provider: null,
    })
  })

  test('the backups of a database, and why they can’t be read', () => {
    const hour = 3_600_000
    const read = {
      newest: { at: NOW - hour, name: 'base-2' },
      oldestAt: NOW - 30 * hour,
      isRunning: true,
      trouble: 'lost',
    }
    const of = (backup: Reading<NewestBackup>) => {
      const snapshot = aCluster({
        databases: [aDatabase({ id: 'db-1', backupSource: 'pgBackRest, stanza main', backup })],
      })
      return documentOf(snapshot).clusters[0].databases[0].backup
    }
    const { window, ...found } = of(freshReading(read, NOW))
    assert.deepEqual(found, {
      source: 'pgBackRest, stanza main',
      takenAt: new Date(NOW - hour).toISOString(),
      name: 'base-2',
      running: true,
      trouble: 'lost',
      readAt: AT,
      problem: null,
    })
    assert.equal(window?.from, new Date(NOW - 30 * hour).toISOString())
    assert.deepEqual(of(freshReading({ newest: null }, NOW)), {
      source: 'pgBackRest, stanza main',
      takenAt: null,
      name: null,
      window: null,
      running: null,
      trouble: null,
      readAt: AT,
      problem: null,
    })
  })

  test('links and slots', () => {
    assert.deepEqual(cluster.links, [
      {
        upstream: 'db-1',
        downstream: 'db-ro',
        kind: 'standby',
        state: 'streaming',
        sync: 'async',
        slot: 'ro_slot',
        lag: {
          bytes: lag,
          seconds: 3.1,
          sentBytes: 0,
          writtenBytes: 0,
          flushedBytes: 0,
          replayedBytes: lag,
          atLeast: false,
        },
        catchUpSeconds: null,
        delaySeconds: null,
      },
    ])
    assert.deepEqual(cluster.slots, [
      {
        database: 'db-1',
        name: 'ro_slot',
        type: 'physical',
        active: true,
        retainedBytes: lag,
        walStatus: 'reserved',
        safeBytes: null,
      },
    ])
  })

  test('the exchange of mirrored databases', () => {
    const idle = { active: false, activePid: null, inactiveSince: NOW - 60_000 }
    const mirror = documentOf(aMirror(aSide(1, { wrote: 300, confirmed: 100, slot: idle }), aSide(2))).clusters[0]
    assert.deepEqual(mirror.alsoServing, [{ server: 'pmp-b', access: 'read-write-no-resets' }])
    assert.deepEqual(mirror.exchange, [
      {
        from: 'db-1',
        to: 'db-2',
        state: 'cut',
        slot: 'from_db_1',
        behindBytes: 200,
        behindChanges: null,
        oldestAt: null,
        divergedBytes: 200,
        divergedChanges: null,
        since: '2026-11-22T14:31:07.123Z',
        reason: null,
      },
      {
        from: 'db-2',
        to: 'db-1',
        state: 'flowing',
        slot: 'from_db_2',
        behindBytes: 0,
        behindChanges: null,
        oldestAt: null,
        divergedBytes: null,
        divergedChanges: null,
        since: AT,
        reason: null,
      },
    ])
    assert.ok(!('exchange' in cluster) && !('alsoServing' in cluster), 'other models have the promised fields only')
  })

  test('failover and alerts', () => {
    assert.deepEqual(cluster.failover, {
      ifFails: 'db-1',
      candidate: 'db-ro',
      lossBytes: 0,
      lossSeconds: 0,
      basis: 'live',
      basisAgeSeconds: 0,
      lossBound: 'as-read',
      writableInSeconds: null,
      promotedBy: 'person',
      blockers: [],
      warnings: ['db-ro replays 3.1 s behind', 'how fast db-ro replays is unknown yet'],
    })
    assert.deepEqual(cluster.alerts, [
      {
        rule: 'replication-lag',
        severity: 'warning',
        subject: 'db-ro',
        owner: 'db-ro',
        message: 'db-ro: replication lag 12.4 MB, limit 8 MB',
        since: AT,
        during: null,
      },
    ])
  })
})

describe('what is not known is null and never left out', () => {
  test('of targets that have not answered', () => {
    const known = documentOf(vault).clusters[0]
    const unread = aCluster({
      databases: [aDatabase({ id: 'db-1' })],
      servers: [aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1' })],
    })
    const [cluster] = documentOf(unread).clusters
    assert.deepEqual(Object.keys(cluster), Object.keys(known))
    assert.deepEqual(Object.keys(cluster.databases[0]), Object.keys(known.databases[0]))
    assert.deepEqual(Object.keys(cluster.servers[0]), Object.keys(known.servers[0]))
    const { version, sessions, timeline, lsn, readAt, portOpen, role, status } = cluster.databases[0]
    assert.deepEqual(
      [version, sessions, timeline, lsn, readAt, portOpen, role, status],
      [null, null, null, null, null, null, 'unknown', 'unknown'],
    )
    assert.deepEqual([cluster.serving, cluster.health, cluster.servers[0].access], [null, 'unknown', null])
  })

  test('figures from the state directory say when they were seen', () => {
    const seen = { at: NOW - 60_000, lsn: 16n, timeline: 4, systemIdentifier: '7', settings: aPrimaryPulse().settings }
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'failed', fault: aFault('refused'), since: NOW },
      lastSeenAsPrimary: seen,
    })
    const { lsn, timeline, readAt } = documentOf(aCluster({ databases: [dead] })).clusters[0].databases[0]
    assert.deepEqual([lsn, timeline, readAt], ['0/10', 4, new Date(NOW - 60_000).toISOString()])
  })

  test('a problem has all of its parts', () => {
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'failed', fault: aFault('refused', 'connection refused (127.0.0.1:5432)'), since: NOW },
    })
    assert.deepEqual(documentOf(aCluster({ databases: [dead] })).clusters[0].databases[0].problem, {
      code: 'refused',
      message: 'connection refused (127.0.0.1:5432)',
      since: AT,
      hint: null,
    })
  })
})
