// The session that an action keeps with a console until the clients of a paused pool continue.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resumePool } from '../../../src/actions/entry-points/pools.ts'
import type { ClusterConfig } from '../../../src/config/config.ts'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { HostConnections } from '../../../src/runtime/hosts/host-connections.ts'
import { entryPointSessions } from '../../../src/runtime/runs/tools/entry-point-sessions.ts'
import { openPgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently, until } from '../../wait.ts'
import { sharedCluster } from '../embedded.ts'

const server = sharedCluster({})

async function withSessions(
  body: (site: {
    readonly sessions: ReturnType<typeof entryPointSessions>
    readonly stop: () => void
    /** From then on no login succeeds. */
    readonly refuseLogins: () => void
    readonly paused: () => Promise<readonly string[]>
  }) => Promise<void>,
) {
  const pool = await openPgBouncer(
    server().primary,
    'transaction',
    '',
    `orders = host=127.0.0.1 port=1\n* = host=127.0.0.1 port=1`,
  )
  const abort = new AbortController()
  let passwordCommand = ['printf', 'secret']
  let dsn = pool.dsn('postgres', 'pgbouncer')
  const config = () =>
    ({
      poolers: [{ spec: { id: 'pgb', host: '127.0.0.1' }, connection: parseDsn(dsn, {}), passwordCommand, via: null }],
    }) as unknown as ClusterConfig
  const hostConnections = { tunnelVia: () => undefined } as unknown as HostConnections
  const sessions = entryPointSessions({ purpose: 'act', config, hostConnections, signal: abort.signal })
  try {
    await body({
      sessions,
      stop: () => abort.abort(),
      refuseLogins() {
        passwordCommand = ['false']
        dsn = pool.dsn('nobody', 'pgbouncer')
      },
      async paused() {
        const rows = await sessions.command<{ name: string; paused: number }>('pgb', 'SHOW DATABASES', {
          outlives: true,
        })
        return rows.filter(({ paused }) => paused === 1).map(({ name }) => name)
      },
    })
  } finally {
    await sessions.close()
    await pool.close()
  }
}

describe('the session with a console that is kept for a paused pool', { skip: withoutPgBouncer }, () => {
  test('needs no login any more, and works after the run was stopped', () =>
    withSessions(async ({ sessions, stop, refuseLogins, paused }) => {
      await sessions.command('pgb', 'PAUSE "orders"')
      refuseLogins()
      stop()
      assert.deepEqual(await paused(), ['orders'])
      await sessions.command('pgb', 'RESUME "orders"', { outlives: true })
      assert.deepEqual(await paused(), [])
    }))

  test('is there before anything is paused', () =>
    withSessions(async ({ sessions, refuseLogins }) => {
      refuseLogins()
      await assert.rejects(sessions.command('pgb', 'PAUSE "orders"'))
    }))

  test('resumes a pool that the pooler has removed meanwhile: it would come back paused', () =>
    withSessions(async ({ sessions }) => {
      const names = async () =>
        (await sessions.command<{ name: string }>('pgb', 'SHOW DATABASES')).map(({ name }) => name)
      await sessions.command('pgb', 'PAUSE "for all"')
      await until('it is removed', patiently(5_000), async () => !(await names()).includes('for all'))
      const place = { pooler: 'pgb', pool: 'for all' }
      const tools = { entryPoints: sessions, writeOutput: () => {} }
      assert.equal(await resumePool(place, tools), 'for all at pgb was resumed')
      assert.equal(await resumePool(place, tools), 'for all at pgb is not paused')
      assert.equal(await resumePool({ ...place, pool: 'orders' }, tools), 'orders at pgb is not paused')
      assert.equal(await resumePool({ ...place, pool: 'none' }, tools), 'pgb has no database none')
    }))

  test('has less patience once the run is to end at once', () =>
    withSessions(async ({ sessions, stop }) => {
      const now = performance.now()
      assert.ok(sessions.patienceMs(now) > 20_000)
      stop()
      assert.ok(sessions.patienceMs(now) <= 10_000)
      assert.equal(sessions.patienceMs(now - 60_000), 0)
    }))
})
