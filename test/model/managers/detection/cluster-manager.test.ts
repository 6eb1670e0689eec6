// Who is in charge, by what was seen and by what a manager said; and what to use instead of an act of our own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ClusterView } from '../../../../src/actions/definition/action.ts'
import { resumeManagerAction } from '../../../../src/actions/delegated/manager-actions.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { FOREIGN_SIGNS, isForeignManager } from '../../../../src/model/managers/detection/foreign-signs.ts'
import { MANAGED_ACTIONS, MINOR_ACTIONS, ROLE_ACTIONS } from '../../../../src/model/managers/managed-actions.ts'
import { activeManager, managerBlockFor } from '../../../../src/model/managers/manager-guard.ts'
import type { ManagerReading, ManagerReport } from '../../../../src/model/measured/managers/manager-report.ts'
import {
  MANAGER_KINDS,
  type ManagerKind,
  type ManagerSign,
  type ManagerSigns,
  type ManagerTraces,
  PATRONI_COMMAND_LINE_SETTINGS,
} from '../../../../src/model/measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import { freshReading } from '../../../../src/model/values/reading.ts'
import {
  aCluster,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aSender,
  aSlot,
  aStale,
  aStandby,
  NO_MANAGER,
  NOW,
} from '../../../builders/snapshot.ts'

const SYSTEM = aPrimaryPulse().systemIdentifier ?? ''
const NO_TRACES: ManagerTraces = {
  commandLineSettings: 0,
  settings: [],
  files: [],
  extensions: [],
  writtenByPatroni: false,
}

function signs(over: Partial<ManagerSigns>): ManagerSigns {
  return { ...NO_MANAGER, ...over }
}

const by = (isPrivileged: boolean, ...names: readonly string[]): readonly ManagerSign[] =>
  names.map((name) => ({ name, isPrivileged }))
const session = (name: string, isPrivileged = true, count = 1) => signs({ sessions: [{ name, isPrivileged, count }] })

function pictureOf(databases: readonly DatabaseRecord[], now = NOW) {
  return derivePicture(aCluster({ databases }), null, now)
}

const managerIn = (...databases: readonly DatabaseRecord[]) => pictureOf(databases).manager

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

function answering(record: DatabaseRecord, answer: Partial<ManagerReading>, agoMs = 1000): DatabaseRecord {
  return {
    ...record,
    manager: freshReading(
      { reports: [], unresponsiveAgent: null, lastReport: null, traces: null, ...answer },
      NOW - agoMs,
    ),
  }
}

const saying = (record: DatabaseRecord, report: ManagerReport, agoMs = 1000) =>
  answering(record, { reports: [report] }, agoMs)
const leaving = (record: DatabaseRecord, traces: Partial<ManagerTraces>) =>
  answering(record, { traces: { ...NO_TRACES, ...traces } })

function declared(record: DatabaseRecord): DatabaseRecord {
  return { ...record, spec: { ...record.spec, patroni: `http://${record.spec.id}:8008` } }
}

const silence = { address: 'http://db-1:8008', problem: aFault('refused'), failures: 1 }

describe('who is in charge', () => {
  test('nobody, where nothing speaks of one', () => {
    assert.equal(managerIn(aPrimary()), null)
    assert.equal(managerIn(aPrimary({ managerSigns: signs({ libraries: 'notrepmgr' }) })), null)
    assert.equal(managerIn(leaving(aPrimary(), { files: ['/data/postgresql.conf'] })), null)
  })

  test('Patroni by its sessions, with the scope that all its servers have for a name', () => {
    const managerSigns = session('Patroni', true, 2)
    const manager = managerIn(
      aPrimary({ managerSigns, clusterName: 'vault' }),
      aStandby({ managerSigns, clusterName: 'vault' }),
    )
    assert.deepEqual([manager?.kind, manager?.scope, manager?.activity], ['patroni', 'vault', 'live'])
    assert.equal(manager?.systemIdentifierMatches, null)
    assert.match(manager?.evidence[0] ?? '', /: 2 sessions of Patroni$/)
  })

  test('what any user may call himself is a hint, and never stands before what only a manager can do', () => {
    const faked = { managerSigns: session('Patroni', false) }
    const manager = managerIn(aPrimary(), aStandby(faked))
    assert.deepEqual([manager?.kind, manager?.activity], ['patroni', 'hint'])
    assert.match(manager?.evidence.join() ?? '', /a session of an ordinary user/)
    assert.equal(managerIn(aPrimary({ managerSigns: signs({ libraries: 'repmgr' }) }), aStandby(faked))?.kind, 'repmgr')
    for (const over of [
      { roles: by(false, 'repmgr') },
      { databases: by(false, 'repmgr'), roles: by(false, 'repmgr') },
      { tables: by(false, 'repmgr.nodes') },
      { sessions: [{ name: 'repmgrd', isPrivileged: false, count: 3 }] },
      { roles: by(false, 'pgautofailover_monitor') },
      { roles: by(false, 'rdsadmin', 'cloudsqladmin') },
      { roles: by(true, 'streaming_replica') },
    ]) {
      assert.equal(managerIn(aPrimary({ managerSigns: signs(over) }))?.activity, 'hint', JSON.stringify(over))
    }
  })

  test('a session of a server that can’t be read any more proves nothing', () => {
    const managerSigns = session('Patroni')
    const dead = {
      ...aPrimary(),
      pulse: aStale(aPrimaryPulse({ managerSigns }), NOW - 9_000, aFault('refused'), NOW - 8_000),
    }
    assert.equal(managerIn(dead, aStandby())?.activity, 'silent')
    assert.equal(managerIn(dead, aStandby({ managerSigns }))?.activity, 'live')
  })

  test('repmgr by its library, also with a path, its table, its extension, or two things it leaves in a server', () => {
    for (const over of [
      { libraries: 'pg_stat_statements, "$libdir/repmgr"' },
      { tables: by(true, 'repmgr.nodes') },
      { roles: by(true, 'repmgr'), databases: by(true, 'repmgr') },
    ]) {
      const manager = managerIn(aPrimary({ managerSigns: signs(over) }))
      assert.deepEqual([manager?.kind, manager?.activity], ['repmgr', 'silent'], JSON.stringify(over))
    }
    assert.equal(managerIn(aPrimary({ managerSigns: session('repmgrd') }))?.activity, 'live')
    assert.equal(managerIn(aPrimary({ managerSigns: signs({ roles: by(true, 'repmgr') }) }))?.activity, 'hint')
    assert.equal(managerIn(leaving(aPrimary(), { extensions: by(true, 'repmgr') }))?.activity, 'silent')
  })

  test('pg_auto_failover by its roles, slots and standbys: none of them shows that it runs', () => {
    const byRoles = aPrimary({
      managerSigns: signs({
        roles: [...by(false, 'pgautofailover_monitor'), ...by(true, 'pgautofailover_replicator')],
      }),
    })
    const bySlot = aPrimary({ slots: [aSlot({ name: 'pgautofailover_standby_2' })] })
    const bySender = aPrimary({ senders: [aSender({ applicationName: 'pgautofailover_standby_2' })] })
    for (const record of [byRoles, bySlot, bySender]) {
      assert.deepEqual([managerIn(record)?.kind, managerIn(record)?.activity], ['pg_auto_failover', 'silent'])
    }
  })

  test('Patroni by the command line that it gives PostgreSQL, and by what it writes', () => {
    const all = PATRONI_COMMAND_LINE_SETTINGS.length
    assert.equal(managerIn(leaving(aPrimary({ clusterName: 'vault' }), { commandLineSettings: all }))?.scope, 'vault')
    for (const traces of [
      { commandLineSettings: all },
      { files: ['/data/postgresql.conf', '/data/postgresql.base.conf'] },
      { writtenByPatroni: true },
    ]) {
      const manager = managerIn(leaving(aPrimary(), traces))
      assert.deepEqual([manager?.kind, manager?.activity], ['patroni', 'silent'], JSON.stringify(traces))
    }
    // A container that is started with a handful of settings.
    assert.equal(managerIn(leaving(aPrimary(), { commandLineSettings: 6, writtenByPatroni: null })), null)
  })

  test('others by what only they have, with their own commands', () => {
    const seen: readonly (readonly [ManagerKind, DatabaseRecord, RegExp])[] = [
      [
        'cloudnativepg',
        leaving(aPrimary({ clusterName: 'sandbox' }), { settings: by(true, 'cnpg.config_sha256') }),
        /kubectl cnpg promote sandbox INSTANCE/,
      ],
      ['cloudnativepg', aPrimary({ slots: [aSlot({ name: '_cnpg_sandbox_2' })] }), /kubectl cnpg promote/],
      ['stolon', aPrimary({ senders: [aSender({ applicationName: 'stolon_1a2b' })] }), /stolonctl .* failkeeper/],
      ['pacemaker', leaving(aPrimary(), { files: ['/var/lib/pgsql/tmp/rep_mode.conf'] }), /pcs resource move/],
      ['efm', leaving(aPrimary(), { extensions: by(true, 'efm_extension') }), /efm promote CLUSTER -switchover/],
      ['pgpool', leaving(aPrimary(), { settings: by(true, 'pgpool.pg_ctl') }), /pcp_promote_node/],
      [
        'rds',
        aPrimary({ managerSigns: signs({ roles: by(true, 'rdsadmin') }) }),
        /aws rds reboot-db-instance --force-failover/,
      ],
      ['rds', leaving(aPrimary(), { settings: by(true, 'rds.extensions') }), /aws rds/],
      [
        'cloudsql',
        aPrimary({ managerSigns: signs({ roles: by(true, 'cloudsqladmin') }) }),
        /gcloud sql instances failover/,
      ],
      ['alloydb', aPrimary({ managerSigns: signs({ roles: by(true, 'alloydbadmin') }) }), /gcloud alloydb/],
      [
        'azure',
        aPrimary({ managerSigns: signs({ roles: by(true, 'azuresu') }) }),
        /az postgres flexible-server restart/,
      ],
    ]
    for (const [kind, record, command] of seen) {
      const picture = pictureOf([record])
      assert.deepEqual([picture.manager?.kind, picture.manager?.activity], [kind, 'silent'])
      const block = managerBlockFor(picture, 'promote', record.spec.id)
      assert.deepEqual([block?.result, block?.mayOverride], ['fail', true])
      assert.match(block?.command ?? '', command)
    }
    const hosted = pictureOf([aPrimary({ managerSigns: signs({ roles: by(true, '_aiven') }) })])
    assert.deepEqual(managerBlockFor(hosted, 'promote')?.command, null)
    assert.match(managerBlockFor(hosted, 'promote')?.where ?? '', /provider/)
    assert.equal(managerIn(leaving(aPrimary(), { settings: by(false, 'cnpg.config_sha256') }))?.activity, 'hint')
  })

  test('an operator’s Patroni is told by commands in its pods', () => {
    const managerSigns = signs({ ...session('Patroni'), roles: by(true, '_crunchyrepl') })
    const picture = pictureOf([aPrimary({ managerSigns })])
    assert.match(managerBlockFor(picture, 'promote')?.where ?? '', /kubectl exec/)
  })

  test('what it says itself gives scope, leader, names and pause', () => {
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
    assert.deepEqual([manager?.systemIdentifierMatches, manager?.activity], [true, 'live'])
    assert.equal(manager?.readAt, NOW - 1000)
    assert.equal(managerIn(saying(primary, patroniReport(), 600_000)), null)
  })

  test('one that manages another cluster is none of ours, and says nothing of ours', () => {
    const other = patroniReport({ systemIdentifier: '42', scope: 'other' })
    assert.equal(managerIn(saying(aPrimary(), other)), null)
    const manager = managerIn(saying(aPrimary({ managerSigns: session('Patroni'), clusterName: 'vault' }), other))
    assert.deepEqual([manager?.scope, manager?.systemIdentifierMatches, manager?.readAt], ['vault', false, null])
    assert.match(manager?.evidence.join('; ') ?? '', /manages another cluster \(system identifier 42\)/)
  })

  test('a stranger’s answer that names no system and none of our databases counts for nothing', () => {
    const stranger = patroniReport({ systemIdentifier: null, scope: 'x' })
    assert.equal(managerIn(saying(aPrimary(), stranger)), null)
    const members = [{ name: 'n1', host: '127.0.0.1', port: 5432, isLeader: true, state: null }]
    assert.equal(managerIn(saying(aPrimary(), { ...stranger, members }))?.scope, 'x')
  })
})

describe('a manager that is configured', () => {
  test('is silent until it answers, and while what answers manages another cluster', () => {
    for (const record of [
      declared(aPrimary()),
      answering(declared(aPrimary()), { unresponsiveAgent: silence }),
      saying(declared(aPrimary()), patroniReport({ systemIdentifier: '42' })),
    ]) {
      const picture = pictureOf([record, aStandby()])
      assert.deepEqual([picture.manager?.kind, picture.manager?.activity], ['patroni', 'silent'])
      const block = managerBlockFor(picture, 'promote', 'db-ro')
      assert.deepEqual([block?.result, block?.mayOverride], ['fail', true])
      assert.equal(managerBlockFor(picture, 'create-slot', 'db-1')?.result, 'warn')
      assert.equal(activeManager(picture)?.kind, 'patroni')
    }
  })

  test('alerts where it does not answer; for a primary whose agent is gone while others run it is critical', () => {
    const alertOf = (...databases: readonly DatabaseRecord[]) =>
      pictureOf(databases).alerts.filter(({ rule }) => rule === 'manager-silent' || rule === 'manager-agent-down')
    const gone = answering(declared(aPrimary()), { unresponsiveAgent: silence })
    const [all] = alertOf(gone, aStandby())
    assert.deepEqual([all?.rule, all?.severity, all?.subject.owner], ['manager-silent', 'warning', 'db-1'])
    assert.match(all?.message ?? '', /Patroni does not answer at http:\/\/db-1:8008 \(.*\): nothing fails over/)
    const [left] = alertOf(gone, saying(declared(aStandby()), patroniReport()))
    assert.deepEqual([left?.rule, left?.severity], ['manager-agent-down', 'critical'])
    assert.match(left?.message ?? '', /another one will be promoted/)
    const before = { report: patroniReport(), at: NOW - 20_000 }
    assert.deepEqual(
      alertOf(answering(declared(aPrimary()), { unresponsiveAgent: silence, lastReport: before })),
      [],
      'asked again first',
    )
    const twice = answering(declared(aPrimary()), {
      unresponsiveAgent: { ...silence, failures: 2 },
      lastReport: before,
    })
    assert.equal(alertOf(twice).length, 1)
    assert.deepEqual(alertOf(aPrimary({ managerSigns: session('Patroni', false) })), [])
  })

  test('is missed by its session where only its traces are left, but not just after a start of the server', () => {
    const traces = { commandLineSettings: PATRONI_COMMAND_LINE_SETTINGS.length }
    const runs = leaving(aStandby({ managerSigns: session('Patroni') }), traces)
    const alerts = (record: DatabaseRecord) => pictureOf([leaving(record, traces), runs]).alerts.map(({ rule }) => rule)
    assert.ok(alerts(aPrimary()).includes('manager-agent-down'))
    assert.ok(!alerts(aPrimary({ startedAt: NOW - 5_000 })).includes('manager-agent-down'))
  })
})

describe('a manager that was seen before', () => {
  const managerBefore = { kind: 'patroni', scope: 'vault', systemIdentifier: SYSTEM, at: NOW - 3600_000 } as const
  const after = (before: typeof managerBefore | { readonly at: number }, databases = [aPrimary(), aStandby()]) =>
    derivePicture({ ...aCluster({ databases }), lastSeenManager: { ...managerBefore, ...before } }, null, NOW)

  test('is not passed by for a week, as far as it was this system’s', () => {
    const picture = after(managerBefore)
    assert.deepEqual([picture.manager?.activity, picture.manager?.scope], ['silent', 'vault'])
    const block = managerBlockFor(picture, 'promote', 'db-ro')
    assert.deepEqual([block?.result, block?.mayOverride], ['fail', true])
    assert.match(block?.reason ?? '', /when last seen/)
    assert.deepEqual(
      picture.alerts.filter(({ rule }) => rule === 'manager-silent'),
      [],
    )
    assert.equal(after({ at: NOW - 8 * 24 * 3600_000 }).manager, null)
    assert.equal(after({ ...managerBefore, systemIdentifier: '42' } as typeof managerBefore).manager, null)
  })

  test('also by one and the same pgdeck', () => {
    const seen = derivePicture(aCluster({ databases: [aPrimary({ managerSigns: session('Patroni') })] }), null, NOW)
    const gone = derivePicture(aCluster({ databases: [aPrimary()] }), seen, NOW + 60_000)
    assert.equal(gone.manager?.activity, 'silent')
    const still = derivePicture(aCluster({ databases: [aPrimary()] }), gone, NOW + 120_000)
    assert.equal(still.manager?.activity, 'silent')
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
    const block = managerBlockFor(picture, 'promote', standby.spec.id)
    assert.equal(block?.result, 'fail')
    assert.equal(block?.command, `patronictl switchover vault --candidate 'n'\\''2'`)
    assert.match(block?.reason ?? '', /^Patroni \(vault\) is in charge \(.*\): it would undo a promotion/)
    assert.equal(
      managerBlockFor(picture, 'rebuild-replica', standby.spec.id)?.command,
      `patronictl reinit vault 'n'\\''2'`,
    )
    for (const act of ['create-slot', 'drop-slot', 'add-hba-entry', 'reload']) {
      assert.equal(managerBlockFor(picture, act, standby.spec.id)?.result, 'warn', act)
    }
    assert.equal(block?.mayOverride, false)
    assert.equal(activeManager(picture)?.kind, 'patroni')
  })

  test('without a primary it is taken over, not handed over', () => {
    const managerSigns = session('Patroni')
    const alone = pictureOf([aStandby({ managerSigns, clusterName: 'vault' })])
    assert.equal(managerBlockFor(alone, 'promote', null)?.command, 'patronictl failover vault --candidate MEMBER')
    const repmgr = pictureOf([aStandby({ managerSigns: signs({ libraries: 'repmgr' }) })])
    assert.equal(
      managerBlockFor(repmgr, 'promote', null)?.command,
      'repmgr standby promote -f /etc/repmgr.conf --siblings-follow',
    )
  })

  test('a person may know better where nothing shows that it runs, or where it is paused', () => {
    const overruled = (record: DatabaseRecord) => managerBlockFor(pictureOf([record]), 'promote')?.mayOverride
    assert.equal(overruled(aPrimary({ managerSigns: signs({ libraries: 'repmgr' }) })), true)
    assert.equal(overruled(aPrimary({ managerSigns: session('repmgrd') })), false)
    assert.equal(overruled(saying(aPrimary(), patroniReport({ paused: false }))), false)
    assert.equal(overruled(saying(aPrimary(), patroniReport({ paused: true }))), true)
  })

  test('repmgr is paused only where all of its daemons are; a part of it is an alert, and can be resumed', () => {
    const table = patroniReport({ kind: 'repmgr', source: 'repmgr.nodes', scope: null, systemIdentifier: null })
    const told = (one: boolean, other: boolean) =>
      pictureOf([
        saying(aPrimary({ managerSigns: session('repmgrd') }), { ...table, paused: one }),
        saying(aStandby(), { ...table, paused: other }),
      ])
    const seen = (one: boolean, other: boolean) => {
      const picture = told(one, other)
      return {
        paused: picture.manager?.paused,
        at: picture.manager?.pausedAt,
        alert: picture.alerts.find(({ rule }) => rule === 'manager-paused')?.message ?? null,
        whyNot: resumeManagerAction.whyNot({ picture } as ClusterView, null),
      }
    }
    assert.deepEqual(seen(true, true), {
      paused: true,
      at: undefined,
      alert: 'repmgr is paused: nothing fails over by itself',
      whyNot: null,
    })
    assert.deepEqual(seen(true, false), {
      paused: false,
      at: ['db-1'],
      alert: 'repmgr is paused beside db-1 only: its daemon there promotes nothing',
      whyNot: null,
    })
    assert.deepEqual(seen(false, false), { paused: false, at: undefined, alert: null, whyNot: 'it is not paused' })
  })

  test('what may be a user’s doing warns, and says how it is known', () => {
    const picture = pictureOf([aPrimary(), aStandby({ managerSigns: session('Patroni', false) })])
    for (const act of ROLE_ACTIONS) {
      const block = managerBlockFor(picture, act, 'db-ro')
      assert.deepEqual([block?.result, block?.mayOverride], ['warn', true], act)
      assert.match(block?.reason ?? '', /any user can cause this/)
    }
    for (const act of MINOR_ACTIONS) assert.equal(managerBlockFor(picture, act, 'db-ro'), null, act)
    assert.equal(activeManager(picture), null, 'a run is not stopped by it')
  })

  test('a primary that the manager holds no longer can be fenced, and the hint starts its agent', () => {
    const other = { ...aPrimary({ serverPort: 5433, timeline: 2, startedAt: NOW - 50_000_000 }) }
    const promoted: DatabaseRecord = {
      ...other,
      displayName: 'db-ro',
      spec: { ...standby.spec, patroni: 'http://db-ro:8008' },
    }
    const holding = members.map((member) => ({ ...member, isLeader: member.name !== 'n1' }))
    const stale = answering(declared(aPrimary()), { unresponsiveAgent: { ...silence, failures: 3 } })
    const picture = pictureOf([stale, saying(promoted, patroniReport({ members: holding }))])
    const block = managerBlockFor(picture, 'fence', 'db-1')
    assert.equal(block?.result, 'warn')
    assert.match(block?.reason ?? '', /has db-ro as the primary, which is writable/)
    assert.equal(block?.command, 'systemctl start patroni')
    assert.equal(managerBlockFor(picture, 'fence', 'db-ro')?.result, 'fail', 'never the one that it holds')
    assert.equal(managerBlockFor(picture, 'promote', 'db-1')?.result, 'fail')
    const old = pictureOf([stale, saying(promoted, patroniReport({ members: holding }), 90_000)])
    assert.equal(managerBlockFor(old, 'fence', 'db-1')?.result, 'fail', 'by what it said a while ago nobody is fenced')
  })

  test('no command that wipes the data is named for another source', () => {
    const picture = pictureOf([saying(aPrimary(), patroniReport({ members })), standby])
    const block = managerBlockFor(picture, 'follow', standby.spec.id)
    assert.equal(block?.command, `patronictl reload vault 'n'\\''2'`)
    assert.match(block?.where ?? '', /replicatefrom/)
  })

  test('pg_auto_failover is told the formation where it is not the usual one', () => {
    const report = patroniReport({ kind: 'pg_auto_failover', source: 'pgautofailover.node', scope: 'f2', members })
    const picture = pictureOf([saying(aPrimary(), report), standby])
    const { command } = managerBlockFor(picture, 'switchover', standby.spec.id) ?? {}
    assert.equal(command, `pg_autoctl perform promotion --formation f2 --name 'n'\\''2'`)
  })

  test('nothing where nobody is in charge, and for acts that no manager minds', () => {
    const managed = pictureOf([aPrimary({ managerSigns: session('Patroni') })])
    const free = pictureOf([aPrimary()])
    for (const act of MANAGED_ACTIONS) assert.equal(managerBlockFor(free, act), null)
    for (const act of ['rename', 'cancel-query', 'backup', 'checkpoint'])
      assert.equal(managerBlockFor(managed, act), null)
  })

  test('every kind has an answer for every act that changes a role', () => {
    const foreign = MANAGER_KINDS.filter(isForeignManager)
    assert.deepEqual(foreign.toSorted(), Object.keys(FOREIGN_SIGNS).toSorted())
    const live = pictureOf([aPrimary({ managerSigns: session('Patroni') })])
    for (const kind of MANAGER_KINDS) {
      const picture = { ...live, manager: live.manager && { ...live.manager, kind } }
      for (const act of ROLE_ACTIONS)
        assert.equal(managerBlockFor(picture, act, 'db-1')?.result, 'fail', `${kind} ${act}`)
    }
  })
})
