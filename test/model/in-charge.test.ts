// Who is in charge, by what was seen and by what a manager said; and what to use instead of an act of our own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assess } from '../../src/model/assess.ts'
import type { ManagerReport } from '../../src/model/in-charge.ts'
import { inChargeOf, managerBlocks } from '../../src/model/in-charge-blocks.ts'
import { MANAGED_ACTS } from '../../src/model/in-charge-instead.ts'
import type { ManagerSigns } from '../../src/model/manager-signs.ts'
import { succeeded } from '../../src/model/reading.ts'
import type { DatabaseRecord } from '../../src/model/snapshot.ts'
import { aCluster, aPrimary, aPrimaryPulse, aSender, aSlot, aStandby, NO_MANAGER, NOW } from '../fakes/snapshot.ts'

const SYSTEM = aPrimaryPulse().systemIdentifier

function signs(over: Partial<ManagerSigns>): ManagerSigns {
  return { ...NO_MANAGER, ...over }
}

function pictureOf(databases: readonly DatabaseRecord[]) {
  return assess(aCluster({ databases }), null, NOW)
}

function patroniReport(over: Partial<ManagerReport> = {}): ManagerReport {
  return {
    kind: 'patroni',
    source: 'Patroni at http://10.0.0.11:8008',
    scope: 'vault',
    systemIdentifier: SYSTEM,
    paused: false,
    members: [],
    ...over,
  }
}

function saying(record: DatabaseRecord, report: ManagerReport, agoMs = 1000): DatabaseRecord {
  return { ...record, manager: succeeded([report], NOW - agoMs) }
}

describe('who is in charge', () => {
  test('nobody, where nothing speaks of one, and for one leftover that is nothing', () => {
    assert.equal(pictureOf([aPrimary()]).manager, null)
    assert.equal(pictureOf([aPrimary({ managerSigns: signs({ roles: ['repmgr'] }) })]).manager, null)
    assert.equal(pictureOf([aPrimary({ managerSigns: signs({ databases: ['repmgr'] }) })]).manager, null)
  })

  test('Patroni by its sessions, with the scope that all its servers have for a name', () => {
    const managerSigns = signs({ patroniSessions: 2 })
    const { manager } = pictureOf([
      aPrimary({ managerSigns, clusterName: 'vault' }),
      aStandby({ managerSigns, clusterName: 'vault' }),
    ])
    assert.deepEqual([manager?.kind, manager?.scope, manager?.systemIdentifierMatches], ['patroni', 'vault', null])
    assert.match(manager?.evidence[0] ?? '', /: 2 sessions of Patroni$/)
  })

  test('repmgr by its library, also with a path, or by two things it leaves in a server', () => {
    for (const over of [
      { libraries: 'pg_stat_statements, "$libdir/repmgr"' },
      { tables: ['repmgr.nodes'] },
      { repmgrSessions: 1 },
      { roles: ['repmgr'], databases: ['repmgr'] },
    ]) {
      assert.equal(pictureOf([aPrimary({ managerSigns: signs(over) })]).manager?.kind, 'repmgr', JSON.stringify(over))
    }
    assert.equal(pictureOf([aPrimary({ managerSigns: signs({ libraries: 'notrepmgr' }) })]).manager, null)
  })

  test('pg_auto_failover by its roles, slots and standbys', () => {
    const byRoles = aPrimary({
      managerSigns: signs({ roles: ['pgautofailover_monitor', 'pgautofailover_replicator'] }),
    })
    const bySlot = aPrimary({ slots: [aSlot({ name: 'pgautofailover_standby_2' })] })
    const bySender = aPrimary({ senders: [aSender({ applicationName: 'pgautofailover_standby_2' })] })
    for (const record of [byRoles, bySlot, bySender]) {
      assert.equal(pictureOf([record]).manager?.kind, 'pg_auto_failover')
    }
  })

  test('what it says itself gives scope, leader, names and pause, and counts for a while after its signs are gone', () => {
    const members = [
      { name: 'n1', host: '127.0.0.1', port: 5432, isLeader: true, state: 'running' },
      { name: 'n2', host: '127.0.0.1', port: 5433, isLeader: false, state: 'streaming' },
    ]
    const primary = aPrimary()
    const standby = aStandby()
    const told = saying(primary, patroniReport({ members, paused: true }))
    const { manager } = pictureOf([told, standby])
    assert.deepEqual([manager?.scope, manager?.paused, manager?.leader], ['vault', true, primary.spec.id])
    assert.deepEqual(manager?.names, { [primary.spec.id]: 'n1', [standby.spec.id]: 'n2' })
    assert.equal(manager?.systemIdentifierMatches, true)
    assert.equal(manager?.readAt, NOW - 1000)
    assert.equal(pictureOf([saying(primary, patroniReport(), 600_000)]).manager, null)
  })

  test('one that manages another cluster is none of ours, and says nothing of ours', () => {
    const other = patroniReport({ systemIdentifier: '42', scope: 'other' })
    assert.equal(pictureOf([saying(aPrimary(), other)]).manager, null)
    const managerSigns = signs({ patroniSessions: 1 })
    const { manager } = pictureOf([saying(aPrimary({ managerSigns, clusterName: 'vault' }), other)])
    assert.deepEqual([manager?.scope, manager?.systemIdentifierMatches, manager?.readAt], ['vault', false, null])
    assert.match(manager?.evidence.join('; ') ?? '', /manages another cluster \(system identifier 42\)/)
  })
})

describe('instead of an act', () => {
  const members = [
    { name: 'n1', host: null, port: 5432, isLeader: true, state: null },
    { name: "n'2", host: null, port: 5433, isLeader: false, state: null },
  ]
  const standby = aStandby()

  test('a manager’s own command, with its own names, quoted', () => {
    const picture = pictureOf([saying(aPrimary(), patroniReport({ members })), standby])
    const block = managerBlocks(picture, 'promote', standby.spec.id)
    assert.equal(block?.result, 'fail')
    assert.equal(block?.instead, `patronictl switchover vault --candidate 'n'\\''2'`)
    assert.match(block?.reason ?? '', /^Patroni \(vault\) is in charge \(.*\): it would undo a promotion/)
    assert.equal(
      managerBlocks(picture, 'rebuild-replica', standby.spec.id)?.instead,
      `patronictl reinit vault 'n'\\''2'`,
    )
    assert.equal(managerBlocks(picture, 'add-hba-entry', standby.spec.id)?.result, 'warn')
    assert.equal(block?.mayOverride, false)
    assert.equal(inChargeOf(picture)?.kind, 'patroni')
  })

  test('without a primary it is taken over, not handed over', () => {
    const managerSigns = signs({ patroniSessions: 1, tables: [] })
    const alone = pictureOf([aStandby({ managerSigns, clusterName: 'vault' })])
    assert.equal(managerBlocks(alone, 'promote', null)?.instead, 'patronictl failover vault --candidate MEMBER')
    const repmgr = pictureOf([aStandby({ managerSigns: signs({ libraries: 'repmgr' }) })])
    assert.equal(
      managerBlocks(repmgr, 'promote', null)?.instead,
      'repmgr standby promote -f /etc/repmgr.conf --siblings-follow',
    )
  })

  test('where only traces are left a person may know better', () => {
    const traces = [
      aPrimary({ managerSigns: signs({ libraries: 'repmgr' }) }),
      aPrimary({ managerSigns: signs({ roles: ['pgautofailover_monitor'] }) }),
    ]
    for (const record of traces) assert.equal(managerBlocks(pictureOf([record]), 'promote')?.mayOverride, true)
    const running = pictureOf([aPrimary({ managerSigns: signs({ repmgrSessions: 1 }) })])
    assert.equal(managerBlocks(running, 'promote')?.mayOverride, false)
  })

  test('pg_auto_failover is told the formation where it is not the usual one', () => {
    const report = patroniReport({ kind: 'pg_auto_failover', source: 'pgautofailover.node', scope: 'f2', members })
    const picture = pictureOf([saying(aPrimary(), report), standby])
    const { instead } = managerBlocks(picture, 'switchover', standby.spec.id) ?? {}
    assert.equal(instead, `pg_autoctl perform promotion --formation f2 --name 'n'\\''2'`)
  })

  test('nothing where nobody is in charge, and for acts that no manager minds', () => {
    const managed = pictureOf([aPrimary({ managerSigns: signs({ patroniSessions: 1 }) })])
    const free = pictureOf([aPrimary()])
    for (const act of MANAGED_ACTS) assert.equal(managerBlocks(free, act), null)
    for (const act of ['rename', 'reload', 'cancel-query', 'backup']) assert.equal(managerBlocks(managed, act), null)
  })
})
