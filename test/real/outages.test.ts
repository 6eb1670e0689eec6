// Servers that freeze, die, restart, stop or are locked up under an open session: told as what it is, and got over.

import assert from 'node:assert/strict'
import { connect as dial, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { Fault } from '../../src/model/values/fault.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { startPgdeck } from '../cli/process.ts'
import { scratch } from '../config/scratch.ts'
import { patiently, until } from '../wait.ts'
import { withCluster } from './embedded.ts'
import { assertFault, faultOf, linkTo, NEVER, one, withListener } from './links.ts'

/** After which a server counts as silent: long enough that one which is well answers within it on a slow machine too. */
const SILENCE_MS = 4_000

describe('a server that comes and goes', () => {
  test('frozen, black-holed, killed and restarted: each is told, and the next query after it works', () =>
    withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: SILENCE_MS })
      assert.equal(await one(link), 1)

      await primary.freeze()
      assertFault(await faultOf(one(link)), 'timeout', /did not answer the query within \d+ ms/, /frozen/)
      assertFault(await faultOf(one(link)), 'timeout', /accepted the connection but did not open a session/, /frozen/)
      await primary.thaw()
      await until('it answers again', 5_000, () =>
        one(link).then(
          () => true,
          () => false,
        ),
      )

      await primary.kill()
      assertFault(await faultOf(one(link)), 'refused', new RegExp(`127\\.0\\.0\\.1:${primary.port}`), /PostgreSQL runs/)
      await primary.start()
      assert.equal(await one(link), 1)

      await primary.restart()
      assert.equal(await one(link), 1, 'a lost idle session is replaced within the query')
      await primary.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgdeck'`)
      assert.equal(await one(link), 1)
      await link.close()
    }))

  test('a proxy that swallows everything, and one that resets', () =>
    withCluster({}, async ({ primary }) => {
      let mode: 'pass' | 'swallow' | 'reset' = 'pass'
      const inner = (socket: Socket) => {
        if (mode === 'reset') return void socket.resetAndDestroy()
        const far = dial(primary.port, '127.0.0.1').on('error', () => {})
        socket.on('data', (bytes) => {
          if (mode === 'pass') far.write(bytes)
          if (mode === 'reset') socket.resetAndDestroy()
        })
        far.on('data', (bytes) => mode === 'pass' && socket.write(bytes))
        socket.on('close', () => far.destroy())
      }
      await withListener(inner, async (port) => {
        const link = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${port}/`), { timeoutMs: SILENCE_MS })
        assert.equal(await one(link), 1)
        mode = 'swallow'
        assertFault(await faultOf(one(link)), 'timeout', /did not answer the query/, /cut/)
        mode = 'pass'
        assert.equal(await one(link), 1)
        mode = 'reset'
        assertFault(await faultOf(one(link)), 'unreachable', /reset|closed/, /log/)
        mode = 'pass'
        assert.equal(await one(link), 1)
        await link.close()
      })
    }))

  test('shutting down in smart mode, and a standby that takes no queries', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const [standby] = standbys
      assert.ok(standby)
      await standby.setSetting('hot_standby', 'off')
      await standby.stop()
      const started = standby.start().catch(() => {})
      const link = linkTo(standby.dsn('pgdeck'))
      let fault: Fault | null = null
      await until('it refuses queries', 10_000, async () => {
        fault = await faultOf(one(link))
        return fault.code === 'starting' && /Hot standby mode is disabled/.test(fault.message)
      })
      assert.match((fault as Fault | null)?.hint ?? '', /hot_standby is off/)
      await standby.stop()
      await started
      await link.close()

      const holder = linkTo(primary.dsn())
      await one(holder)
      const stopped = primary.stop('smart')
      const late = linkTo(primary.dsn('pgdeck'))
      await until(
        'it says that it stops',
        5_000,
        async () =>
          (
            await one(late).then(
              () => null,
              (error) => error.fault,
            )
          )?.code === 'starting',
      )
      assertFault(await faultOf(one(late)), 'starting', /shutting down/, /stopped or restarted/)
      await holder.close()
      await late.close()
      await stopped
    }))

  test('a server that takes too long to be read is slow, not down: users are served all the while', (context) =>
    withCluster({}, async ({ primary }) => {
      const folder = scratch(context).folder
      const pgdeck = (...args: readonly string[]) => startPgdeck(context, args, { cwd: folder }).ended
      const holder = await hold(primary, 'begin; lock table pg_subscription in access exclusive mode')
      const { code, out } = await pgdeck('status', '--json', primary.dsn('pgdeck'))
      const [cluster] = JSON.parse(out).clusters
      const [database] = cluster.databases
      assert.deepEqual([code, database.status, database.problem.code], [1, 'unknown', 'slow'])
      assert.deepEqual(
        cluster.alerts.map(({ rule, severity }: { rule: string; severity: string }) => `${rule} ${severity}`),
        ['stale warning'],
      )
      assert.equal((await pgdeck('check', 'serving', primary.dsn('pgdeck'))).code, 3)
      await holder.release()
    }))

  test('a server that leaves one session unanswered and takes others is slow, not down', async () => {
    await withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: SILENCE_MS })
      assert.equal(await one(link), 1)
      const [row] = await primary.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'pgdeck'`,
      )
      const pid = row?.pid ?? assert.fail('no session of pgdeck')
      process.kill(pid, 'SIGSTOP')
      try {
        assertFault(await faultOf(one(link)), 'slow', /accepts new sessions, but did not answer the query/, /slow/)
        assert.equal(await one(link), 1, 'the session that proved it is gone on with')
      } finally {
        process.kill(pid, 'SIGCONT')
        await link.close()
      }
    })
  })

  test('a locked catalog: the server gives up before we do, and says why', () =>
    withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: SILENCE_MS })
      // New sessions look into pg_database themselves, so this one has to be there already.
      await pulseProbe.read({ session: link }, NEVER)
      const holder = await hold(primary, 'begin; lock table pg_database in access exclusive mode')
      assertFault(
        await faultOf(pulseProbe.read({ session: link }, NEVER)),
        'slow',
        /waited for a lock/,
        /pg_blocking_pids/,
      )
      await holder.release()
      assertFault(
        await faultOf(link.query({ name: 'slow', text: 'select pg_sleep(600)' }, NEVER)),
        'slow',
        /statement timeout/,
        /busy/,
      )
      assert.equal(
        (await pulseProbe.read({ session: link }, NEVER)).position.kind,
        'primary',
        'the session is still good',
      )
      await link.close()
    }))

  test('a query waits for its turn, and giving up while waiting costs the other nothing', () =>
    withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(3_000) })
      await one(link)
      const slow = link.query<{ done: boolean }>(
        { name: 'slow', text: 'select true as done from pg_sleep(0.5)' },
        NEVER,
      )
      const abort = new AbortController()
      const waiting = faultOf(link.query({ name: 'one', text: 'select 1 as one' }, abort.signal))
      const patient = one(link)
      abort.abort()
      assertFault(await waiting, 'timeout', /still busy/, /sessions query/)
      assert.deepEqual(await slow, [{ done: true }])
      assert.equal(await patient, 1)
      await link.close()
    }))
})

/** A superuser's session that keeps what its statements took. */
async function hold(node: PostgresNode, text: string): Promise<{ release(): Promise<void> }> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  await client.query(text)
  return { release: () => client.end() }
}
