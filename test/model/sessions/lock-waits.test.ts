// Sessions that wait for locks: alert, check and diagnosis by their limits, and whom they wait for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../../src/cli/commands/check/run.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeLocks } from '../../../src/model/diagnosis/transactions.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import type { LockWaitFacts } from '../../../src/model/measured/transactions.ts'
import { lockRootSession, lockWaitsText } from '../../../src/model/sessions/lock-waits.ts'
import { stateOf } from '../../builders/picture-state.ts'
import { aCluster, aDatabase, aPrimaryPulse, NOW, THRESHOLDS } from '../../builders/snapshot.ts'

const ROOT = {
  pid: 24960,
  others: 0,
  application: 'legacy-cron',
  role: 'billing',
  database: 'shop',
  kind: 'client backend',
  state: 'idle in transaction',
  waits: false,
  startedAt: NOW - 600_000,
} as const
type Root = NonNullable<NonNullable<LockWaitFacts['longest']>['behind']>

const waiting = (count: number, seconds: number | null, over: Partial<Root> | null = {}): LockWaitFacts => ({
  count,
  longest: seconds === null ? null : { seconds, behind: over && { ...ROOT, ...over } },
})
const pulseOf = (lockWaits: DatabasePulse['lockWaits'], over: Partial<DatabasePulse> = {}) =>
  aPrimaryPulse({ lockWaits, ...over })
const clusterOf = (pulse: DatabasePulse) => aCluster({ databases: [aDatabase({ id: 'p', pulse })] })

/** The alerts of a state that is found when pgdeck starts. */
function alerts(pulse: DatabasePulse): readonly string[] {
  const { alerts: found } = derivePicture(clusterOf(pulse), null, NOW)
  return found.map(({ rule, severity, message }) => `${rule} ${severity} ${message}`)
}

function check(pulse: DatabasePulse): string {
  const rule = PLUGIN_CHECKS['lock-waits']
  const asked = parseCheckArguments(rule, { rule: 'lock-waits', name: null })
  return evaluateCheck(rule, asked, stateOf(clusterOf(pulse))).line
}

const judged = (pulse: DatabasePulse) => judgeLocks({ value: pulse, at: NOW }, THRESHOLDS)

test('a wait in passing is nothing, however many wait', () => {
  for (const waits of [waiting(0, null), waiting(51, null), waiting(51, 9.9)]) {
    const pulse = pulseOf(waits)
    assert.deepEqual(alerts(pulse), [])
    assert.match(check(pulse), /^PGDECK OK/)
    assert.equal(judged(pulse).result, 'ok')
  }
})

test('a pile-up is told with its root, by alert, check and diagnosis', () => {
  const pulse = pulseOf(waiting(51, 180))
  const text =
    '51 sessions wait for locks, the longest for 3 min, behind process 24960 (legacy-cron, idle in transaction)'
  assert.deepEqual(alerts(pulse), [`lock-waits critical p: ${text}`])
  assert.deepEqual(alerts(pulseOf(waiting(1, 12))), [
    'lock-waits warning p: 1 session waits for a lock for 12 s behind process 24960 (legacy-cron, idle in transaction)',
  ])
  assert.ok(check(pulse).startsWith(`PGDECK CRITICAL - waits for locks: p ${text}`), check(pulse))
  const { result, evidence, ...more } = judged(pulse)
  assert.deepEqual([result, evidence], ['warn', text])
  assert.match('next' in more ? (more.next ?? '') : '', /K there on process 24960/)
})

test('hidden sessions are unknown, never none', () => {
  const hidden = pulseOf(null, { sessions: { ...aPrimaryPulse().sessions, active: null } })
  assert.deepEqual(alerts(hidden), [])
  assert.match(check(hidden), /^PGDECK UNKNOWN .*can’t see the sessions of others/)
  assert.equal(judged(hidden).result, 'unknown')
  const refused = pulseOf({ count: 3 })
  assert.deepEqual(alerts(refused), [])
  assert.match(check(refused), /^PGDECK UNKNOWN .*does not tell how long sessions wait/)
  assert.equal(judged(refused).result, 'unknown')
  assert.match(check(pulseOf({ count: 0 })), /^PGDECK OK/)
})

test('the root may be no session that can be ended', () => {
  const told = (over: Partial<Root> | null) => lockWaitsText(waiting(2, 20, over))
  const start = '2 sessions wait for locks, the longest for 20 s,'
  assert.equal(told({ pid: 0, kind: null, application: null, state: null }), `${start} behind a prepared transaction`)
  assert.equal(told({ kind: 'startup', application: '', state: null }), `${start} behind replay (process 24960)`)
  assert.equal(
    told({ kind: 'autovacuum worker', application: '', state: 'active' }),
    `${start} behind process 24960 (autovacuum worker, active)`,
  )
  assert.equal(told({ waits: true, others: 2 }), `${start} behind process 24960 (legacy-cron, waits too) and 2 more`)
  assert.equal(told(null), '2 sessions wait for locks, the longest for 20 s')
  const session = (over: Partial<Root>) => lockRootSession(pulseOf(waiting(2, 20, over)))?.pid ?? null
  assert.deepEqual([session({}), session({ pid: 0 }), session({ kind: 'autovacuum worker' })], [24960, null, null])
})
