// `pgdeck check` and `pgdeck metrics` against real servers: each trouble is made, found, and gone again.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { CheckName } from '../../src/cli/commands/check/names.ts'
import { type CheckOptions, checkCommand } from '../../src/cli/commands/check/run.ts'
import { metricsCommand } from '../../src/cli/commands/metrics/run.ts'
import { withDiscoveredDatabases } from '../../src/cli/watching/polled-config.ts'
import type { Config } from '../../src/config/config.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { openDemoSession } from '../../src/io/postgres/demo-session.ts'
import { scratch } from '../config/scratch.ts'
import { readOpenMetrics } from '../fakes/openmetrics.ts'
import { type PluginLine, readPluginLine } from '../fakes/plugin-line.ts'
import { patiently, until } from '../wait.ts'
import { MAJORS, type TestCluster, withCluster } from './embedded.ts'

type Given = Partial<Pick<CheckOptions, 'name' | 'warning' | 'critical' | 'expect'>>
type Check = (rule: CheckName, given?: Given) => Promise<PluginLine>

function collected() {
  let text = ''
  const write = async (more: string) => {
    text += more
  }
  return { output: { write, isTerminal: false }, text: () => text }
}

/** Names are those of the config, `127.0.0.1:PORT`, and the exit code is that of the printed status. */
function checking(config: Config): Check {
  return async (rule, given = {}) => {
    const { output, text } = collected()
    const code = await checkCommand({
      rule,
      name: null,
      timeoutMs: patiently(20_000),
      config: async () => config,
      output,
      ...given,
    })
    const line = readPluginLine(text())
    assert.equal(['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][code], line.status)
    return line
  }
}

/** A cluster whose state is kept in a folder of the test. */
function configured(context: TestContext, { nodes }: Pick<TestCluster, 'nodes'>): Config {
  process.env.PGDECK_STATE_DIR = scratch(context).folder
  const config = configFromDsns(
    nodes.map((node) => node.dsn('pgdeck')),
    {},
  )
  // A slow machine is to make nobody silent.
  const clusters = config.clusters.map((cluster) => ({ ...cluster, spec: { ...cluster.spec, timeoutMs: 5_000 } }))
  return { ...config, clusters }
}

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  describe(`PostgreSQL ${major}`, () => {
    test('a cluster that is well, then lag, an idle transaction, an unused slot, an archive that fails', (context) =>
      withCluster(
        { major, standbys: 1, settings: { archive_mode: 'on', archive_command: '/bin/true' } },
        async (cluster) => {
          const { primary, standbys, caughtUp } = cluster
          const [standby] = standbys
          assert.ok(standby)
          await caughtUp()
          const check = checking(configured(context, cluster))
          const [first, second] = [primary, standby].map(({ port }) => `127.0.0.1:${port}`)
          // Between a record that arrives and its replay the seconds are not known where no commit was replayed before.
          await until('the lag in seconds is known', 10_000, async () => {
            return (await check('replication-lag-seconds')).status === 'OK'
          })
          for (const rule of ['replication-lag', 'role', 'slots', 'sessions', 'split-brain'] as const) {
            const { status, text } = await check(rule)
            assert.equal(status, 'OK', `${rule}: ${text}`)
          }
          for (const rule of [
            'serving',
            'wraparound',
            'idle-in-transaction',
            'alerts',
            'timeline',
            'archiver',
          ] as const) {
            const { status, text } = await check(rule)
            assert.equal(status, 'OK', `${rule}: ${text}`)
          }
          assert.equal((await check('role', { name: first ?? '', expect: 'primary' })).status, 'OK')
          assert.equal((await check('role', { name: second ?? '', expect: 'primary' })).status, 'CRITICAL')

          await standby.query('select pg_wal_replay_pause()')
          await until('replay has stopped', 10_000, async () => {
            const [row] = await standby.query<{ state: string }>('select pg_get_wal_replay_pause_state() as state')
            return row?.state === 'paused'
          })
          await primary.query('create table filler as select generate_series(1, 20000) as number')
          const lag = await check('replication-lag', { warning: '100kB', critical: '1GB' })
          assert.equal(lag.status, 'WARNING', lag.text)
          assert.ok((lag.performance[0]?.value ?? 0) > 100 * 1024)
          assert.equal((await check('replay-paused')).status, 'WARNING')
          await standby.query('select pg_wal_replay_resume()')
          await caughtUp()
          assert.equal((await check('replication-lag', { warning: '100kB', critical: '1GB' })).status, 'OK')

          const { socketDirectory: host, port } = primary
          const idle = await openDemoSession({
            host,
            port,
            user: 'postgres',
            database: 'postgres',
            applicationName: 'x',
            limitMs: patiently(9_000),
          })
          await idle.query('begin')
          await until('the transaction is idle for a while', 9_000, async () => {
            const { status } = await check('idle-in-transaction', { name: first ?? '', warning: '0.2' })
            return status === 'WARNING'
          })
          await idle.close()

          await primary.query(`select pg_create_physical_replication_slot('unused', true)`)
          const slots = await check('slots', { name: first ?? '' })
          assert.equal(slots.status, 'WARNING')
          assert.match(slots.text, /unused/)
          assert.equal((await check('slot-inactive')).status, 'WARNING')
          await primary.query(`select pg_drop_replication_slot('unused')`)
          assert.equal((await check('slots')).status, 'OK')

          await primary.setSetting('archive_command', '/bin/false')
          await primary.query('select pg_switch_wal()')
          await until('archiving fails', 20_000, async () => (await check('archiver')).status === 'WARNING')
        },
      ))

    test('a dead replica, a second primary, a dead primary', (context) =>
      withCluster({ major, standbys: 1 }, async (cluster) => {
        const { primary, standbys, caughtUp } = cluster
        const [standby] = standbys
        assert.ok(standby)
        await caughtUp()
        const check = checking(configured(context, cluster))
        const second = `127.0.0.1:${standby.port}`

        await standby.freeze()
        assert.equal((await check('sessions', { name: second })).status, 'UNKNOWN')
        assert.equal((await check('split-brain')).status, 'UNKNOWN')
        await standby.thaw()
        await standby.kill()
        assert.equal((await check('database-inactive')).status, 'WARNING')
        assert.equal((await check('replication-lag')).status, 'UNKNOWN')
        assert.equal((await check('split-brain')).status, 'OK')
        await standby.start()

        await standby.promote()
        assert.equal((await check('split-brain')).status, 'CRITICAL')
        assert.equal((await check('timeline')).status, 'CRITICAL')
        assert.equal((await check('timeline', { name: second, expect: '2' })).status, 'OK')
        assert.equal((await check('role', { name: second, expect: 'replica' })).status, 'CRITICAL')

        await primary.kill()
        await standby.kill()
        assert.equal((await check('serving')).status, 'CRITICAL')
        assert.equal((await check('sessions')).status, 'UNKNOWN')
      }))
  })
}

test('metrics of a cluster that a connection string leads to, in agreement with the server', (context) =>
  withCluster({ standbys: 1 }, async (cluster) => {
    await cluster.caughtUp()
    const config = await withDiscoveredDatabases(configured(context, { nodes: [cluster.primary] }), () => {})
    const { output, text } = collected()
    const notify = () => {}
    const code = await metricsCommand({ config, discovers: true, listen: null, output, notify })
    assert.equal(code, 0)
    const read = readOpenMetrics(text())
    const samples = (name: string) => read.get(name)?.samples ?? []
    assert.equal(samples('pgdeck_up').length, 2)
    assert.deepEqual(
      samples('pgdeck_database_role')
        .map(({ labels }) => labels.role)
        .sort(),
      ['primary', 'replica'],
    )
    assert.equal(samples('pgdeck_replication_lag_bytes').length, 4)
    const [max] = await cluster.primary.query<{ max: number }>(`select current_setting('max_connections')::int as max`)
    assert.deepEqual(
      samples('pgdeck_sessions_max').map(({ value }) => value),
      [max?.max, max?.max],
    )
    const [slot] = await cluster.primary.query<{ name: string }>('select slot_name as name from pg_replication_slots')
    assert.equal(samples('pgdeck_slot_active').find(({ labels }) => labels.slot === slot?.name)?.value, 1)
  }))
