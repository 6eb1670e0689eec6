import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../../src/cli/commands/check/run.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { readOnlyByDefault } from '../../../src/model/measured/read-only-default.ts'
import { stateOf } from '../../builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aPrimaryPulse,
  aServer,
  aServerPulse,
  aStandbyPulse,
  NOW,
} from '../../builders/snapshot.ts'

const clusterOf = (over: Partial<DatabasePulse>) =>
  aCluster({ databases: [aDatabase({ id: 'p', pulse: aPrimaryPulse(over) })] })
const check = (rule: 'primary-read-only' | 'serving', over: Partial<DatabasePulse>) => {
  const asked = parseCheckArguments(PLUGIN_CHECKS[rule], { rule, name: null })
  return evaluateCheck(PLUGIN_CHECKS[rule], asked, stateOf(clusterOf(over))).line
}

test('a server, some databases, none, and what is not known', () => {
  assert.match(
    check('primary-read-only', { defaultReadOnly: true }),
    /^PGDECK CRITICAL - .*p is not writable: default_/,
  )
  assert.match(check('serving', { defaultReadOnly: true }), /^PGDECK WARNING - .*read-only/)
  const some = { readOnlyDatabases: ['app', 'crm'] }
  assert.match(check('primary-read-only', some), /^PGDECK WARNING - .*is not writable in databases app and crm/)
  assert.match(check('serving', some), /^PGDECK OK/)
  assert.match(check('primary-read-only', {}), /^PGDECK OK - .*p is writable/)
  assert.match(check('primary-read-only', { defaultReadOnly: null }), /^PGDECK UNKNOWN - .*p: whether new sessions/)
  const here = { defaultReadOnly: true, readOnlyHere: true, readOnlyDatabases: ['app'] }
  assert.match(check('primary-read-only', here), /^PGDECK CRITICAL - .*is not writable in database app: /)
  assert.match(check('serving', here), /^PGDECK WARNING - .*read-only/)
  const roles = { readOnlyRoles: ['report'] }
  assert.match(check('primary-read-only', roles), /^PGDECK OK - .*p is writable; role report is read-only by default/)
  assert.deepEqual(readOnlyByDefault(aStandbyPulse({ defaultReadOnly: true })), { kind: 'no' })
})

test('an application server gives no more than its database', () => {
  const servers = [aServer({ id: 'pmp-a', type: 'primary', databaseId: 'p', pulse: aServerPulse() })]
  const databases = [aDatabase({ id: 'p', pulse: aPrimaryPulse({ defaultReadOnly: true }) })]
  const { serving, alerts } = derivePicture(aCluster({ databases, servers }), null, NOW)
  assert.deepEqual(serving, { id: 'pmp-a', access: 'read-only' })
  assert.deepEqual(alerts.map(({ rule }) => rule).toSorted(), [
    'primary-read-only',
    'schedules-stopped',
    'server-inactive',
  ])
})
