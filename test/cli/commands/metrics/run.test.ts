import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import parse from 'parse-prometheus-text-format'
import { exposition, METRIC_FAMILIES, METRICS_CONTENT_TYPE } from '../../../../src/cli/commands/metrics/exposition.ts'
import { notReadyReason } from '../../../../src/cli/commands/metrics/run.ts'
import type { ClusterSnapshot } from '../../../../src/model/measured/snapshot.ts'
import { freshReading } from '../../../../src/model/values/reading.ts'
import { initialState } from '../../../../src/state/initial-state.ts'
import { type PatroniCase, patroniDatabases } from '../../../builders/patroni-cluster.ts'
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
import { type OpenFamily, readOpenMetrics } from '../../../fakes/openmetrics.ts'
import { serveHttp, serveTcp } from '../../../fakes/web.ts'
import { recordedPatroni } from '../../../recorded/patroni.ts'
import { until } from '../../../wait.ts'
import { type Running, startPgdeck } from '../../process.ts'

type Read = ReadonlyMap<string, OpenFamily>

async function metricsOf(...snapshots: readonly ClusterSnapshot[]): Promise<Read> {
  return readOpenMetrics(await exposition(stateOf(...snapshots), '1.2.3'))
}

/** The value of the one sample with these labels; null when there is none. */
function value(read: Read, name: string, labels: Readonly<Record<string, string>> = {}): number | null {
  const family = read.get(name)
  assert.ok(family, `there is no ${name}`)
  const found = family.samples.filter((sample) =>
    Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted),
  )
  assert.ok(found.length <= 1, `${found.length} samples of ${name}`)
  return found[0]?.value ?? null
}

const lag = 13_002_342
const tls = {
  daysLeft: 2,
  nameMatches: true,
  trusted: true,
  problem: null,
  subject: null,
  issuer: null,
  validToAt: NOW + 172_800_000,
  fingerprint: '',
}
const replayedLsn = PRIMARY_LSN - BigInt(lag)
const vault = aVault({
  databases: [
    aPrimary({
      senders: [aSender({ applicationName: 'db-ro', slot: 'ro_slot', replayedLsn })],
      slots: [aSlot({ retainedBytes: lag })],
    }),
    aStandby({ standby: { replayedLsn, applyLagSeconds: 3.1 } }),
  ],
  servers: [
    aServer({
      id: 'pmp-a',
      type: 'primary',
      databaseId: 'db-1',
      pulse: aServerPulse({ tls }),
      sessions: freshReading(41, NOW),
    }),
  ],
})

describe('the metrics of a cluster', async () => {
  const read = await metricsOf(vault)
  const link = { cluster: 'vault', upstream: 'db-1', downstream: 'db-ro' }
  const CASES: readonly (readonly [string, Readonly<Record<string, string>>, number | null])[] = [
    ['pgdeck_build_info', { version: '1.2.3', nodejs: process.versions.node }, 1],
    ['pgdeck_up', { cluster: 'vault', node: 'db-1' }, 1],
    ['pgdeck_database_role', { node: 'db-1', role: 'primary' }, 1],
    ['pgdeck_database_role', { node: 'db-ro', role: 'replica' }, 1],
    ['pgdeck_replication_lag_bytes', { ...link, stage: 'replayed' }, lag],
    ['pgdeck_replication_lag_bytes', { ...link, stage: 'flushed' }, 0],
    ['pgdeck_replication_lag_seconds', link, 3.1],
    ['pgdeck_transactions_committed', { node: 'db-1' }, 1_204_000],
    ['pgdeck_transactions_rolled_back', { node: 'db-1' }, 310],
    ['pgdeck_longest_statement_seconds', { node: 'db-1' }, 0],
    ['pgdeck_sessions', { node: 'db-1' }, 5],
    ['pgdeck_sessions_max', { node: 'db-1' }, 100],
    ['pgdeck_slot_retained_bytes', { node: 'db-1', slot: 'ro_slot' }, lag],
    ['pgdeck_slot_safe_bytes', { node: 'db-1' }, null],
    ['pgdeck_slot_active', { node: 'db-1' }, 1],
    ['pgdeck_server_up', { server: 'pmp-a' }, 1],
    ['pgdeck_server_latency_seconds', { server: 'pmp-a' }, 0.0031],
    ['pgdeck_server_sessions', { server: 'pmp-a' }, 41],
    ['pgdeck_certificate_expiry_seconds', { server: 'pmp-a' }, 172_800],
    ['pgdeck_serving', { server: 'pmp-a', access: 'read-write' }, 1],
    ['pgdeck_failover_loss_bytes', { if_fails: 'db-1', candidate: 'db-ro' }, 0],
    ['pgdeck_failover_loss_seconds', { if_fails: 'db-1' }, 0],
    ['pgdeck_failover_loss_basis_age_seconds', { if_fails: 'db-1' }, 0],
    ['pgdeck_failover_writable_seconds', {}, null],
    ['pgdeck_alert', { rule: 'replication-lag', severity: 'warning', subject: 'db-ro' }, 1],
    ['pgdeck_health', { state: 'critical' }, 1],
    ['pgdeck_health', { state: 'ok' }, 0],
    ['pgdeck_timeline', { node: 'db-1' }, 1],
    ['pgdeck_wal_position_bytes', { node: 'db-1' }, Number(PRIMARY_LSN)],
    ['pgdeck_replay_paused', { node: 'db-1' }, null],
    ['pgdeck_replay_paused', { node: 'db-ro' }, 0],
    ['pgdeck_last_reading_timestamp_seconds', { node: 'db-1' }, NOW / 1000],
  ]
  for (const [name, labels, wanted] of CASES) {
    test(`${name} ${JSON.stringify(labels)}`, () => assert.equal(value(read, name, labels), wanted))
  }

  test('all have the label of the cluster, and only the labels that are documented', () => {
    for (const { name, labels } of METRIC_FAMILIES) {
      for (const sample of read.get(name)?.samples ?? []) {
        assert.deepEqual(Object.keys(sample.labels).sort(), ['cluster', ...labels].sort(), name)
      }
    }
  })

  test('a library of others reads the same', async () => {
    const all = parse(await exposition(stateOf(vault), '1.2.3'))
    // It takes the sample of a counter for a family of its own.
    const families = all.filter(({ name }) => !all.some((other) => other.name === `${name}_total`))
    const nameOf = (name: string) => name.replace(/_total$/, '')
    assert.deepEqual(
      families.map(({ name }) => nameOf(name)),
      [...read.keys()],
    )
    for (const family of families) {
      const samples = family.metrics.map((metric) => ({ labels: metric.labels ?? {}, value: Number(metric.value) }))
      assert.deepEqual(samples, read.get(nameOf(family.name))?.samples, family.name)
    }
  })
})

describe('of a manager', () => {
  const underPatroni = (given: PatroniCase) => metricsOf(aCluster({ databases: patroniDatabases(given) }))

  test('that runs, has a plan and reaches its store', async () => {
    const change: PatroniCase['change'] = (report) => ({
      ...report,
      scheduledSwitchover: { at: NOW + 300_000, from: 'n2', to: 'n1' },
    })
    const read = await underPatroni({ change })
    assert.equal(value(read, 'pgdeck_manager', { kind: 'patroni', standing: 'live' }), 1)
    assert.equal(value(read, 'pgdeck_manager_paused', {}), 0)
    assert.equal(value(read, 'pgdeck_manager_agent_up', { node: 'n3' }), 1)
    assert.equal(value(read, 'pgdeck_dcs_lost', {}), 0)
    assert.equal(value(read, 'pgdeck_dcs_reached_timestamp_seconds', {}), (NOW - 2_000) / 1000)
    assert.equal(value(read, 'pgdeck_manager_failsafe', {}), 0)
    assert.equal(value(read, 'pgdeck_manager_switchover_timestamp_seconds', {}), (NOW + 300_000) / 1000)
  })

  test('that is paused, or has lost its store', async () => {
    const paused = await underPatroni({ state: recordedPatroni.paused })
    assert.equal(value(paused, 'pgdeck_manager_paused', {}), 1)
    assert.equal(value(paused, 'pgdeck_manager_switchover_timestamp_seconds', {}), null)
    const lost = await underPatroni({ state: recordedPatroni.dcsLost, primary: null, seenAgoMs: 39_000 })
    assert.equal(value(lost, 'pgdeck_dcs_lost', {}), 1)
    const failsafe = await underPatroni({ state: recordedPatroni.failsafe, primary: 'n1', seenAgoMs: 9_000 })
    assert.equal(value(failsafe, 'pgdeck_manager_failsafe', {}), 1)
  })
})

describe('what is not known is left out', () => {
  test('before anything was read', async () => {
    const read = await metricsOf(
      aCluster({
        databases: [aDatabase({ id: 'db-1' })],
        servers: [aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1' })],
      }),
    )
    const told = [...read.values()].filter(({ samples }) => samples.length > 0).map(({ name }) => name)
    assert.deepEqual(told, ['pgdeck_build_info', 'pgdeck_health', 'pgdeck_failover_blockers'])
    assert.equal(value(read, 'pgdeck_health', { state: 'unknown' }), 1)
  })

  test('of a database that can’t be read any more: its figures and its role go, the time of the last reading stays', async () => {
    const fault = aFault('timeout')
    const pulse = aStale(aPrimaryPulse({ slots: [aSlot()] }), NOW - 4000, fault)
    const read = await metricsOf(aCluster({ databases: [aDatabase({ id: 'db-1', pulse }), aStandby()] }))
    assert.equal(value(read, 'pgdeck_up', { node: 'db-1' }), 0)
    assert.equal(value(read, 'pgdeck_sessions', { node: 'db-1' }), null)
    assert.equal(value(read, 'pgdeck_slot_retained_bytes', { node: 'db-1' }), null)
    assert.equal(value(read, 'pgdeck_timeline', { node: 'db-1' }), null)
    assert.equal(value(read, 'pgdeck_database_role', { node: 'db-1' }), null)
    assert.equal(value(read, 'pgdeck_database_role', { node: 'db-ro' }), 1)
    assert.equal(value(read, 'pgdeck_database_status', { node: 'db-1', status: 'active' }), null)
    assert.equal(value(read, 'pgdeck_last_reading_timestamp_seconds', { node: 'db-1' }), (NOW - 4000) / 1000)
    assert.equal(value(read, 'pgdeck_sessions', { node: 'db-ro' }), 5)
  })
})

test('clusters stand side by side, and hostile names stay labels', async () => {
  const slot = aSlot({ name: 'a"\\b\nc} 9\u202e', retainedBytes: 1 })
  const read = await metricsOf(aVault(), aCluster({ name: 'o"t\\her', databases: [aPrimary({ slots: [slot] })] }))
  assert.equal(value(read, 'pgdeck_up', { cluster: 'vault', node: 'db-ro' }), 1)
  assert.equal(value(read, 'pgdeck_slot_retained_bytes', { cluster: 'o"t\\her', slot: 'a"\\b c} 9' }), 1)
})

test('there is nothing to read before each target was asked once', () => {
  const { spec } = vault
  assert.match(notReadyReason(initialState({ clusters: [spec], now: NOW })) ?? '', /first poll .*vault/)
  assert.equal(notReadyReason(stateOf(vault)), null)
})

function configOf(url: string, timeout = '15s'): string {
  const servers = [{ name: 'app', type: 'primary', url, clientAddress: '127.0.0.1' }]
  return JSON.stringify({ clusters: [{ name: 'vault', interval: '100ms', timeout, servers }] })
}

/** pgdeck with `metrics --listen`, and where it listens. */
async function listening(context: TestContext, config: string): Promise<{ running: Running; url: string }> {
  const { folder, write } = scratch(context)
  write('pgdeck.json', config)
  const running = startPgdeck(context, ['metrics', '--listen', '0'], { cwd: folder })
  let told = ''
  running.child.stderr?.on('data', (text: string) => {
    told += text
  })
  await until('it says where it listens', 20_000, () => /metrics at \S+/.test(told))
  return { running, url: /metrics at (\S+)\/metrics/.exec(told)?.[1] ?? '' }
}

const scraped = async (url: string) => readOpenMetrics(await (await fetch(`${url}/metrics`)).text())

describe('as a process', () => {
  test('prints once; exits 69 when nothing could be reached', async (context) => {
    const { folder, write } = scratch(context)
    write('pgdeck.json', configOf(await serveHttp(context, (_request, response) => response.end('fine'))))
    const well = await startPgdeck(context, ['metrics'], { cwd: folder }).ended
    assert.equal(well.code, 0)
    assert.equal(value(readOpenMetrics(well.out), 'pgdeck_server_up'), 1)
    const none = await startPgdeck(context, ['metrics', 'postgresql://u:x@127.0.0.1:1/x'], { cwd: folder }).ended
    assert.equal(none.code, 69)
    assert.equal(value(readOpenMetrics(none.out), 'pgdeck_up'), 0)
  })

  for (const [signal, wanted] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`--listen follows what changes until ${signal}, then exits ${wanted}`, async (context) => {
      let status = 200
      const served = await serveHttp(context, (_request, response) => response.writeHead(status).end())
      const { running, url } = await listening(context, configOf(served))
      await until('the first poll has ended', 20_000, async () => (await fetch(`${url}/healthz`)).ok)
      const answer = await fetch(`${url}/metrics`)
      assert.equal(answer.headers.get('content-type'), METRICS_CONTENT_TYPE)
      assert.equal(value(readOpenMetrics(await answer.text()), 'pgdeck_server_up'), 1)
      status = 500
      await until('it is seen to be degraded', 20_000, async () => value(await scraped(url), 'pgdeck_server_up') === 0)
      running.child.kill(signal)
      const { code, out } = await running.ended
      assert.deepEqual([code, out], [wanted, ''])
      await assert.rejects(fetch(`${url}/metrics`))
    })
  }

  test('a target that hangs holds up neither a scrape nor the end', async (context) => {
    const port = await serveTcp(context, () => {})
    const { running, url } = await listening(context, configOf(`http://127.0.0.1:${port}/`, '60s'))
    assert.equal((await fetch(`${url}/healthz`)).status, 503)
    assert.equal(value(await scraped(url), 'pgdeck_server_up'), null)
    running.child.kill('SIGTERM')
    assert.equal((await running.ended).code, 143)
  })

  test('an address that is taken exits 64 and says so', async (context) => {
    const taken = createServer().listen(0, '127.0.0.1')
    context.after(() => taken.close())
    await once(taken, 'listening')
    const address = taken.address()
    assert.ok(address !== null && typeof address === 'object')
    const { folder, write } = scratch(context)
    write('pgdeck.json', configOf('http://127.0.0.1:1/'))
    const args = ['metrics', '--listen', String(address.port)]
    const { code, err } = await startPgdeck(context, args, { cwd: folder }).ended
    assert.match(err, new RegExp(`--listen 127\\.0\\.0\\.1:${address.port}: another program listens there\n$`))
    assert.equal(code, 64)
  })

  test('a wrong address exits 64', async (context) => {
    const { code, err } = await startPgdeck(context, ['metrics', '--listen', 'here'], { cwd: scratch(context).folder })
      .ended
    assert.match(err, /Allowed: a port/)
    assert.equal(code, 64)
  })
})
