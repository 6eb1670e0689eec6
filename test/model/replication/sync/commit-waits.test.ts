import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../../../src/cli/commands/check/run.ts'
import { clusterSummary } from '../../../../src/cli/text/headline.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import type { DatabasePulse } from '../../../../src/model/measured/pulse.ts'
import { commitWaitsOf } from '../../../../src/model/replication/sync/commit-waits.ts'
import { stateOf } from '../../../builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aPrimaryPulse,
  aSender,
  aStandbyPulse,
  NOW,
  PRIMARY_LSN,
} from '../../../builders/snapshot.ts'

const two = [aSender({ applicationName: 'a', sync: 'sync' }), aSender({ applicationName: 'b', sync: 'potential' })]
const primary = (over: Partial<DatabasePulse>) =>
  aPrimaryPulse({
    senders: two,
    synchronousStandbyNames: 'a, b',
    commitWaits: { count: 0, longestSeconds: null },
    ...over,
  })
const alertsOf = (over: Partial<DatabasePulse>) => {
  const snapshot = aCluster({ databases: [aDatabase({ id: 'p', pulse: primary(over) })] })
  return derivePicture(snapshot, null, NOW)
    .alerts.filter(({ rule }) => rule === 'commits-wait')
    .map(({ severity, message }) => [severity, message])
}
const waiting = (count: number, longestSeconds: number) => ({ commitWaits: { count, longestSeconds } })

test('enough standbys: a commit in passing is nothing, one that lasts is told by its limits', () => {
  assert.deepEqual(alertsOf({}), [])
  assert.deepEqual(alertsOf(waiting(5, 0.02)), [])
  assert.equal(alertsOf(waiting(1, 2))[0]?.[0], 'warning')
  const message =
    'p: 2 commits wait for a synchronous standby, the longest statement runs for 12 s: waits for a to confirm'
  assert.deepEqual(alertsOf(waiting(2, 12)), [['critical', message]])
})

test('a session that set remote_apply itself waits for replay', () => {
  const replayedLsn = PRIMARY_LSN - 8n
  const senders = [aSender({ applicationName: 'a', sync: 'sync', replayedLsn })]
  const told = (over: Partial<DatabasePulse>) => alertsOf({ senders, ...over }).map(([, message]) => message)
  assert.match(told(waiting(1, 12))[0] ?? '', /\(a has flushed everything and not replayed it: .*remote_apply/)
  assert.deepEqual(told({}), [])
  const behind = [aSender({ applicationName: 'a', sync: 'sync', flushedLsn: PRIMARY_LSN - 4n, replayedLsn })]
  assert.match(told({ ...waiting(1, 12), senders: behind })[0] ?? '', /waits for a to confirm$/)
})

test('too few standbys: critical while anybody waits, however short, a warning before', () => {
  const few = { synchronousStandbyNames: 'ANY 3 (a, b, c)' }
  assert.equal(alertsOf(few)[0]?.[0], 'warning')
  assert.match(alertsOf(few)[0]?.[1] ?? '', /^p: the next commit waits for a synchronous standby: only a and b qualify/)
  assert.equal(alertsOf({ ...few, ...waiting(1, 0.1) })[0]?.[0], 'critical')
  assert.equal(alertsOf({ ...few, senders: [aSender({ applicationName: 'a', state: 'catchup' })] })[0]?.[0], 'warning')
})

test('who asks for no confirmation waits for nobody', () => {
  assert.deepEqual(alertsOf({ synchronousStandbyNames: ' ', senders: [] }), [])
  for (const synchronousCommit of ['off', 'local']) assert.deepEqual(alertsOf({ synchronousCommit, senders: [] }), [])
  assert.equal(alertsOf({ synchronousCommit: null, senders: [] })[0]?.[0], 'warning')
  const standby = aStandbyPulse({ synchronousStandbyNames: 'a', commitWaits: { count: 0, longestSeconds: null } })
  assert.deepEqual(commitWaitsOf(standby), { kind: 'none' })
})

test('hidden is unknown, and no reading of an older version is', () => {
  const missing = [{ what: 'what other sessions do', grant: 'GRANT pg_monitor TO "x"' }]
  const hidden = commitWaitsOf(primary({ commitWaits: null, missing }))
  assert.deepEqual([hidden.kind, 'grant' in hidden && hidden.grant], ['unknown', 'GRANT pg_monitor TO "x"'])
  assert.deepEqual(commitWaitsOf(aPrimaryPulse({ synchronousStandbyNames: 'a' })), { kind: 'none' })
})

test('who serves, and the checks, say so', () => {
  const state = stateOf(
    aCluster({ databases: [aDatabase({ id: 'p', pulse: primary({ senders: [], ...waiting(3, 4) }) })] }),
  )
  const [cluster] = state.clusters
  const picture = cluster?.picture
  assert.ok(cluster && picture)
  const [served] = clusterSummary(cluster, picture)
  assert.match(served?.map(({ text }) => text).join('') ?? '', /p \(primary, read-write\), but commits wait$/)
  for (const rule of ['serving', 'nobody-serves', 'commits-wait'] as const) {
    const asked = parseCheckArguments(PLUGIN_CHECKS[rule], { rule, name: null })
    assert.match(evaluateCheck(PLUGIN_CHECKS[rule], asked, state).line, /^PGDECK CRITICAL - .*3 commits wait/, rule)
  }
})
