// Alerts, checks and diagnosis of connections and transactions, by their limits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../../src/cli/commands/check/checks.ts'
import type { CheckName } from '../../../../src/cli/commands/check/names.ts'
import { evaluateCheck, parseCheckArguments } from '../../../../src/cli/commands/check/run.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import {
  judgeConnections,
  judgeHorizon,
  judgeIds,
  judgePrepared,
  judgeTransactions,
} from '../../../../src/model/diagnosis/transactions.ts'
import type { DatabasePulse } from '../../../../src/model/measured/pulse.ts'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import type { TransactionFacts } from '../../../../src/model/measured/transactions.ts'
import { xminHorizonOf } from '../../../../src/model/sessions/xmin-horizon.ts'
import { stateOf } from '../../../builders/picture-state.ts'
import { aCluster, aDatabase, aPrimaryPulse, aSlot, NOW, THRESHOLDS } from '../../../builders/snapshot.ts'
import { REPORT, someTransactions } from '../../../builders/transactions.ts'

const pulseOf = (facts: Partial<TransactionFacts>, over: Partial<DatabasePulse> = {}) =>
  aPrimaryPulse({ connectionLimits: [], transactions: someTransactions(facts), ...over })
const clusterOf = (pulse: DatabasePulse) => aCluster({ databases: [aDatabase({ id: 'p', pulse })] })

/** The alerts of a state that lasts. */
function alerts(pulse: DatabasePulse): readonly string[] {
  const first = clusterOf(pulse)
  const later = first.databases.map(
    (record): DatabaseRecord =>
      record.pulse.state === 'fresh' ? { ...record, pulse: { ...record.pulse, at: NOW + 2000 } } : record,
  )
  const picture = derivePicture({ ...first, databases: later }, derivePicture(first, null, NOW), NOW + 2000)
  return picture.alerts.map(({ rule, severity, message }) => `${rule} ${severity} ${message}`)
}

function check(name: CheckName, pulse: DatabasePulse, limits = {}): string {
  const asked = parseCheckArguments(PLUGIN_CHECKS[name], { rule: name, name: null, ...limits })
  return evaluateCheck(PLUGIN_CHECKS[name], asked, stateOf(clusterOf(pulse))).line.split(' | ')[0] ?? ''
}

const reply = (value: DatabasePulse) => ({ value, at: NOW })
const HIDDEN = { sessions: { ...aPrimaryPulse().sessions, active: null }, connectionLimits: null }
/** As it is read where track_activities is off for two sessions, with every right to see them. */
const UNTRACKED = { sessions: { ...HIDDEN.sessions, idleInTransaction: null, untracked: 2 } }

test('a healthy busy server has none of them', () => {
  const busy = pulseOf(
    {
      oldest: { ...REPORT, seconds: 3600 },
      prepared: { count: 3, oldest: { gid: 'x', owner: 'app', database: 'shop', seconds: 2 }, oldestAge: 9000 },
      xminSession: { ...REPORT, kind: 'client backend', age: 60_000_000 },
      ages: {
        transactions: { database: 'shop', age: 210_000_000, freezeAt: 200_000_000 },
        multixacts: { database: 'shop', age: 420_000_000, freezeAt: 400_000_000 },
      },
    },
    { oldestTransactionAge: 210_000_000, slots: [aSlot({ xminAge: 50_000_000 })] },
  )
  assert.deepEqual(alerts(busy), [])
  const { databases, links } = derivePicture(clusterOf(busy), null, NOW)
  const [view] = databases
  assert.ok(view)
  const judged = [
    judgeConnections(reply(busy), THRESHOLDS),
    judgeTransactions(reply(busy), THRESHOLDS),
    judgePrepared(reply(busy), THRESHOLDS),
    judgeHorizon(reply(busy), xminHorizonOf(view, { databases, links }), THRESHOLDS),
    judgeIds(reply(busy), THRESHOLDS),
  ]
  assert.deepEqual(
    judged.map(({ result }) => result),
    ['ok', 'ok', 'ok', 'ok', 'ok'],
  )
})

test('MultiXact IDs end as transaction IDs do', () => {
  const ages = { ...someTransactions().ages, multixacts: { database: 'shop', age: 1_900_000_000, freezeAt: 4e8 } }
  const pulse = pulseOf({ ages })
  assert.deepEqual(alerts(pulse), [
    'multixact critical p: the oldest MultiXact ID is 1900 million IDs old (database shop); writes stop at 2144 million; members unknown before PostgreSQL 19',
  ])
  assert.match(check('multixact', pulse), /^PGDECK CRITICAL - MultiXact age: p multixact 1900 million/)
  assert.match(
    check('wraparound', pulse),
    /^PGDECK CRITICAL - .*p multixact 1900 million MultiXact IDs \(database shop\)/,
  )
  const judged = judgeIds(reply(pulse), THRESHOLDS)
  assert.equal(judged.result, 'fail')
  assert.match('next' in judged ? (judged.next ?? '') : '', /^VACUUM \(FREEZE\) in database shop.*relminmxid/)
  assert.deepEqual(alerts(aPrimaryPulse()), [])
})

test('an old transaction, whatever it does, and a prepared one', () => {
  const old = pulseOf({ oldest: { ...REPORT, state: 'idle in transaction', seconds: 7200 } })
  assert.deepEqual(alerts(old), [
    'transaction-age warning p: the oldest transaction is 2 h old: process 7 (report) of role app in shop, idle in transaction, limit 2 h',
  ])
  assert.match(check('transaction-age', old, { warning: '3', critical: '5' }), /^PGDECK CRITICAL/)
  assert.match(check('transaction-age', pulseOf({})), /^PGDECK OK .*no transaction/)
  assert.match(check('transaction-age', pulseOf({}, HIDDEN)), /^PGDECK UNKNOWN .*can’t see the sessions of others/)
  const untracked = pulseOf({}, UNTRACKED)
  assert.match(check('transaction-age', untracked), /^PGDECK UNKNOWN .*track_activities is off for 2 of its sessions$/m)
  const judged = judgeTransactions(reply(untracked), THRESHOLDS)
  assert.deepEqual([judged.result, judged.evidence], ['unknown', 'track_activities is off for 2 of its sessions'])
  assert.equal(judgeTransactions(reply(pulseOf({}, HIDDEN)), THRESHOLDS).result, 'unknown')

  const prepared = { count: 2, oldest: { gid: 'x', owner: 'app', database: 'shop', seconds: 7200 }, oldestAge: 5 }
  assert.deepEqual(alerts(pulseOf({ prepared })), [
    'prepared-transactions critical p: prepared transaction "x" of app in shop is 2 h old; 2 are prepared, limit 1 h',
  ])
  assert.match(check('prepared-transactions', pulseOf({ prepared })), /^PGDECK CRITICAL/)
  assert.match(check('prepared-transactions', pulseOf({})), /^PGDECK OK .*nothing prepared/)
})

test('what holds back the xmin horizon', () => {
  const pulse = pulseOf({}, { slots: [aSlot({ name: 'old', active: false, xminAge: 600_000_000, restartLsn: null })] })
  assert.deepEqual(alerts(pulse), [
    'xmin-horizon critical p: the xmin horizon is 600 million transactions old: slot old is inactive, limit 500 million',
  ])
  assert.match(check('xmin-horizon', pulse), /^PGDECK CRITICAL - xmin horizon: p 600 million transactions: slot old/)
  assert.match(check('xmin-horizon', pulseOf({})), /^PGDECK OK .*nothing holds it back/)
  assert.match(check('xmin-horizon', pulseOf({}, HIDDEN)), /^PGDECK UNKNOWN/)
  // What a session does that is not tracked is unknown, its xmin is not.
  assert.match(check('xmin-horizon', pulseOf({}, UNTRACKED)), /^PGDECK OK .*nothing holds it back/)
})

test('limits that refuse users', () => {
  const full = pulseOf({}, { sessions: { ...aPrimaryPulse().sessions, total: 97 } })
  assert.match(alerts(full).join(), /connections-for-users critical p: no connection is left for users: 97 of 97/)
  const role = pulseOf({}, { connectionLimits: [{ kind: 'role', name: 'app', limit: 3, used: 3 }] })
  assert.deepEqual(alerts(role), [
    'connections-for-users warning p: role app has 3 of the 3 connections of its CONNECTION LIMIT',
  ])
  assert.match(check('connections-for-users', full), /^PGDECK CRITICAL/)
  assert.match(check('connections-for-users', role), /^PGDECK WARNING/)
  assert.match(check('connections-for-users', pulseOf({})), /^PGDECK OK .*92 of 97 connections free/)
  assert.match(check('connections-for-users', pulseOf({}, HIDDEN)), /^PGDECK UNKNOWN/)
  assert.equal(judgeConnections(reply(full), THRESHOLDS).result, 'fail')
})
