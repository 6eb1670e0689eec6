// What tests of new connections say in alerts: nothing for one miss, critical from the second on, and a refused login.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../../src/model/events/derive-events.ts'
import type { TlsFacts } from '../../../../src/model/measured/connections/certificate-facts.ts'
import {
  afterConnectionTest,
  type NewConnectionFacts,
} from '../../../../src/model/measured/connections/new-connections.ts'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import type { Fault } from '../../../../src/model/values/fault.ts'
import { failedReading, freshReading, type ProbeOutcome } from '../../../../src/model/values/reading.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, NOW } from '../../../builders/snapshot.ts'

const SILENT: Fault = aFault(
  'timeout',
  '127.0.0.1:5432 accepted a new connection but did not answer on it within 900 ms',
)
const ANSWER: NewConnectionFacts = { address: '127.0.0.1', answerMs: 3 }

function withNewConnection(record: DatabaseRecord, outcome: ProbeOutcome<NewConnectionFacts>, at: number) {
  return { ...record, newConnections: afterConnectionTest(record.newConnections, outcome, at) }
}

function alertsOf(record: DatabaseRecord) {
  const { alerts, health } = derivePicture(aCluster({ databases: [record] }), null, NOW)
  const told = alerts.filter(({ rule }) => rule === 'no-new-connections' || rule === 'login-refused')
  return { health, told: told.map(({ rule, severity, message, since }) => ({ rule, severity, message, since })) }
}

describe('new connections', () => {
  const well = withNewConnection(aPrimary({ senders: [] }), { ok: true, value: ANSWER }, NOW - 12_000)
  const once = withNewConnection(well, { ok: false, fault: SILENT }, NOW - 2_000)
  const twice = withNewConnection(once, { ok: false, fault: SILENT }, NOW)

  test('one lost answer tells nothing, the second that users can not connect, since the first', () => {
    assert.deepEqual(alertsOf(well), { health: 'ok', told: [] })
    assert.deepEqual(alertsOf(once).told, [])
    const { health, told } = alertsOf(twice)
    assert.equal(health, 'critical')
    assert.deepEqual(told, [
      {
        rule: 'no-new-connections',
        severity: 'critical',
        message: `db-1 takes no new connections; open sessions continue: ${SILENT.message}`,
        since: NOW - 2_000,
      },
    ])
    assert.deepEqual(alertsOf(withNewConnection(twice, { ok: true, value: ANSWER }, NOW)).told, [])
  })

  test('where pgdeck itself did not reach it, others may: a warning, and it is unknown whether it accepts them', () => {
    const dns = aFault('dns', 'db-1 has no address')
    const unasked = withNewConnection(
      withNewConnection(well, { ok: false, fault: dns }, NOW - 2_000),
      { ok: false, fault: dns },
      NOW,
    )
    const { health, told } = alertsOf(unasked)
    assert.equal(health, 'warning')
    assert.deepEqual(
      told.map(({ severity, message }) => `${severity}: ${message}`),
      ['warning: pgdeck can’t open new connections to db-1; its open session continues: db-1 has no address'],
    )
    const accepted = (record: DatabaseRecord) =>
      derivePicture(aCluster({ databases: [record] }), null, NOW).databases[0]?.newConnections?.accepted
    assert.deepEqual([accepted(unasked), accepted(twice), accepted(well)], [null, false, true])
  })

  test('of a database that is not read other alerts tell; the last certificate that was shown stays', () => {
    const fault = aFault('timeout')
    const gone = { ...twice, pulse: aStale(aPrimaryPulse(), NOW - 2_000, fault) }
    assert.deepEqual(alertsOf(gone).told, [])
    const tls = { ...NO_TLS, daysLeft: 3 }
    const seen = withNewConnection(twice, { ok: true, value: { ...ANSWER, tls } }, NOW)
    assert.deepEqual(withNewConnection(seen, { ok: true, value: ANSWER }, NOW).newConnections?.tls, tls)
    const without = withNewConnection(seen, { ok: true, value: { ...ANSWER, tls: null } }, NOW)
    assert.equal(without.newConnections?.tls, undefined)
  })

  test('a refused login of pgdeck is a warning: the open session goes on', () => {
    const refused = aFault('hba', 'pg_hba.conf rejects pgdeck')
    const record = { ...well, login: failedReading(freshReading(null, NOW - 300_000), refused, NOW - 5_000) }
    assert.deepEqual(alertsOf(record).told, [
      {
        rule: 'login-refused',
        severity: 'warning',
        message: 'pgdeck could not log in to db-1 again; its open session continues: pg_hba.conf rejects pgdeck',
        since: NOW - 5_000,
      },
    ])
    assert.deepEqual(alertsOf({ ...well, login: freshReading(null, NOW) }).told, [])
  })
})

describe('the certificate of a database', () => {
  const withTls = (tls: Partial<TlsFacts>, more: Partial<NewConnectionFacts> = {}) => {
    const days = tls.daysLeft ?? 100
    const facts = { ...NO_TLS, validToAt: NOW + days * 86_400_000 + 1000, ...tls }
    return withNewConnection(aPrimary({ senders: [] }), { ok: true, value: { ...ANSWER, tls: facts, ...more } }, NOW)
  }
  const told = (record: DatabaseRecord) =>
    derivePicture(aCluster({ databases: [record] }), null, NOW)
      .alerts.filter(({ rule }) => rule === 'certificate')
      .map(({ severity, message }) => `${severity}: ${message}`)

  test('its end is told by the limits; one that nobody here verifies ends without an outage', () => {
    assert.deepEqual(told(withTls({ daysLeft: 31 })), [])
    assert.deepEqual(told(withTls({ daysLeft: 30 })), ['warning: db-1: its certificate expires in 30 d'])
    assert.deepEqual(told(withTls({ daysLeft: 3 })), ['critical: db-1: its certificate expires in 3 d'])
    assert.deepEqual(told(withTls({ daysLeft: 3, trusted: false })), ['warning: db-1: its certificate expires in 3 d'])
    assert.match(
      told(withTls({ daysLeft: -2, trusted: false }))[0] ?? '',
      /^warning: db-1: its certificate has expired/,
    )
    const problem = 'the certificate expired on 2026-11-20'
    assert.deepEqual(told(withTls({ daysLeft: -2, problem })), [`critical: db-1: ${problem}`])
    const other = 'the certificate is not for db-1: it is for db-9'
    assert.deepEqual(told(withTls({ problem: other })), [`warning: db-1: ${other}`])
  })

  test('TLS that fails on new connections is critical, whatever the open session was opened with', () => {
    const broken = withTls({}, { tlsProblem: 'db-1:5432: TLS failed: wrong version number' })
    assert.match(told(broken)[0] ?? '', /^critical: db-1: no TLS on new connections: db-1:5432: TLS failed/)
  })

  test('where pgdeck never saw TLS work it is a warning: other clients may know an older version', () => {
    const value = { ...ANSWER, tlsProblem: 'db-1:5432: TLS failed: unsupported protocol' }
    const never = withNewConnection(aPrimary({ senders: [] }), { ok: true, value }, NOW)
    assert.match(told(never)[0] ?? '', /^warning: db-1: no TLS on new connections/)
  })

  test('another certificate is an event', () => {
    const before = derivePicture(aCluster({ databases: [withTls({})] }), null, NOW)
    const changed = withTls({ fingerprint: `sha256:${'1'.repeat(64)}`, daysLeft: 90 })
    const after = derivePicture(aCluster({ databases: [changed] }), before, NOW + 1)
    const texts = deriveEvents(before, after).map(({ text }) => text)
    assert.deepEqual(texts, ['shows another certificate: db-1, valid for 90 d'])
    assert.deepEqual(deriveEvents(after, after), [])
  })
})

const NO_TLS = {
  daysLeft: 100,
  nameMatches: true,
  trusted: true,
  problem: null,
  subject: 'db-1',
  issuer: 'ca',
  validToAt: NOW + 100 * 86_400_000,
  fingerprint: `sha256:${'0'.repeat(64)}`,
}
