import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../src/model/events/derive-events.ts'
import { probableCause } from '../../../src/model/events/probable-cause.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { AlertRule, Picture } from '../../../src/model/picture/picture.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import { aHost, aHostFacts, onHost } from '../../builders/hosts.ts'
import {
  aClient,
  aCluster,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServerPulse,
  aSlot,
  aStale,
  aStandby,
  aStandbyPulse,
  aVault,
  lsn,
  NOW,
} from '../../builders/snapshot.ts'

const LOW = { ...aStandbyPulse().settings, max_connections: 30 }
const PAUSED = { standby: { pause: 'paused', replayedLsn: lsn('0/59000000') } } as const

const deadPrimary: DatabaseRecord = {
  ...aPrimary({ slots: [aSlot()] }),
  pulse: aStale(aPrimaryPulse({ slots: [aSlot()] }), NOW - 60_000, aFault('refused')),
}

/** The picture after a minute, so that figures have lasted. */
function seen(snapshot: ClusterSnapshot): Picture {
  let picture = derivePicture(snapshot, null, NOW - 60_000)
  for (let at = NOW - 58_000; at <= NOW; at += 2_000) picture = derivePicture(snapshot, picture, at)
  return picture
}

function cause(picture: Picture, rule: AlertRule, owner: string, part: string | null = null): string | null {
  return probableCause({ rule, subject: subjectOf(owner, part), severity: 'warning' }, picture)
}

const pair = (...databases: readonly DatabaseRecord[]) => seen(aCluster({ databases }))

describe('the cause', () => {
  test('of paused replay: the settings that are too low, each with the primary’s', () => {
    const picture = pair(aPrimary(), aStandby({ settings: LOW, ...PAUSED }))
    assert.equal(cause(picture, 'replay-paused', 'db-ro'), 'max_connections 30 < 100 on db-1')
    assert.match(cause(picture, 'replication-lag', 'db-ro') ?? '', /^replay is paused there: max_connections 30 < 100/)
  })

  test('of replay that someone paused is not guessed', () => {
    assert.equal(cause(pair(aPrimary(), aStandby(PAUSED)), 'replay-paused', 'db-ro'), null)
  })

  test('of lag: the delay that was asked for, else the stage at which most of it waits', () => {
    const behind = aSender({ applicationName: 'db-ro', replayedLsn: lsn('0/59000000') })
    const position = { replayedLsn: lsn('0/59000000'), applyLagSeconds: 12 }
    const primary = aPrimary({ senders: [behind] })
    assert.equal(
      cause(pair(primary, aStandby({ standby: position })), 'replication-lag', 'db-ro'),
      'the standby has received most of it but not replayed it',
    )
    assert.match(
      cause(pair(primary, aStandby({ applyDelayMs: 300_000, standby: position })), 'replication-lag', 'db-ro') ?? '',
      /5 min late on purpose/,
    )
  })

  test('of a server that answers badly: its database', () => {
    const snapshot = aVault({ databases: [deadPrimary, aStandby({ standby: { receiver: null } })] })
    const servers = snapshot.servers.map((server) =>
      server.spec.databaseId === 'db-1'
        ? { ...server, pulse: freshReading(aServerPulse({ httpStatus: 500 }), NOW) }
        : server,
    )
    const picture = seen({ ...snapshot, servers })
    assert.equal(
      probableCause({ subject: subjectOf('pmp-a'), severity: 'warning' }, picture),
      'its database db-1 is inactive',
      'a change of status has the cause too',
    )
    assert.equal(probableCause({ subject: subjectOf('pmp-a'), severity: 'ok' }, picture), null, 'good news need none')
    const text = 'HTTP status 500; its database db-1 is inactive'
    assert.equal(
      probableCause({ subject: subjectOf('pmp-a'), severity: 'warning', text }, picture),
      null,
      'nor what is said already',
    )
  })

  test('of a database that is down: its host, when that fell silent with it', () => {
    const silence = (hostAt: number) => {
      const fault = aFault('timeout', 'host h: no answer')
      const host = { ...aHost({ id: 'h' }), facts: aStale(aHostFacts(), hostAt - 5_000, fault, hostAt) }
      const snapshot = aCluster({ databases: [onHost(deadPrimary, 'h')], hosts: [host] })
      return cause(seen(snapshot), 'database-inactive', 'db-1')
    }
    assert.equal(silence(NOW - 50_000), 'its host h does not answer either')
    assert.equal(silence(NOW - 600_000), null, 'a host that was silent long before says nothing')
  })

  test('of an idle slot: the standby that uses it', () => {
    const idle = aSlot({ active: false, activePid: null })
    const orphan = aStandby({ standby: { receiver: null } }, { slot: 'ro_slot' })
    const picture = pair(aPrimary({ senders: [], slots: [idle] }), orphan)
    assert.equal(cause(picture, 'slot-inactive', 'db-1', 'ro_slot'), 'db-ro is disconnected')
    assert.equal(cause(pair(aPrimary({ slots: [idle] })), 'slot-inactive', 'db-1', 'ro_slot'), null, 'of nobody known')
  })

  test('of a disconnected replica: its upstream is down, or its slot is lost', () => {
    const orphan = aStandby({ standby: { receiver: null } }, { slot: 'ro_slot' })
    const down = pair(deadPrimary, orphan)
    assert.equal(cause(down, 'replica-disconnected', 'db-ro'), 'db-1, its upstream, is inactive')
    const lost = aSlot({ active: false, activePid: null, walStatus: 'lost' })
    const picture = pair(aPrimary({ senders: [], slots: [lost] }), orphan)
    assert.equal(cause(picture, 'replica-disconnected', 'db-ro'), 'its slot ro_slot on db-1 is lost')
    const other = pair(
      aPrimary({ senders: [aSender({ applicationName: 'x' })] }),
      aStandby({ standby: { receiver: aReceiver() } }),
    )
    assert.equal(cause(other, 'replica-disconnected', 'db-ro'), null)
  })

  test('of full sessions: who holds at least half of them', () => {
    const sessions = { ...aPrimaryPulse().sessions, total: 90 }
    const full = (count: number) =>
      pair(aPrimary({ sessions, clients: [aClient('app', '10.0.0.11', count), aClient('psql', null, 2)] }))
    assert.equal(cause(full(60), 'sessions', 'db-1'), '60 of them are of app from 10.0.0.11')
    assert.equal(cause(full(30), 'sessions', 'db-1'), null)
  })

  test('stays with what happened, as it was known then', () => {
    const before = pair(aPrimary(), aStandby())
    const after = derivePicture(
      aCluster({ databases: [aPrimary(), aStandby({ settings: LOW, ...PAUSED })] }),
      before,
      NOW + 2_000,
    )
    const [paused] = deriveEvents(before, after).filter(({ rule }) => rule === 'replay-paused')
    assert.equal(paused?.cause, 'max_connections 30 < 100 on db-1')
  })
})
