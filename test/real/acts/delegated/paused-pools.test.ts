// A switchover that Patroni carries out behind PgBouncer and HAProxy: clients that can wait see no error and lose no commit.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openTempDir } from '../../../../src/io/process/temp-dir.ts'
import { actingOn } from '../../../fakes/acting.ts'
import { startHaproxy, withoutHaproxy } from '../../../fakes/haproxy.ts'
import { withoutPatroni } from '../../../fakes/manager-programs.ts'
import { startPatroni } from '../../../fakes/patroni.ts'
import { openPgBouncer, withoutPgBouncer } from '../../../fakes/pgbouncer.ts'
import { until } from '../../../wait.ts'
import { noteOf, notPassed } from '../promoting.ts'
import { pausedPools, poolSession, writing } from '../waiting-clients.ts'

const skip = withoutPatroni || withoutPgBouncer || withoutHaproxy
const USER = { username: 'admin', password: 'a-long-secret' }

describe('behind PgBouncer and HAProxy', { skip }, () => {
  test('a switchover by Patroni lets the clients wait, and proves that they reach the new primary', async (context) => {
    const nodes = await startPatroni(context, { nodes: 2, authentication: USER })
    const scratch = openTempDir()
    const place = { scratch, password: 'secret' }
    const portOf = (url: string) => Number(new URL(url).port)
    const servers = nodes.map(({ name, dsn, rest }) => ({ name, port: portOf(dsn), checkPort: portOf(rest) }))
    const proxy = await startHaproxy(servers, place)
    const named = `postgres = host=127.0.0.1 port=${proxy.port}`
    const pool = await openPgBouncer({ ...place, port: proxy.port }, 'transaction', '', named)
    context.after(async () => {
      await pool.close()
      await proxy.close()
      await scratch.close()
    })
    const acting = await actingOn({
      databases: nodes.map(({ name, dsn }) => ({ name: `db-${name}`, dsn: `${dsn}?sslmode=disable` })),
      cluster: {
        manager: {
          kind: 'patroni',
          rest: nodes.map(({ rest }) => rest),
          user: USER.username,
          passwordCommand: ['printf', USER.password],
          act: true,
        },
        poolers: [{ name: 'pgb', dsn: pool.dsn('postgres', 'pgbouncer'), database: 'postgres' }],
        addresses: [
          { name: 'vip', dsn: `${proxy.dsn()}?sslmode=disable` },
          { name: 'app', dsn: `${pool.dsn('postgres')}?sslmode=disable` },
        ],
      },
    })
    context.after(() => acting.close())
    const setup = await poolSession(pool)
    await setup.query('create table numbers (n int primary key)')
    await setup.close()
    const writers = [0, 1, 2].map((index) => writing(pool, index, 3))
    await until('clients write', 10_000, () => writers.every(({ confirmed }) => confirmed.length > 20))
    const { picture } = await acting.look()
    const target = picture.databases.find(({ role }) => role !== 'primary')?.id ?? assert.fail('no standby')
    const run = await acting.act('switchover', target)
    assert.equal(
      run.state,
      'done',
      `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}`,
    )
    const before = writers.map(({ confirmed }) => confirmed.length)
    await until('they continue', 10_000, () =>
      writers.every(({ confirmed }, index) => confirmed.length > (before[index] ?? 0) + 20),
    )
    for (const each of writers) await each.stop()
    assert.deepEqual(
      writers.flatMap(({ errors }) => errors),
      [],
    )
    const reader = await poolSession(pool)
    const kept = new Set((await reader.query<{ n: number }>('select n from numbers')).map(({ n }) => n))
    await reader.close()
    assert.deepEqual(
      writers.flatMap(({ confirmed }) => confirmed).filter((n) => !kept.has(n)),
      [],
    )
    assert.deepEqual(await pausedPools(pool), [])
    for (const address of ['vip', 'app'])
      assert.match(noteOf(run, `verify-${address}`), new RegExp(`writes through ${address} reach ${target}`))
  })
})
