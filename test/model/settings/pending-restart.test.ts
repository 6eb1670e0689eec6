// Settings that wait for a restart: how they are told, by alert and by check.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../../src/cli/commands/check/run.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { pendingRestartText } from '../../../src/model/settings/pending-restart.ts'
import { stateOf } from '../../builders/picture-state.ts'
import { aCluster, aDatabase, aPrimaryPulse, NOW } from '../../builders/snapshot.ts'

const clusterOf = (pendingRestart: DatabasePulse['pendingRestart']) =>
  aCluster({ databases: [aDatabase({ id: 'p', pulse: aPrimaryPulse({ pendingRestart }) })] })

function alerts(pending: DatabasePulse['pendingRestart']): readonly string[] {
  const { alerts: found } = derivePicture(clusterOf(pending), null, NOW)
  return found.map(({ rule, severity, message }) => `${rule} ${severity} ${message}`)
}

function check(pending: DatabasePulse['pendingRestart']): string {
  const rule = PLUGIN_CHECKS['pending-restart']
  const asked = parseCheckArguments(rule, { rule: 'pending-restart', name: null })
  return evaluateCheck(rule, asked, stateOf(clusterOf(pending))).line
}

test('the names are told, the first five of many', () => {
  assert.equal(pendingRestartText(['max_connections']), 'max_connections waits for a restart')
  assert.equal(pendingRestartText(['a', 'b']), 'a and b wait for a restart')
  assert.equal(pendingRestartText(['a', 'b', 'c', 'd', 'e']), 'a, b, c, d and e wait for a restart')
  assert.equal(pendingRestartText([...'abcdefg']), 'a, b, c, d, e and 2 more wait for a restart')
})

test('a setting that waits is an alert, also where others may be hidden', () => {
  for (const isComplete of [true, false]) {
    const pending = { names: ['max_connections', 'shared_buffers'], isComplete }
    const text = 'p: max_connections and shared_buffers wait for a restart'
    assert.deepEqual(alerts(pending), [`pending-restart warning ${text}`])
    assert.ok(check(pending).startsWith(`PGDECK WARNING - settings that wait for a restart: ${text}`), check(pending))
  }
})

test('none is OK only where all can be seen; what was not told is unknown', () => {
  assert.deepEqual(alerts({ names: [], isComplete: true }), [])
  assert.match(check({ names: [], isComplete: true }), /^PGDECK OK .*p: no setting waits for a restart \|/)
  for (const pending of [{ names: [], isComplete: false }, null, undefined]) {
    assert.deepEqual(alerts(pending), [])
    assert.match(check(pending), /^PGDECK UNKNOWN/)
  }
  assert.match(check({ names: [], isComplete: false }), /GRANT pg_read_all_settings/)
})
