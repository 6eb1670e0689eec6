// Whom repmgr and pg_auto_failover would promote, by rows as real ones hold them; and that a monitor serves nobody.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { memberWords } from '../../../src/model/managers/member-words.ts'
import type { ManagerReport } from '../../../src/model/measured/managers/manager-report.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import { registeredMember } from '../../../src/probes/database/managers/registered-member.ts'
import {
  aCluster,
  aDatabase,
  aPrimary,
  aPrimaryPulse,
  aStandby,
  NO_MANAGER,
  NOW,
  SYSTEM,
} from '../../builders/snapshot.ts'

const row = (name: string, port: number, state: string, facts: object) =>
  registeredMember({ scope: null, name, host: '127.0.0.1', port, leads: name === 'node1', state, system: null, facts })

/** pg_auto_failover 2.0: what its monitor said of a secondary. */
const SECONDARY = {
  assigned: 'secondary',
  priority: 50,
  isInQuorum: true,
  health: 1,
  lsn: '0/4031F08',
  timeline: 1,
  ago: 0.4,
}

function pictureOf(
  kind: 'repmgr' | 'pg_auto_failover',
  standby: ManagerReport['members'][number],
  over: Partial<ManagerReport> = {},
) {
  const leader = row('node1', 5432, 'primary', { priority: 100, isHealthy: true, health: 1, ago: 0.3 })
  const report: ManagerReport = {
    kind,
    source: 'its table',
    scope: null,
    systemIdentifier: kind === 'repmgr' ? null : SYSTEM,
    paused: null,
    members: [leader, standby],
    ...over,
  }
  const reading = freshReading({ reports: [report], unresponsiveAgent: null, lastReport: null, traces: null }, NOW)
  const managerSources = [{ kind, address: '10.0.0.10:5432', reading }]
  return derivePicture({ ...aCluster({ databases: [aPrimary(), aStandby()] }), managerSources }, null, NOW)
}

test('pg_auto_failover promotes no standby of priority 0, in maintenance, unhealthy, or without a keeper', () => {
  const failoverTo = (state: string, facts: object) => {
    const { failover, manager } = pictureOf('pg_auto_failover', row('node2', 5433, state, { ...SECONDARY, ...facts }))
    return [failover.candidate ?? failover.blockers.join(), memberWords(manager, 'db-ro').join()]
  }
  const nobody = (why: string) => `pg_auto_failover promotes nobody: db-ro ${why}`
  assert.deepEqual(failoverTo('secondary', {}), ['db-ro', ''])
  assert.deepEqual(failoverTo('secondary', { priority: 0 }), [nobody('has candidate priority 0'), 'priority 0'])
  assert.deepEqual(failoverTo('maintenance', { assigned: 'maintenance' }), [nobody('is in maintenance'), 'maintenance'])
  assert.deepEqual(failoverTo('secondary', { health: 0 }), [
    nobody('is unhealthy by the health checks of the monitor'),
    'unhealthy',
  ])
  assert.deepEqual(failoverTo('secondary', { ago: 26.5 }), [
    nobody('has no agent of pg_auto_failover that answers'),
    'no agent',
  ])
  assert.match(failoverTo('catchingup', {})[0] ?? '', /the monitor calls it “catchingup”/)
})

test('repmgr promotes no standby of priority 0, no witness, and none that is not active', () => {
  const failoverTo = (facts: object) => {
    const { failover } = pictureOf(
      'repmgr',
      row('node2', 5433, 'standby', { role: 'standby', priority: 100, isHealthy: true, ...facts }),
    )
    return failover.candidate ?? failover.blockers.join()
  }
  assert.equal(failoverTo({}), 'db-ro')
  assert.equal(failoverTo({ priority: 0 }), 'repmgr promotes nobody: db-ro has priority 0')
  assert.equal(failoverTo({ isHealthy: false }), 'repmgr promotes nobody: db-ro is not active in repmgr.nodes')
  assert.equal(failoverTo({ role: 'witness' }), 'repmgr promotes nobody: db-ro is a witness')
})

test('rows of wrong types are unknown', () => {
  const { facts } = row('\x1b[31mnode2', 5433, 'secondary', {
    priority: 'x',
    health: {},
    lsn: 7,
    ago: 'soon',
    assigned: [],
  })
  assert.deepEqual(
    [facts?.priority, facts?.isHealthy, facts?.reportedLsn, facts?.reportedAgoSeconds],
    [null, null, null, null],
  )
})

test('a monitor, or a primary of another system, serves nobody of the cluster', () => {
  const tables = [{ name: 'pgautofailover.node', isPrivileged: true }]
  const monitor = aDatabase({
    id: 'a-monitor',
    port: 6000,
    pulse: aPrimaryPulse({ systemIdentifier: '1', managerSigns: { ...NO_MANAGER, tables } }),
  })
  const stranger = aDatabase({ id: 'b-other', port: 6001, pulse: aPrimaryPulse({ systemIdentifier: '2' }) })
  for (const other of [monitor, stranger]) {
    const servingOf = (...databases: readonly DatabaseRecord[]) =>
      derivePicture(aCluster({ databases }), null, NOW).serving?.id ?? null
    assert.equal(servingOf(other, aPrimary(), aStandby()), 'db-1')
    assert.equal(servingOf(other, aStandby(), aStandby({}, { id: 'db-3', port: 5434 })), null)
  }
})
