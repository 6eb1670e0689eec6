// Who sees whom, and what others' sight makes of a target that this host can't reach.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { HostPortCheck } from '../../../src/model/measured/port-check.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import type { ClusterSnapshot } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { isWhole } from '../../../src/model/picture/subject.ts'
import { confirmPrimaryOutage } from '../../../src/model/reachability/outage-confirmation.ts'
import { allObservations, observationsByOthers } from '../../../src/model/reachability/reachability-matrix.ts'
import type { FaultCode } from '../../../src/model/values/fault.ts'
import type { Reading } from '../../../src/model/values/reading.ts'
import {
  aClient,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aStale,
  aStandby,
  aVault,
  NOW,
  withDatabase,
} from '../../builders/snapshot.ts'

/** The primary failed 10 s ago, and the standby was read just now: its last message came so many seconds ago. */
function lost(code: FaultCode, silenceSeconds: number | null): Picture {
  const before = derivePicture(aVault(), null, NOW - 12_000)
  const gone: Reading<DatabasePulse> = aStale(aPrimaryPulse(), NOW - 12_000, aFault(code), NOW - 10_000)
  const receiver = silenceSeconds === null ? null : aReceiver({ lastMessageAgeSeconds: silenceSeconds })
  const now = aVault({ databases: [aPrimary({}, { pulse: gone }), aStandby({ standby: { receiver } })] })
  return derivePicture(now, before, NOW)
}

const statusOf = (picture: Picture) => picture.databases.find(({ id }) => id === 'db-1')?.status

describe('a primary that this host lost', () => {
  for (const code of ['timeout', 'refused', 'unreachable'] as const) {
    test(`${code}: is not down while a standby hears from it`, () => {
      const picture = lost(code, 1)
      assert.equal(statusOf(picture), 'unknown')
      assert.ok(picture.alerts.every(({ rule }) => rule !== 'database-inactive' && rule !== 'nobody-serves'))
      const told = picture.pending.some(({ rule, subject }) => rule === 'stale' && isWhole(subject, 'db-1'))
      assert.ok(
        told ||
          picture.alerts.some(({ rule, message }) => rule === 'stale' && /is not visible from here/.test(message)),
      )
      assert.equal(confirmPrimaryOutage(picture, 'db-1').verdict, 'seen')
    })
  }

  test('is down when the standby lost it too', () => {
    const picture = lost('refused', null)
    assert.equal(statusOf(picture), 'inactive')
    const { verdict, sentence } = confirmPrimaryOutage(picture, 'db-1')
    assert.equal(verdict, 'down')
    assert.match(sentence, /db-ro lost db-1 too/)
  })

  test('is not known to be down by a standby that was cut off long before this host lost it', () => {
    const cutOff = aStandby({ standby: { receiver: null } })
    const earlier = { ...cutOff, pulse: { ...cutOff.pulse, at: NOW - 3_600_000 } as Reading<DatabasePulse> }
    const before = derivePicture(aVault({ databases: [aPrimary({ senders: [] }), earlier] }), null, NOW - 3_600_000)
    const gone: Reading<DatabasePulse> = aStale(aPrimaryPulse(), NOW - 12_000, aFault('timeout'), NOW - 10_000)
    const picture = derivePicture(aVault({ databases: [aPrimary({}, { pulse: gone }), cutOff] }), before, NOW)
    assert.equal(confirmPrimaryOutage(picture, 'db-1').verdict, 'unknown')
  })

  test('is down where the standby is connected still, but heard nothing since', () => {
    const picture = lost('refused', 20)
    assert.equal(statusOf(picture), 'inactive')
    assert.equal(confirmPrimaryOutage(picture, 'db-1').verdict, 'unknown')
  })

  test('what was heard long ago does not count, whenever the outage began', () => {
    const gone: Reading<DatabasePulse> = aStale(aPrimaryPulse(), NOW - 120_000, aFault('timeout'), NOW - 110_000)
    const standby = aStandby({ standby: { receiver: aReceiver({ lastMessageAgeSeconds: 50 }) } })
    const now = aVault({ databases: [aPrimary({}, { pulse: gone }), standby] })
    assert.equal(statusOf(derivePicture(now, derivePicture(aVault(), null, NOW - 120_000), NOW)), 'inactive')
  })

  test('answers: then nothing has to be asked of others', () => {
    assert.equal(confirmPrimaryOutage(derivePicture(aVault(), null, NOW), 'db-1').verdict, 'reachable')
    assert.equal(confirmPrimaryOutage(derivePicture(aVault(), null, NOW), 'nobody').verdict, 'unknown')
  })
})

describe('a standby that this host lost', () => {
  test('is not down while its source hears from it', () => {
    const sending = (replyAgeSeconds: number) =>
      aPrimary({ senders: [aSender({ applicationName: 'db-ro', replyAgeSeconds })] })
    const before = derivePicture(aVault({ databases: [sending(0), aStandby()] }), null, NOW - 12_000)
    const gone = (snapshot: ClusterSnapshot) =>
      withDatabase(snapshot, 'db-ro', (record) => ({
        ...record,
        pulse:
          record.pulse.state === 'fresh'
            ? aStale(record.pulse.value, NOW - 12_000, aFault('timeout'), NOW - 10_000)
            : record.pulse,
      }))
    const seen = (age: number) => {
      const picture = derivePicture(gone(aVault({ databases: [sending(age), aStandby()] })), before, NOW)
      return picture.databases.find(({ id }) => id === 'db-ro')?.status
    }
    assert.equal(seen(1), 'unknown')
    assert.equal(seen(20), 'inactive')
  })
})

describe('observations', () => {
  test('of a cluster that is well: from here, from both ends of the link, from sessions', () => {
    const databases = [aPrimary({ clients: [aClient('pmp-a', 'pmp-a.example.net', 3)] }), aStandby()]
    const snapshot = aVault({ databases })
    const all = allObservations(derivePicture(snapshot, null, NOW), snapshot.servers)
    const of = (kind: string, toId: string) => all.filter((one) => one.kind === kind && one.toId === toId)
    assert.deepEqual(
      of('here', 'db-1').map(({ status }) => status),
      ['ok'],
    )
    assert.match(of('standby', 'db-1')[0]?.evidence ?? '', /its receiver streams, last message/)
    assert.match(of('source', 'db-ro')[0]?.evidence ?? '', /it sends to it/)
    assert.deepEqual(
      of('database', 'pmp-a').map(({ status, evidence }) => [status, evidence]),
      [['ok', '3 sessions connected']],
    )
    assert.deepEqual(
      of('server', 'db-1').map(({ fromId, status }) => [fromId, status]),
      [
        ['pmp-a', 'ok'],
        ['pmp-b', 'unknown'],
      ],
    )
    assert.equal(of('server', 'db-1')[0]?.isFromTarget, false, 'sessions may outlive what they were opened to')
  })

  test('a host that reaches what we don’t shows that it lives; one that does as we do shows nothing', () => {
    const knocks = (ours: FaultCode | null): readonly HostPortCheck[] => [
      { hostId: null, targetId: 'db-1', fault: ours && aFault(ours), at: NOW },
      { hostId: 'h2', targetId: 'db-1', fault: null, at: NOW },
      { hostId: 'h3', targetId: 'db-1', fault: aFault('timeout'), at: NOW },
    ]
    const gone: Reading<DatabasePulse> = aStale(aPrimaryPulse(), NOW - 12_000, aFault('timeout'), NOW - 10_000)
    const databases = [aPrimary({}, { pulse: gone }), aStandby({ standby: { receiver: null } })]
    const before = derivePicture(aVault(), null, NOW - 12_000)
    const with_ = (ours: FaultCode | null) =>
      derivePicture({ ...aVault({ databases }), portChecks: knocks(ours) }, before, NOW)
    assert.equal(statusOf(with_('timeout')), 'unknown')
    assert.equal(confirmPrimaryOutage(with_('timeout'), 'db-1').verdict, 'seen')
    assert.equal(statusOf(with_(null)), 'inactive', 'the port is open here too: what is behind it hangs')
    const byHosts = observationsByOthers(with_('timeout'), 'db-1').filter(({ kind }) => kind === 'host')
    assert.deepEqual(
      byHosts.map(({ from, status }) => [from, status]),
      [
        ['host h2', 'ok'],
        ['host h3', 'fails'],
      ],
    )
  })
})
