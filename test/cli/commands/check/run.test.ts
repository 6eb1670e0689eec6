import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../../src/cli/commands/check/checks.ts'
import { CHECK_NAMES, type CheckName } from '../../../../src/cli/commands/check/names.ts'
import { type CheckOptions, evaluateCheck, parseCheckArguments } from '../../../../src/cli/commands/check/run.ts'
import { UsageError } from '../../../../src/cli/invocation/exit-codes.ts'
import type { ClusterSnapshot } from '../../../../src/model/measured/snapshot.ts'
import { ALERT_RULES } from '../../../../src/model/picture/picture.ts'
import type { FaultReason } from '../../../../src/model/values/fault.ts'
import { failedReading, freshReading, PENDING } from '../../../../src/model/values/reading.ts'
import { anAddress, aPool, aPooler, aProxied, aProxy, behind, REACHED_STANDBY } from '../../../builders/entry-points.ts'
import { aFileSystem, aHost, aHostFacts } from '../../../builders/hosts.ts'
import { stateOf } from '../../../builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aSender,
  aServer,
  aServerPulse,
  aSlot,
  aStale,
  aStandby,
  aVault,
  NOW,
  PRIMARY_LSN,
} from '../../../builders/snapshot.ts'
import { scratch } from '../../../config/scratch.ts'
import { type PluginLine, readPluginLine } from '../../../fakes/plugin-line.ts'
import { serveHttp } from '../../../fakes/web.ts'
import { startPgdeck } from '../../process.ts'

const MB = 1024 ** 2
const DAY_MS = 86_400_000

type Given = Partial<Pick<CheckOptions, 'name' | 'warning' | 'critical' | 'expect'>>

function check(rule: CheckName, given: Given, ...snapshots: readonly ClusterSnapshot[]): PluginLine {
  const asked = parseCheckArguments(PLUGIN_CHECKS[rule], { rule, name: null, ...given })
  return readPluginLine(evaluateCheck(PLUGIN_CHECKS[rule], asked, stateOf(...snapshots)).line)
}

const failing = (id: string, code: Parameters<typeof aFault>[0], port = 5433) =>
  aDatabase({ id, port, pulse: { state: 'failed', fault: aFault(code), since: NOW - 1000 } })
const lagging = (bytes: number, seconds = 3) =>
  aStandby({ standby: { replayedLsn: PRIMARY_LSN - BigInt(bytes), applyLagSeconds: seconds } })
const pairOf = (standby = aStandby(), primary: Parameters<typeof aPrimary>[0] = {}) =>
  aCluster({
    databases: [aPrimary({ senders: [aSender({ applicationName: 'db-ro', replayedLsn: null })], ...primary }), standby],
  })

test('every alert rule is a check, and every check is well or honestly unknown in a cluster where all is well', () => {
  const proxy = aProxy([aProxied('n1', 5432)])
  const vault = behind(aVault(), [aPooler(), proxy, anAddress()])
  for (const rule of ALERT_RULES) assert.ok(CHECK_NAMES.includes(rule), rule)
  const unmeasured = CHECK_NAMES.filter((rule) => check(rule, {}, vault).status !== 'OK')
  const statuses = unmeasured.map((rule) => check(rule, {}, vault).status)
  assert.deepEqual(unmeasured, [
    'archiver',
    'archiver-stalled',
    'backup-age',
    'certificate',
    'disk',
    'exchange',
    'started-without-restore',
  ])
  assert.deepEqual([...new Set(statuses)], ['UNKNOWN'])
})

test('checks of entry points tell what is wrong, and what can’t be read', () => {
  const paused = aPooler({ databases: [aPool({ paused: true })] })
  const lost = anAddress({ id: 'lost', fault: aFault('timeout', 'no answer') })
  const wrong = behind(aCluster({ databases: [aPrimary(), aStandby()] }), [paused, anAddress(REACHED_STANDBY), lost])
  const told = (rule: CheckName, name?: string) => {
    const { status, text } = check(rule, name === undefined ? {} : { name }, wrong)
    return `${status} ${text}`
  }
  assert.match(told('pooler-paused'), /^CRITICAL .*RESUME "shop"/)
  assert.match(told('pooler-disabled'), /^OK .*pool-1 leads to db-1/)
  assert.match(told('pooler-waiting', 'pool-1'), /^OK .*nobody waits/)
  assert.match(told('address-elsewhere'), /^CRITICAL .*vip leads to db-ro.*lost can’t be read: no answer/)
  assert.match(told('address-elsewhere', 'lost'), /^UNKNOWN/)
  assert.match(told('address-silent'), /^CRITICAL .*no new session through lost/)
  assert.match(told('proxy-elsewhere'), /^UNKNOWN .*no proxy is configured/)
})

test('a backup that can’t be looked for is told with what to do', () => {
  const database = aPrimary({ senders: [] })
  const fault = {
    code: 'auth',
    message: 'the query was not run',
    hint: 'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
  } as const
  const seen = aCluster({
    databases: [
      { ...database, spec: { ...database.spec, backup: 'a query' }, backup: failedReading(PENDING, fault, NOW) },
    ],
  })
  assert.match(check('backup-age', {}, seen).text, /unknown: the query was not run; REVOKE CREATE ON SCHEMA public/)
})

test('nothing is well before anything was read', () => {
  const unread = aCluster({
    databases: [aDatabase({ id: 'db-1' })],
    servers: [aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1' })],
  })
  for (const rule of CHECK_NAMES) {
    if (rule !== 'cut-off') assert.equal(check(rule, {}, unread).status, 'UNKNOWN', rule)
  }
})

describe('replication lag', () => {
  test('is told by the cluster’s own limits, reached counts', () => {
    for (const [bytes, status] of [
      [8 * MB - 1, 'OK'],
      [8 * MB, 'WARNING'],
      [64 * MB, 'CRITICAL'],
    ] as const) {
      assert.equal(check('replication-lag', {}, pairOf(lagging(bytes))).status, status, String(bytes))
    }
  })

  test('in one line with its figure', () => {
    const { text, performance } = check('replication-lag', {}, pairOf(lagging(13_002_342)))
    assert.equal(text, 'replication lag: db-ro 12.4 MB, limit 8 MB')
    assert.deepEqual(performance, [
      { label: 'db-ro', value: 13_002_342, unit: 'B', warning: '8388608', critical: '67108864', least: '0', most: '' },
    ])
    const seconds = check('replication-lag-seconds', { warning: '2s' }, pairOf(lagging(MB, 3.1)))
    assert.deepEqual([seconds.status, seconds.performance[0]?.value], ['WARNING', 3.1])
    assert.deepEqual([seconds.performance[0]?.unit, seconds.performance[0]?.warning], ['s', '2'])
  })

  test('limits of the command line are ranges: the end is well', () => {
    const lag = pairOf(lagging(MB))
    assert.equal(check('replication-lag', { warning: '1MB' }, lag).status, 'OK')
    assert.equal(check('replication-lag', { warning: '1048575' }, lag).status, 'WARNING')
    assert.equal(check('replication-lag', { critical: '@1MB:2MB' }, lag).status, 'CRITICAL')
  })

  test('of a replica that can’t be read is unknown, not 0', () => {
    const dead = check('replication-lag', {}, pairOf(failing('db-ro', 'auth')))
    assert.equal(dead.status, 'UNKNOWN')
    assert.deepEqual(dead.performance[0]?.value, null)
    assert.match(dead.text, /db-ro unknown: auth/)
  })

  test('behind a source that can’t be read is at least what is seen: too much counts, little is unknown', () => {
    const dead = aPrimary({}, { pulse: aStale(aPrimaryPulse(), NOW - 4000, aFault('refused'), NOW - 2000) })
    const orphan = (bytes: number) => aCluster({ databases: [dead, lagging(bytes)] })
    const little = check('replication-lag', {}, orphan(MB))
    assert.deepEqual([little.status, little.performance[0]?.value], ['UNKNOWN', MB])
    assert.match(little.text, /db-ro 1 MB or more: its upstream can’t be read/)
    assert.equal(check('replication-lag', {}, orphan(100 * MB)).status, 'CRITICAL')
  })

  test('of a primary that is named is well, of a cluster without replicas unknown', () => {
    assert.equal(check('replication-lag', { name: 'db-1' }, pairOf()).status, 'OK')
    const alone = check('replication-lag', {}, aCluster({ databases: [aPrimary({ senders: [] })] }))
    assert.deepEqual([alone.status, alone.text], ['UNKNOWN', 'replication lag: no standby is known'])
  })

  test('a warning limit beyond the critical one is refused', () => {
    assert.throws(
      () => check('replication-lag', { warning: '100MB' }, pairOf()),
      /limit 100 MB .* limit 64 MB, the cluster’s own: give -c/,
    )
    assert.throws(() => check('replication-lag', { warning: '2MB', critical: '1MB' }, pairOf()), UsageError)
  })
})

describe('role', () => {
  test('as expected on the command line', () => {
    assert.equal(check('role', { name: 'db-1', expect: 'primary' }, pairOf()).status, 'OK')
    assert.equal(check('role', { name: 'db-ro', expect: 'replica' }, pairOf()).status, 'OK')
    const wrong = check('role', { name: 'db-ro', expect: 'primary' }, pairOf())
    assert.deepEqual([wrong.status, wrong.text], ['CRITICAL', 'role: db-ro is replica, expected primary'])
    assert.throws(() => check('role', { expect: 'primary' }, pairOf()), /name it; there are db-1, db-ro/)
  })

  test('as the servers imply: two databases that have changed places', () => {
    const swapped = aVault({
      servers: [
        aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-ro', pulse: aServerPulse() }),
        aServer({ id: 'pmp-ro', type: 'read-only', databaseId: 'db-1', pulse: aServerPulse() }),
      ],
    })
    const { status, text } = check('role', {}, swapped)
    assert.equal(status, 'CRITICAL')
    assert.match(text, /db-1 is primary, expected replica; db-ro is replica, expected primary/)
  })

  test('without a primary that is seen', () => {
    assert.equal(check('role', {}, pairOf(failing('db-2', 'refused'))).status, 'UNKNOWN')
    const orphan = aStandby({ standby: { receiver: null } })
    const gone = aCluster({ databases: [failing('db-1', 'refused', 5432), orphan] })
    assert.equal(check('role', {}, gone).status, 'CRITICAL')
    assert.equal(check('role', { name: 'db-1', expect: 'primary' }, gone).status, 'CRITICAL')
    const hidden = aCluster({ databases: [failing('db-1', 'auth', 5432), aStandby()] })
    assert.equal(check('role', { name: 'db-1', expect: 'primary' }, hidden).status, 'UNKNOWN')
  })
})

describe('slots', () => {
  const withSlot = (over: Parameters<typeof aSlot>[0]) => pairOf(aStandby(), { slots: [aSlot(over)] })
  for (const [what, over, status] of [
    ['in use', {}, 'OK'],
    ['inactive', { active: false }, 'WARNING'],
    ['keeps more than the limit', { retainedBytes: 2 * 1024 ** 3 }, 'WARNING'],
    ['about to be lost', { walStatus: 'unreserved' }, 'WARNING'],
    ['lost', { walStatus: 'lost', active: false, retainedBytes: null }, 'CRITICAL'],
  ] as const) {
    test(`one that is ${what}`, () => assert.equal(check('slots', {}, withSlot(over)).status, status))
  }
  test('none is well; a database that can’t be read is not', () => {
    assert.equal(check('slots', {}, pairOf()).text, 'slots: none')
    assert.equal(check('slots', {}, pairOf(failing('db-ro', 'timeout'))).status, 'UNKNOWN')
    assert.equal(check('slots', { name: 'db-1' }, pairOf(failing('db-ro', 'timeout'))).status, 'OK')
  })
  test('the figure alone', () => {
    const { performance } = check('slot-retained', { warning: '1kB' }, withSlot({ active: false, retainedBytes: 5000 }))
    assert.deepEqual(performance[0], {
      label: 'db-1/ro_slot',
      value: 5000,
      unit: 'B',
      warning: '1024',
      critical: String(10 * 1024 ** 3),
      least: '0',
      most: '',
    })
  })
})

describe('sessions', () => {
  const withSessions = (over: object) => pairOf(aStandby(), { sessions: { ...aPrimaryPulse().sessions, ...over } })

  test('percent of what there may be', () => {
    const { status, text, performance } = check('sessions', { name: 'db-1' }, withSessions({ total: 85 }))
    assert.deepEqual(
      [status, text],
      ['WARNING', 'sessions: db-1 85 of 97 connections for users in use (87 %), limit 80 %'],
    )
    assert.deepEqual([performance[0]?.value, performance[0]?.unit, performance[0]?.most], [87.628866, '%', ''])
  })

  test('a database without a connection left is full', () => {
    const full = aCluster({ databases: [failing('db-1', 'too-many-connections', 5432)] })
    assert.equal(check('sessions', {}, full).status, 'CRITICAL')
  })

  test('idle in transaction: none is 0, not allowed to see is unknown', () => {
    const of = (over: object) => check('idle-in-transaction', { name: 'db-1' }, withSessions(over))
    assert.equal(of({}).performance[0]?.value, 0)
    assert.equal(of({ idleInTransaction: 1, longestIdleInTransactionSeconds: 400 }).status, 'WARNING')
    assert.equal(of({ idleInTransaction: null }).status, 'UNKNOWN')
  })

  test('transaction age', () => {
    assert.equal(check('wraparound', {}, pairOf(aStandby(), { oldestTransactionAge: 1_300_000_000 })).status, 'WARNING')
    assert.equal(check('wraparound', { critical: '2000000' }, pairOf()).status, 'OK')
    assert.equal(check('wraparound', { critical: '999999' }, pairOf()).status, 'CRITICAL')
    assert.throws(() => check('wraparound', { critical: '1MB' }, pairOf()), UsageError)
  })
})

describe('who serves', () => {
  const dead = (id: string, type: 'primary' | 'secondary') =>
    aServer({ id, type, databaseId: 'db-1', pulse: { state: 'failed', fault: aFault('refused'), since: NOW } })

  test('the primary, nobody, the read-only server', () => {
    const { status, text } = check('serving', {}, aVault())
    assert.deepEqual([status, text], ['OK', 'users are served by: pmp-a (primary, read-write)'])
    const nobody = aVault({ servers: [dead('pmp-a', 'primary'), dead('pmp-b', 'secondary')] })
    assert.equal(check('serving', {}, nobody).status, 'CRITICAL')
    const readOnly = aVault({
      servers: [
        dead('pmp-a', 'primary'),
        aServer({ id: 'pmp-ro', type: 'read-only', databaseId: 'db-ro', pulse: aServerPulse() }),
      ],
    })
    assert.equal(check('serving', {}, readOnly).status, 'WARNING')
    assert.equal(check('nobody-serves', {}, readOnly).status, 'OK')
    assert.equal(check('read-only-serves', {}, readOnly).status, 'WARNING')
  })

  test('each server, with its latency', () => {
    const well = check('servers', {}, aVault())
    assert.deepEqual([well.status, well.performance.length, well.performance[0]?.value], ['OK', 3, 0.0031])
    const [first, , third] = aVault().servers
    assert.ok(first && third)
    const down = aVault({ servers: [first, dead('pmp-b', 'secondary'), third] })
    assert.equal(check('servers', {}, down).status, 'WARNING')
    assert.equal(check('servers', { name: 'pmp-a' }, down).status, 'OK')
    assert.equal(check('server-inactive', { name: 'pmp-b' }, down).status, 'WARNING')
    assert.equal(check('servers', {}, aVault({ servers: [dead('pmp-a', 'primary')] })).status, 'CRITICAL')
    assert.equal(check('servers', {}, pairOf()).status, 'UNKNOWN')
  })

  test('certificates', () => {
    const expiring = (daysLeft: number, problem: string | null = null) =>
      aVault({
        servers: [
          aServer({
            id: 'pmp-a',
            type: 'primary',
            databaseId: 'db-1',
            pulse: aServerPulse({
              tls: {
                daysLeft,
                problem,
                nameMatches: problem === null,
                trusted: true,
                subject: null,
                issuer: null,
                validToAt: NOW + daysLeft * DAY_MS,
                fingerprint: '',
              },
            }),
          }),
        ],
      })
    const statuses = [31, 30, 7].map((days) => check('certificate', {}, expiring(days)).status)
    assert.deepEqual(statuses, ['OK', 'WARNING', 'CRITICAL'])
    const asked = check('certificate', { warning: '400', critical: '200' }, expiring(211))
    assert.deepEqual([asked.status, asked.performance[0]?.warning], ['WARNING', '400:'])
    assert.equal(check('certificate', {}, expiring(-1, 'it expired yesterday')).status, 'CRITICAL')
    assert.match(check('certificate', {}, expiring(90, 'it is for another name')).text, /another name/)
  })
})

describe('split brain and timelines', () => {
  const twin = aDatabase({
    id: 'db-2',
    port: 5433,
    pulse: aPrimaryPulse({ serverPort: 5433, timeline: 2, startedAt: NOW }),
  })

  test('two that take writes', () => {
    assert.equal(check('split-brain', {}, aCluster({ databases: [aPrimary(), twin] })).status, 'CRITICAL')
    assert.equal(check('split-brain', {}, pairOf()).status, 'OK')
  })

  test('one that is out of sight may take writes, one that refuses does not', () => {
    assert.equal(check('split-brain', {}, pairOf(failing('db-2', 'timeout'))).status, 'UNKNOWN')
    assert.equal(check('split-brain', {}, pairOf(failing('db-2', 'auth'))).status, 'UNKNOWN')
    assert.equal(check('split-brain', {}, pairOf(failing('db-2', 'refused'))).status, 'OK')
  })

  test('one in recovery takes no writes, one that shuts down may: its clients stay in a smart shutdown', () => {
    const saying = (reason: FaultReason | null) => {
      const fault = { ...aFault('starting'), ...(reason === null ? {} : { reason }) }
      const pulse = { state: 'failed', fault, since: NOW - 1000 } as const
      return check('split-brain', {}, pairOf(aDatabase({ id: 'db-2', port: 5433, pulse }))).status
    }
    for (const reason of ['starting-up', 'crash-recovery', 'not-consistent', 'no-hot-standby', 'in-recovery'] as const)
      assert.equal(saying(reason), 'OK', reason)
    for (const reason of ['shutting-down', null] as const) assert.equal(saying(reason), 'UNKNOWN', reason ?? 'unknown')
  })

  test('one timeline, and which', () => {
    assert.equal(check('timeline', {}, pairOf()).status, 'OK')
    assert.equal(check('timeline', { expect: '2' }, pairOf()).status, 'CRITICAL')
    const behind = check('timeline', {}, pairOf(aStandby(), { timeline: 2 }))
    assert.deepEqual([behind.status, behind.text.includes('db-ro is on timeline 1, expected 2')], ['CRITICAL', true])
  })
})

describe('alerts and archiver', () => {
  test('all alerts, counted by severity', () => {
    const { status, performance } = check('alerts', {}, pairOf(lagging(9 * MB)))
    assert.equal(status, 'WARNING')
    assert.deepEqual(
      performance.map(({ label, value }) => [label, value]),
      [
        ['critical', 0],
        ['warning', 1],
      ],
    )
    assert.equal(check('alerts', { name: 'db-1' }, pairOf(lagging(9 * MB))).status, 'OK')
    assert.equal(check('alerts', {}, pairOf(failing('db-ro', 'auth'))).status, 'WARNING')
  })

  test('archiving that fails', () => {
    const archiving = (failing: boolean) =>
      pairOf(aStandby(), {
        archiver: {
          mode: 'on',
          failing,
          lastFailedWal: '0001',
          lastFailedAt: NOW,
          lastArchivedAt: null,
          failedCount: 3,
        },
      })
    assert.equal(check('archiver', {}, archiving(true)).status, 'WARNING')
    const well = check('archiver', {}, archiving(false))
    assert.deepEqual([well.status, well.performance[0]?.unit], ['OK', 'c'])
  })
})

describe('disk', () => {
  const withHosts = (parts: Parameters<typeof aHost>[0]) => aCluster({ databases: [aPrimary()], hosts: [aHost(parts)] })
  const full = aHostFacts({
    fileSystems: [
      aFileSystem('data', 4e9),
      aFileSystem('log', 90e9, { path: '/a' }),
      aFileSystem('log', 9e9, { path: '/b' }),
    ],
  })

  test('percent free, lower is worse; logs are told apart', () => {
    assert.equal(check('disk', {}, withHosts({})).status, 'OK')
    const { status, performance } = check('disk', { warning: '20' }, withHosts({ facts: full }))
    assert.equal(status, 'CRITICAL')
    assert.deepEqual(
      performance.map(({ label, warning, critical }) => [label, warning, critical]),
      [
        ['h1/data', '20:', '5:'],
        ['h1/log /a', '20:', '5:'],
        ['h1/log /b', '20:', '5:'],
      ],
    )
  })

  test('a host that has not answered is unknown, one that is not to be looked at is left out', () => {
    const waiting = withHosts({ facts: PENDING })
    assert.deepEqual(
      [check('disk', {}, waiting).status, check('disk', { name: 'h1' }, waiting).status],
      ['UNKNOWN', 'UNKNOWN'],
    )
    const none = aCluster({
      databases: [aPrimary()],
      hosts: [aHost(), aHost({ id: 'h2', access: { kind: 'none' }, facts: PENDING })],
    })
    assert.equal(check('disk', {}, none).status, 'OK')
  })
})

describe('names', () => {
  test('an unknown one is refused with the known ones; one of another kind with the reason', () => {
    assert.throws(() => check('sessions', { name: 'db-9' }, aVault()), /db-9 is unknown; .* db-1, db-ro, vault$/)
    assert.throws(() => check('sessions', { name: 'pmp-a' }, aVault()), /pmp-a is one of the servers/)
  })

  test('a display name and a cluster are names, too', () => {
    const renamed = aCluster({ databases: [aPrimary({}, { displayName: 'Zürich' }), aStandby()] })
    assert.equal(check('sessions', { name: 'Zürich' }, renamed).performance[0]?.label, 'Zürich')
    assert.equal(check('sessions', { name: 'vault' }, renamed).performance.length, 2)
  })

  test('of two clusters stand with the cluster’s, and must not be ambiguous', () => {
    const clusters = [aVault(), aVault({ name: 'other' })] as const
    const labels = check('sessions', {}, ...clusters).performance.map(({ label }) => label)
    assert.deepEqual(labels, ['vault/db-1', 'vault/db-ro', 'other/db-1', 'other/db-ro'])
    assert.throws(() => check('sessions', { name: 'db-1' }, ...clusters), /vault and other: say which with --cluster/)
    assert.match(check('split-brain', {}, ...clusters).text, /vault: none.*other: none/)
    assert.equal(check('alerts', {}, ...clusters).performance.length, 4)
    const down = aCluster({ name: 'other', databases: [failing('db-1', 'refused')] })
    const { text } = check('database-inactive', {}, aVault(), down)
    assert.match(text, /^databases down: other: db-1 inactive: .*; vault: none$/)
  })
})

describe('as a process', () => {
  const pgdeck = async (context: TestContext, ...args: readonly string[]) => {
    const ended = await startPgdeck(context, args, { cwd: scratch(context).folder }).ended
    assert.equal(ended.err, '')
    return { code: ended.code, ...readPluginLine(ended.out) }
  }

  for (const [what, args, said] of [
    ['no rule', ['check'], /missing required argument/],
    ['an unknown rule', ['check', 'lag'], /'lag' is invalid.*primary-read-only/],
    ['an unknown option', ['check', 'role', '--expct', 'x'], /unknown option '--expct'/],
    ['a bad limit', ['check', 'sessions', '-c', 'many'], /--critical many: allowed is .* percent/],
    ['a limit where there is no figure', ['check', 'serving', '-w', '1'], /no figure/],
    ['a bad expectation', ['check', 'role', '--expect', 'king'], /--expect king: allowed are primary/],
    ['no config', ['check', 'alerts'], /no configuration found/],
    ['a config that is not there', ['check', 'alerts', '--config', 'nope.json'], /nope\.json/],
    ['a bad connection string', ['check', 'alerts', '--dsn', 'postgresql://h:port/'], /connection string 1/],
    ['two names', ['check', 'alerts', 'a', 'b'], /one name: a, b/],
    ['a bad timeout', ['check', 'alerts', '-t', '0'], /Allowed: seconds or a duration/],
  ] as const) {
    test(`${what} is unknown, with the reason on the line`, async (context) => {
      const { code, status, text } = await pgdeck(context, ...args)
      assert.deepEqual([code, status], [3, 'UNKNOWN'])
      assert.match(text, said)
    })
  }

  const configOf = (url: string) => {
    const servers = [{ name: 'app', type: 'primary', url, clientAddress: '127.0.0.1' }]
    return JSON.stringify({ clusters: [{ name: 'vault', timeout: '30s', servers }] })
  }

  test('exits by what it finds, and takes -c for the config before the command', async (context) => {
    const { folder, write } = scratch(context)
    const url = await serveHttp(context, (_request, response) => response.writeHead(500).end())
    const path = write('other.json', configOf(url))
    const ended = await startPgdeck(context, ['-c', path, 'check', 'servers', 'app'], { cwd: folder }).ended
    assert.deepEqual([ended.code, readPluginLine(ended.out).status], [2, 'CRITICAL'])
  })

  test('a server that hangs longer than the timeout is unknown in time', async (context) => {
    const { folder, write } = scratch(context)
    write('pgdeck.json', configOf(await serveHttp(context, () => {})))
    const ended = await startPgdeck(context, ['check', 'servers', '-t', '500ms'], { cwd: folder }).ended
    assert.deepEqual([ended.code, ended.out], [3, 'PGDECK UNKNOWN - no result within 0.5 s\n'])
  })
})

test('a session count that is old news is not counted as now', () => {
  const counted = aServer({
    id: 'pmp-a',
    type: 'primary',
    databaseId: 'db-1',
    pulse: aServerPulse(),
    sessions: freshReading(41, NOW),
  })
  const labels = check('servers', {}, aVault({ servers: [counted] })).performance.map(({ label }) => label)
  assert.deepEqual(labels, ['pmp-a', 'pmp-a sessions'])
})
