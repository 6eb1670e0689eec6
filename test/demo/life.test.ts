// The life of a demo: applications that are seen by their names, a pile-up of locks that ends, and work that goes on elsewhere.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { openDemoSession } from '../../src/io/postgres/demo-session.ts'
import type { ModelId } from '../../src/model/measured/spec.ts'
import { until } from '../wait.ts'

const LIMIT_MS = 30_000

async function withLivelyDemo(model: ModelId, body: (demo: Demo) => Promise<void>): Promise<void> {
  const demo = await startDemo({ model, size: 1, lively: true }, () => {})
  try {
    await body(demo)
  } finally {
    await demo.stop()
  }
}

async function make(demo: Demo, id: string): Promise<void> {
  const fault = demo.faults.find((each) => each.id === id)
  assert.ok(fault, `there is a fault ${id}`)
  await fault.make()
}

/** One figure, as the superuser over the socket. */
async function figure(demo: Demo, id: string, sql: string): Promise<number> {
  const port = demo.config.clusters[0]?.databases.find(({ spec }) => spec.id === id)?.spec.port ?? 0
  const place = { host: demo.folder, port, user: 'postgres', database: 'postgres' }
  const session = await openDemoSession({ ...place, applicationName: 'test', limitMs: LIMIT_MS })
  try {
    return Number((await session.query<{ n: unknown }>(sql))[0]?.n)
  } finally {
    await session.close()
  }
}

const sessionsOf = (...names: readonly string[]) =>
  `select count(distinct application_name) as n from pg_stat_activity where application_name in ('${names.join("', '")}')`
const WAITING = `select count(*) as n from pg_stat_activity waiting
  join pg_stat_activity holder on holder.application_name = 'legacy-cron' and holder.state = 'idle in transaction'
  where waiting.wait_event_type = 'Lock'`
const ORDERS = 'select count(*) as n from orders'

test('applications work under their names; a lock that is held makes them wait, and healing lets them go on', () =>
  withLivelyDemo('databases', async (demo) => {
    const all = ['web-shop', 'mobile-api', 'billing', 'monthly-report', 'nightly-import']
    await until('all are seen', LIMIT_MS, async () => (await figure(demo, 'db-1', sessionsOf(...all))) === all.length)
    await until(
      'one reads the standby',
      LIMIT_MS,
      async () => (await figure(demo, 'db-ro', sessionsOf('dashboard'))) > 0,
    )
    await make(demo, 'hold-lock')
    await until('several wait behind it', LIMIT_MS, async () => (await figure(demo, 'db-1', WAITING)) >= 3)
    await make(demo, 'heal')
    const locked = "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock'"
    await until('nobody waits', LIMIT_MS, async () => (await figure(demo, 'db-1', locked)) === 0)
  }))

test('where another database takes writes after a promotion, the applications go there', () =>
  withLivelyDemo('databases', async (demo) => {
    await make(demo, 'split-brain')
    await make(demo, 'kill-primary')
    const before = await figure(demo, 'db-ro', ORDERS)
    await until('orders arrive', LIMIT_MS, async () => (await figure(demo, 'db-ro', ORDERS)) > before)
    await make(demo, 'heal')
    const healed = await figure(demo, 'db-1', ORDERS)
    await until('and at home again', LIMIT_MS, async () => (await figure(demo, 'db-1', ORDERS)) > healed)
  }))

test('databases that mirror each other exchange what the applications write', () =>
  withLivelyDemo('mirrored', async (demo) => {
    const before = await figure(demo, 'db-2', ORDERS)
    await until('orders arrive', LIMIT_MS, async () => (await figure(demo, 'db-2', ORDERS)) > before)
  }))

test('without it nothing of it is there', async () => {
  const demo = await startDemo({ model: 'databases', size: 1 }, () => {})
  try {
    assert.equal(await figure(demo, 'db-1', "select count(*) as n from pg_class where relname = 'orders'"), 0)
    assert.deepEqual(
      demo.faults.filter(({ id }) => id === 'hold-lock'),
      [],
    )
  } finally {
    await demo.stop()
  }
})
