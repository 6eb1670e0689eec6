// The commands that pgdeck names instead of its own actions: which, where, and what they really do.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { managerBlockFor } from '../../../src/model/managers/manager-guard.ts'
import { NO_MEMBER_FACTS } from '../../../src/model/measured/managers/manager-member.ts'
import type {
  ManagerMember,
  ManagerReport,
  OperatorReport,
} from '../../../src/model/measured/managers/manager-report.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import { registeredMember } from '../../../src/probes/database/managers/registered-member.ts'
import { type PatroniCase, patroniDatabases } from '../../builders/patroni-cluster.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimaryPulse,
  aSender,
  aStale,
  aStandbyPulse,
  NO_MANAGER,
  NOW,
  SYSTEM,
} from '../../builders/snapshot.ts'
import { recordedPatroni } from '../../recorded/patroni.ts'

type Row = readonly [action: string, target: string, command: string | null, words: RegExp]

function check(picture: Picture, [action, target, command, words]: Row, upstream: string | null = null): void {
  const block = managerBlockFor(picture, action, target, upstream)
  assert.equal(block?.command, command, `${action} ${target}: ${JSON.stringify(block)}`)
  assert.match(`${block?.where}; ${block?.effect}`, words, `${action} ${target}`)
}

describe('Patroni', () => {
  const pictureOf = (given: PatroniCase = {}) =>
    derivePicture(aCluster({ databases: patroniDatabases(given) }), null, NOW)
  const tagged =
    (name: string, facts: Partial<NonNullable<ManagerMember['facts']>>): NonNullable<PatroniCase['change']> =>
    (report) => ({
      ...report,
      members: report.members.map((member) =>
        member.name === name && member.facts ? { ...member, facts: { ...member.facts, ...facts } } : member,
      ),
    })
  const noFailover = { noFailover: true, noLoadBalance: false, noSync: false, replicateFrom: null }

  test('runs', () => {
    const picture = pictureOf()
    const rows: readonly Row[] = [
      ['switchover', 'n1', 'patronictl switchover test --candidate n1', /exit code is 0 also when it is refused/],
      ['fence', 'n1', 'systemctl stop patroni', /It stops PostgreSQL and its agent/],
      [
        'fence',
        'n2',
        'patronictl switchover test --candidate n1 && systemctl stop patroni',
        /on 127\.0\.0\.1; It hands the role to n1 first/,
      ],
      ['decommission', 'n1', 'systemctl disable --now patroni', /no member any more after its ttl/],
      ['rebuild-replica', 'n1', 'patronictl reinit test n1', /wipes the data there first.*Nothing is kept aside/],
      ['rebuild-replica', 'n2', null, /n2 is the leader/],
      ['build-read-only', 'n1', 'systemctl start patroni', /into an empty data directory/],
      ['follow', 'n1', 'patronictl reload test n1', /after its patroni\.yml on 127\.0\.0\.1 has the tag replicatefrom/],
      [
        'rolling-restart',
        'n2',
        'patronictl restart test --role replica && patronictl restart test --role leader',
        /one after the other/,
      ],
      ['add-hba-entry', 'n1', 'patronictl reload test n1', /after postgresql\.pg_hba of its patroni\.yml has the line/],
      ['start', 'n1', null, /starts PostgreSQL by itself/],
    ]
    for (const row of rows) check(picture, row)
    check(picture, ['follow', 'n1', 'patronictl reload test n1', /has no tag replicatefrom/], 'n2')
    check(picture, ['follow', 'n1', 'patronictl reload test n1', /replicatefrom: n3/], 'n3')
  })

  test('would refuse a candidate: its tag, its role in synchronous mode', () => {
    const picture = pictureOf({
      change: (report) => tagged('n3', { tags: null })(tagged('n1', { tags: noFailover })(report)),
    })
    check(picture, ['switchover', 'n1', 'patronictl reload test n1', /would refuse: n1 is tagged nofailover/])
    check(picture, [
      'fence',
      'n2',
      'patronictl switchover test --candidate n3 && systemctl stop patroni',
      /hands the role to n3/,
    ])
    const synchronous = pictureOf({
      change: (report) => {
        const changed = tagged('n3', { role: 'sync', tags: null })(report)
        return changed.settings ? { ...changed, settings: { ...changed.settings, synchronousMode: 'on' } } : changed
      },
    })
    check(synchronous, ['switchover', 'n1', null, /no synchronous standby.*n3 can be promoted/])
    check(synchronous, ['switchover', 'n3', 'patronictl switchover test --candidate n3', /./])
    const nobody = pictureOf({ change: tagged('n1', { tags: noFailover }) })
    check(nobody, [
      'fence',
      'n2',
      'patronictl pause test --wait && pg_ctl stop -D DATA_DIRECTORY -m fast',
      /nobody to hand the role to/,
    ])
  })

  test('paused: to stop it leaves PostgreSQL running', () => {
    const picture = pictureOf({ state: recordedPatroni.paused })
    check(picture, ['fence', 'n2', 'pg_ctl stop -D DATA_DIRECTORY -m fast', /would leave PostgreSQL running/])
    check(picture, ['unfence', 'n2', 'patronictl resume test --wait', /starts no PostgreSQL until it is resumed/])
  })

  test('without a leader it promotes one by itself; a planned switchover is replaced', () => {
    const headless = pictureOf({ primary: null })
    check(headless, ['promote', 'n1', 'patronictl failover test --candidate n1', /by itself within 20 s \(ttl\): wait/])
    const planned = pictureOf({
      change: (report) => ({ ...report, scheduledSwitchover: { at: NOW + 60_000, from: 'n2', to: 'n3' } }),
    })
    check(planned, ['switchover', 'n1', 'patronictl switchover test --candidate n1', /replaces the switchover/])
  })
})

interface Server {
  readonly id: string
  readonly port: number
  readonly is: 'primary' | 'standby' | 'down' | 'second'
}

function servers(all: readonly Server[], signs: typeof NO_MANAGER): readonly DatabaseRecord[] {
  return all.map(({ id, port, is }) => {
    const common = { serverPort: port, managerSigns: signs, systemIdentifier: SYSTEM }
    const isPrimary = is === 'primary' || is === 'second' || is === 'down'
    const senders = all.filter((other) => other.is === 'standby').map((other) => aSender({ applicationName: other.id }))
    const pulse = isPrimary
      ? aPrimaryPulse({ ...common, timeline: is === 'primary' ? 2 : 1, senders: is === 'primary' ? senders : [] })
      : aStandbyPulse({ ...common, timeline: 2 })
    const record = aDatabase({ id, host: `10.0.0.${port - 5430}`, port, pulse })
    return is === 'down' ? { ...record, pulse: aStale(pulse, NOW - 60_000, aFault('refused'), NOW - 58_000) } : record
  })
}

describe('repmgr', () => {
  const row = (number: number, facts: object) =>
    registeredMember({
      scope: null,
      name: `node${number}`,
      host: `10.0.0.${number}`,
      port: 5430 + number,
      leads: number === 1,
      state: 'standby',
      system: null,
      facts: {
        id: number,
        role: number === 1 ? 'primary' : 'standby',
        priority: 100,
        isHealthy: true,
        upstream: number === 1 ? null : 'node1',
        configFile: `/srv/r${number}.conf`,
        user: 'rep',
        database: 'repdb',
        ...facts,
      },
    })

  function pictureOf(states: readonly Server['is'][], over: Partial<ManagerReport> = {}, members?: readonly object[]) {
    const signs = { ...NO_MANAGER, sessions: [{ name: 'repmgrd', isPrivileged: true, count: 1 }] }
    const all = states.map((is, index) => ({ id: `db-${index + 1}`, port: 5431 + index, is }))
    const report: ManagerReport = {
      kind: 'repmgr',
      source: 'repmgr.nodes',
      scope: null,
      systemIdentifier: null,
      paused: false,
      members: states.map((_, index) => row(index + 1, members?.[index] ?? {})),
      isDaemonRunning: true,
      ...over,
    }
    const told = freshReading({ reports: [report], unresponsiveAgent: null, lastReport: null, traces: null }, NOW)
    const databases = servers(all, signs).map((record) => ({ ...record, manager: told }))
    return derivePicture(aCluster({ databases }), null, NOW)
  }

  test('all nodes are up', () => {
    const picture = pictureOf(['primary', 'standby', 'standby'])
    const rows: readonly Row[] = [
      [
        'switchover',
        'db-2',
        'repmgr standby switchover -f /srv/r2.conf --siblings-follow',
        /on 10\.0\.0\.2.*--dry-run/,
      ],
      [
        'rebuild-replica',
        'db-3',
        'repmgr node service -f /srv/r3.conf --action=stop && repmgr -h 10.0.0.1 -p 5431 -U rep -d repdb -f /srv/r3.conf standby clone --force && repmgr node service -f /srv/r3.conf --action=start && repmgr standby register -f /srv/r3.conf --force',
        /on 10\.0\.0\.3, as the user.*overwrites the data/,
      ],
      ['fence', 'db-1', 'repmgr service pause -f /srv/r1.conf', /allowed while it is paused/],
      [
        'stop',
        'db-3',
        'repmgr service pause -f /srv/r3.conf && repmgr node service -f /srv/r3.conf --action=stop',
        /unpause/,
      ],
      [
        'restart',
        'db-3',
        'repmgr service pause -f /srv/r3.conf && repmgr node service -f /srv/r3.conf --action=restart && repmgr service unpause -f /srv/r3.conf',
        /paused meanwhile/,
      ],
      [
        'decommission',
        'db-3',
        'repmgr standby unregister -f /srv/r3.conf && repmgr node service -f /srv/r3.conf --action=stop',
        /then PostgreSQL stops/,
      ],
      ['decommission', 'db-1', null, /Switch over first/],
    ]
    for (const each of rows) check(picture, each)
    check(picture, ['follow', 'db-3', 'repmgr standby follow -f /srv/r3.conf --upstream-node-id=2', /./], 'db-2')
  })

  test('the primary is dead, and another one was promoted', () => {
    const members = [{ isHealthy: false }, { role: 'primary', upstream: null }, { upstream: 'node1' }]
    const picture = pictureOf(['down', 'primary', 'standby'], {}, members)
    const rejoin =
      "repmgr node rejoin -f /srv/r1.conf -d 'host=10.0.0.2 port=5432 user=rep dbname=repdb' --force-rewind"
    const rows: readonly Row[] = [
      ['failback', 'db-1', rejoin, /on 10\.0\.0\.1, as the user.*a standby of db-2/],
      ['start', 'db-1', rejoin, /Just started, it would be a second primary/],
      [
        'decommission',
        'db-1',
        'repmgr primary unregister -f /srv/r2.conf --node-id=1',
        /on 10\.0\.0\.2, as .*repmgr refuses while it is the upstream of node3/,
      ],
    ]
    for (const each of rows) check(picture, each)
  })

  test('paused: a fence is allowed, and what comes back is unpaused', () => {
    const paused = pictureOf(['primary', 'standby'], { paused: true })
    const block = managerBlockFor(paused, 'fence', 'db-1')
    assert.deepEqual([block?.result, block?.command], ['warn', 'repmgr service unpause -f /srv/r1.conf'])
    assert.match(block?.reason ?? '', /its daemons are paused/)
    assert.equal(managerBlockFor(paused, 'switchover', 'db-2')?.result, 'fail', 'its table would not know')
    const fenced = pictureOf(['down', 'primary'], { paused: true }, [{}, { role: 'primary' }])
    assert.match(
      managerBlockFor(fenced, 'unfence', 'db-1')?.command ?? '',
      /^repmgr node rejoin .* && repmgr service unpause -f \/srv\/r1\.conf$/,
    )
  })
})

describe('pg_auto_failover', () => {
  const row = (number: number, state: string, facts: object) =>
    registeredMember({
      scope: 'default',
      name: `node${number}`,
      host: `10.0.0.${number}`,
      port: 5430 + number,
      leads: state === 'primary',
      state,
      system: SYSTEM,
      facts: { id: number, assigned: state, priority: 50, isInQuorum: true, health: 1, ago: 0.4, ...facts },
    })

  function pictureOf(states: readonly string[], over: Partial<ManagerReport> = {}) {
    const report: ManagerReport = {
      kind: 'pg_auto_failover',
      source: 'pgautofailover.node',
      scope: 'default',
      systemIdentifier: SYSTEM,
      paused: null,
      members: states.map((state, index) => row(index + 1, state, {})),
      syncStandbys: 0,
      ...over,
    }
    const reading = freshReading({ reports: [report], unresponsiveAgent: null, lastReport: null, traces: null }, NOW)
    const databases = servers(
      states.map((state, index) => ({
        id: `db-${index + 1}`,
        port: 5431 + index,
        is: state === 'primary' ? 'primary' : 'standby',
      })),
      NO_MANAGER,
    )
    const source = { kind: 'pg_auto_failover', address: '10.0.0.9:5432', reading } as const
    return derivePicture({ ...aCluster({ databases }), managerSources: [source] }, null, NOW)
  }

  test('all nodes are healthy', () => {
    const picture = pictureOf(['primary', 'secondary', 'secondary'])
    const rows: readonly Row[] = [
      ['promote', 'db-2', 'pg_autoctl perform promotion --name node2', /All of its servers restart/],
      [
        'fence',
        'db-1',
        'pg_autoctl enable maintenance --allow-failover && systemctl stop pgautofailover',
        /another one is promoted first/,
      ],
      [
        'fence',
        'db-2',
        'pg_autoctl enable maintenance && systemctl stop pgautofailover',
        /maintenance alone leaves it running/,
      ],
      ['follow', 'db-2', null, /has no command for it: every standby follows the primary/],
      ['decommission', 'db-2', 'pg_autoctl drop node --name node2', /Its keeper ends/],
      ['start', 'db-2', null, /starts PostgreSQL by itself/],
    ]
    for (const each of rows) check(picture, each)
  })

  test('one standby is in maintenance: the guard that its own calls lack', () => {
    const picture = pictureOf(['primary', 'maintenance'])
    check(picture, ['fence', 'db-1', null, /0 standbys are healthy, where 1 must be.*no database would be writable/])
    check(picture, ['promote', 'db-2', 'pg_autoctl disable maintenance', /would refuse: db-2 is in maintenance/])
    check(picture, ['fence', 'db-2', 'systemctl stop pgautofailover', /It is in maintenance/])
    check(picture, ['unfence', 'db-2', 'pg_autoctl disable maintenance', /comes back as a standby/])
    const quorum = pictureOf(['primary', 'secondary', 'maintenance'], { syncStandbys: 1 })
    check(quorum, ['fence', 'db-1', null, /1 standby is healthy, where 2 must be/])
  })

  test('without its monitor a name is not known: the command is run on its own host', () => {
    const signs = { ...NO_MANAGER, libraries: 'pgautofailover' }
    const all: readonly Server[] = [
      { id: 'db-1', port: 5431, is: 'primary' },
      { id: 'db-2', port: 5432, is: 'standby' },
    ]
    const picture = derivePicture(aCluster({ databases: servers(all, signs) }), null, NOW)
    check(picture, ['promote', 'db-2', 'pg_autoctl perform promotion', /^on 10\.0\.0\.2 \(--pgdata/])
  })
})

const AN_OPERATOR: OperatorReport = {
  namespace: null,
  phase: 'Cluster in healthy state',
  phaseReason: null,
  currentPrimary: 'web-1',
  targetPrimary: 'web-1',
  failingSince: null,
  wantedInstances: 3,
  readyInstances: 3,
  isHibernated: false,
  inNodeMaintenance: false,
  reloadAskedAt: null,
  restartAskedAt: null,
  certificates: [],
  firstRecoverableAt: null,
  lastBackupAt: null,
  lastFailedBackupAt: null,
}

describe('CloudNativePG', () => {
  function pictureOf(change: (report: ManagerReport) => ManagerReport = (report) => report) {
    const members = [1, 2, 3].map(
      (number): ManagerMember => ({
        name: `web-${number}`,
        host: `10.0.0.${number}`,
        port: 5430 + number,
        isLeader: number === 1,
        state: 'healthy',
        facts: { ...NO_MEMBER_FACTS, role: number === 1 ? 'leader' : 'replica', isHealthy: true },
      }),
    )
    const report = change({
      kind: 'cloudnativepg',
      source: 'the resource shop/web of CloudNativePG',
      scope: 'web',
      systemIdentifier: SYSTEM,
      paused: false,
      members,
      operator: { ...AN_OPERATOR, namespace: 'shop' },
    })
    const reading = freshReading({ reports: [report], unresponsiveAgent: null, lastReport: null, traces: null }, NOW)
    const states = ['primary', 'standby', 'standby'] as const
    const databases = servers(
      states.map((is, index) => ({ id: `db-${index + 1}`, port: 5431 + index, is })),
      NO_MANAGER,
    )
    const source = { kind: 'cloudnativepg', address: 'shop/web', reading } as const
    return derivePicture({ ...aCluster({ databases }), managerSources: [source] }, null, NOW)
  }
  const fenced = (name: string) => (report: ManagerReport) => ({
    ...report,
    members: report.members.map((member) =>
      member.name === name && member.facts
        ? { ...member, state: 'fenced', facts: { ...member.facts, isHealthy: null, inMaintenance: true } }
        : member,
    ),
  })

  test('names its plugin, with cluster, instance and namespace', () => {
    const picture = pictureOf()
    const rows: readonly Row[] = [
      ['promote', 'db-2', 'kubectl cnpg promote web web-2 -n shop', /shut down first/],
      ['fence', 'db-1', 'kubectl cnpg fencing on web web-1 -n shop', /fenced primary is not replaced/],
      ['unfence', 'db-2', 'kubectl cnpg fencing off web web-2 -n shop', /./],
      ['restart', 'db-3', 'kubectl cnpg restart web web-3 -n shop', /pod of a standby is deleted/],
      ['reload', 'db-1', 'kubectl cnpg reload web -n shop', /./],
      ['follow', 'db-2', null, /no command for another upstream/],
      ['change-setting', 'db-1', 'kubectl edit cluster web -n shop', /spec\.postgresql\.parameters/],
    ]
    for (const each of rows) check(picture, each)
    assert.equal(picture.failover.candidate, 'db-2')
  })

  test('promotes no fenced standby, and nobody for a fenced primary', () => {
    const picture = pictureOf(fenced('web-2'))
    assert.equal(picture.failover.candidate, 'db-3')
    check(picture, ['promote', 'db-2', null, /db-2 is fenced: the operator would wait for it.*db-3 can be promoted/])
    assert.match(pictureOf(fenced('web-1')).failover.blockers.join(), /promotes nobody: its primary web-1 is fenced/)
  })
})
