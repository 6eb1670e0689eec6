// Old and prepared transactions, what holds back the xmin horizon over two nodes, and CONNECTION LIMITs, on real servers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { xminHorizonOf } from '../../../src/model/sessions/xmin-horizon.ts'
import { until } from '../../wait.ts'
import { assertCause, findingOf, outside, seen, type Watched, watching } from '../diagnosing.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { onStage, slowVacuum } from '../situations.ts'

const SETTINGS = {
  hot_standby_feedback: 'on',
  wal_receiver_status_interval: '1s',
  max_prepared_transactions: '2',
  autovacuum: 'off',
}
const ALERTS = {
  transactionAge: { warning: '1ms' },
  preparedTransactionAge: { warning: '1ms', critical: '1ms' },
  xminHorizonAge: { warning: 40 },
}
const BURN = 'do $$ begin for n in 1..50 loop perform txid_current(); commit; end loop; end $$'

/** Polls until `found` is what it should be, and returns it. */
async function polled(watched: Watched, what: string, wanted: RegExp, found: () => string): Promise<void> {
  let last = ''
  await until(what, 20_000, async () => {
    await watched.poll()
    last = found()
    return wanted.test(last)
  }).catch((error: Error) => assert.fail(`${error.message}: ${last}`))
}

function horizon({ store }: Watched): string {
  const picture = store.latest().clusters[0]?.picture
  const view = picture?.databases.find(({ id }) => id === 'p')
  if (!picture || !view) return 'no picture'
  const found = xminHorizonOf(view, picture)
  return found.kind === 'held' ? `${found.holder.nodeId} ${found.holder.text}` : found.kind
}

/** A session as a standby opens it, idle. */
async function walsender({ host, port, password }: PostgresNode, user: string): Promise<Client> {
  const client = new Client({ host, port, user, password, database: 'postgres', ...{ replication: 'true' } })
  await client.connect()
  return client
}

const alertOf = ({ store }: Watched, rule: string) =>
  store.latest().clusters[0]?.picture?.alerts.find((alert) => alert.rule === rule)?.message ?? 'none'

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`PostgreSQL ${major}: what is old, who holds it, and which limits are reached`, () =>
    withCluster({ major, standbys: 1, settings: SETTINGS }, async ({ primary, standbys: [standby], caughtUp }) => {
      assert.ok(standby)
      await primary.createRole('app', 'LOGIN CONNECTION LIMIT 1')
      await primary.query('create table t (i int)')
      await caughtUp()
      const cluster = outside(seen('p', primary), seen('a', standby))
      await onStage(standby, async ({ session }) => {
        const report = await session('report')
        await report.client.query('begin isolation level repeatable read')
        await report.client.query('select count(*) from t')
        await primary.query(BURN)
        const app = new Client({ connectionString: primary.dsn('app'), application_name: 'shop' })
        await app.connect()
        await primary.createRole('repl', 'LOGIN REPLICATION CONNECTION LIMIT 1')
        const replicas = await Promise.all([walsender(primary, 'repl'), walsender(primary, 'repl')])
        await watching({ ...cluster, alerts: ALERTS }, async (watched) => {
          const held = `^a slot .* of .* \\(hot_standby_feedback\\): there process ${report.pid} \\(report\\)`
          await polled(watched, 'the session on the standby', new RegExp(held), () => horizon(watched))
          const limits = alertOf(watched, 'connections-for-users')
          assert.match(
            limits,
            /^p: role app has 1 of the 1 connections of its CONNECTION LIMIT$/,
            'no walsender counts',
          )
          for (const replica of replicas) await replica.end()
          assert.match(alertOf(watched, 'transaction-age'), new RegExp(`^a: .*process ${report.pid} \\(report\\)`))
          assertCause(await watched.diagnose('a'), 'transaction-age', /end the session of process/)
          const diagnosis = await watched.diagnose('p')
          assert.equal(findingOf(diagnosis, 'horizon').result, 'warn')
          assert.match(findingOf(diagnosis, 'connections').evidence, /role app/)

          await app.end()
          await report.client.query('rollback')
          const first = new Client({ connectionString: primary.dsn('postgres') })
          await first.connect()
          await first.query('begin; insert into t values (2)')
          await primary.query("begin; insert into t values (1); prepare transaction 'prepared first'")
          await first.query("prepare transaction 'left <behind>'")
          await first.end()
          await primary.query(BURN)
          const prepared = /^p prepared transaction "left <behind>" of postgres in postgres$/
          await polled(watched, 'the prepared transaction', prepared, () => horizon(watched))
          assertCause(
            await watched.diagnose('p'),
            'prepared-transactions',
            /"prepared first".*ROLLBACK PREPARED in database postgres/,
          )
          await primary.query("rollback prepared 'prepared first'")
          await primary.query("rollback prepared 'left <behind>'")
          // The slot of the standby goes on to hold what is new.
          await polled(watched, 'that it is gone', /^none$/, () => alertOf(watched, 'xmin-horizon'))
          assert.equal(findingOf(await watched.diagnose('p'), 'prepared').result, 'ok')
        })
      })
    }))
}

test('a vacuum that takes long is no old transaction', () =>
  withCluster({ settings: { autovacuum: 'off' } }, ({ primary }) =>
    onStage(primary, async (stage) => {
      await slowVacuum(stage)
      await watching({ ...outside(seen('p', primary)), alerts: ALERTS }, async (watched) => {
        await watched.poll()
        assert.deepEqual([alertOf(watched, 'transaction-age'), horizon(watched)], ['none', 'none'])
        assert.equal(findingOf(await watched.diagnose('p'), 'transactions').evidence, 'no session has a transaction')
      })
    }),
  ))
