// Switchovers behind PgBouncer: clients that can wait see no error and lose no commit, and no pool stays paused.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { listRunIds } from '../../../src/io/runs/journal.ts'
import { ActionError } from '../../../src/model/runs/action-error.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { startPgdeck } from '../../cli/process.ts'
import { type Acting, type ActingOptions, actingOn } from '../../fakes/acting.ts'
import { type Haproxy, openHaproxy, withoutHaproxy } from '../../fakes/haproxy.ts'
import type { KilledTask } from '../../fakes/killed-acting.ts'
import { openPgBouncer, type PgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { hostOf, isPrimary, noteOf, notPassed, numbersOn, prepareNumbers } from './promoting.ts'
import { pausedPools, poolSession, writing } from './waiting-clients.ts'

interface Site {
  readonly cluster: TestCluster
  readonly pool: PgBouncer
  /** What a config has of them. */
  readonly options: Pick<ActingOptions, 'databases' | 'hosts' | 'cluster'>
  paused(): Promise<readonly string[]>
}

/** Databases behind a PgBouncer, which reaches them by an HAProxy, or names the primary itself. */
async function withSite(
  way: 'proxy' | 'itself',
  body: (site: Site) => Promise<void>,
  more: { readonly pooler?: object; readonly stop?: (primary: PostgresNode) => readonly string[] } = {},
): Promise<void> {
  await withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, nodes } = cluster
    await prepareNumbers(primary)
    await cluster.caughtUp()
    const proxy: Haproxy | null = way === 'proxy' ? await openHaproxy(nodes) : null
    const port = proxy?.port ?? primary.port
    const pool = await openPgBouncer(
      primary,
      'transaction',
      '',
      // By a DNS name behind a proxy: what the pooler keeps of it is looked at too.
      `postgres = host=${proxy ? 'localhost' : '127.0.0.1'} port=${port}`,
    )
    const [host] = nodes.map(hostOf)
    const options = {
      databases: nodes.map((node) => ({
        name: node.name,
        dsn: `${node.dsn('postgres')}?sslmode=disable`,
        host: `host-${node.name}`,
      })),
      hosts: nodes.map((node) => ({
        ...hostOf(node),
        ...(more.stop && node === primary ? { stop: more.stop(node) } : {}),
      })),
      cluster: {
        poolers: [
          {
            name: 'pgb',
            dsn: pool.dsn('postgres', 'pgbouncer'),
            database: 'postgres',
            host: (host as { name: string }).name,
            ...(way === 'itself' ? { repoint: rewriting(pool) } : {}),
            ...more.pooler,
          },
        ],
        addresses: [
          ...(proxy ? [{ name: 'vip', dsn: `${proxy.dsn()}?sslmode=disable` }] : []),
          { name: 'app', dsn: `${pool.dsn('postgres')}?sslmode=disable` },
        ],
      },
    }
    try {
      await body({ cluster, pool, options, paused: () => pausedPools(pool) })
    } finally {
      await pool.close()
      await proxy?.close()
    }
  })
}

/** Keeps the owner of the file. */
function rewriting({ file }: PgBouncer): readonly string[] {
  return [
    'sh',
    '-c',
    `sed 's/^postgres = .*/postgres = host={host} port={port}/' ${file} > ${file}.new && cat ${file}.new > ${file}`,
  ]
}

async function acted(
  options: Site['options'],
  body: (acting: Acting) => Promise<void>,
  more: Partial<ActingOptions> = {},
) {
  const acting = await actingOn({ ...options, ...more })
  try {
    await body(acting)
  } finally {
    await acting.close()
  }
}

function told(run: Run): string {
  return `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}\n${JSON.stringify(run.output)}`
}

const skip = withoutPgBouncer || withoutHaproxy

describe('a switchover behind PgBouncer', { skip }, () => {
  for (const way of ['proxy', 'itself'] as const)
    test(`that ${way === 'proxy' ? 'reaches the primary by HAProxy' : 'names the primary itself'}: waiting clients see no error, and no commit is lost`, () =>
      withSite(way, async ({ cluster, pool, options, paused }) => {
        const writers = [0, 1, 2].map((index) => writing(pool, index, 3))
        await until('clients write', 10_000, () => writers.every(({ confirmed }) => confirmed.length > 20))
        await acted(options, async (acting) => {
          const run = await acting.act('switchover', 'standby-1')
          assert.equal(run.state, 'done', told(run))
          const before = writers.map(({ confirmed }) => confirmed.length)
          await until('they continue', 10_000, () =>
            writers.every(({ confirmed }, index) => confirmed.length > (before[index] ?? 0) + 20),
          )
          for (const each of writers) await each.stop()
          assert.deepEqual(
            writers.flatMap(({ errors }) => errors),
            [],
          )
          const [standby] = cluster.standbys
          assert.ok(standby)
          const kept = new Set(await numbersOn(standby))
          assert.deepEqual(
            writers.flatMap(({ confirmed }) => confirmed).filter((n) => !kept.has(n)),
            [],
          )
          assert.deepEqual(await paused(), [])
          assert.match(noteOf(run, 'pause-pgb'), /postgres at pgb is paused, without a session with a server/)
          assert.match(noteOf(run, 'pgb-lead'), /postgres at pgb leads to standby-1/)
          assert.match(noteOf(run, 'verify-app'), /writes through app reach standby-1/)
          if (way === 'proxy') assert.match(noteOf(run, 'verify-vip'), /writes through vip reach standby-1/)
        })
      }))

  test('has a counterpart in a restart of the primary: clients wait, and see no error', () =>
    withSite('itself', async ({ pool, options, paused }) => {
      const writer = writing(pool, 0, 1)
      await until('it writes', 10_000, () => writer.confirmed.length > 20)
      await acted(options, async (acting) => {
        const run = await acting.act('restart', 'primary')
        assert.equal(run.state, 'done', told(run))
        const before = writer.confirmed.length
        await until('it continues', 10_000, () => writer.confirmed.length > before + 20)
        await writer.stop()
        assert.deepEqual(writer.errors, [])
        assert.deepEqual(await paused(), [])
        assert.match(noteOf(run, 'verify-app'), /writes through app reach primary/)
      })
    }))

  test('does not begin while a transaction stays open, and lets the clients continue', () =>
    withSite(
      'proxy',
      async ({ cluster, pool, options, paused }) => {
        const busy = await poolSession(pool)
        await busy.query('begin')
        await busy.query('insert into numbers values (1)')
        await acted(options, async (acting) => {
          const run = await acting.act('switchover', 'standby-1')
          assert.notEqual(run.state, 'done')
          assert.match(
            run.why ?? '',
            /could not be paused: 1 open transaction did not end within 1 s; its clients continue/,
          )
          assert.deepEqual(await paused(), [])
          await busy.query('commit')
          await busy.close()
          assert.ok(await isPrimary(cluster.primary))
          assert.deepEqual(await numbersOn(cluster.primary), [1])
        })
      },
      { pooler: { pauseTimeout: '1s' } },
    ))

  test('resumes before the user decides what to do about a primary that does not stop', () =>
    withSite(
      'proxy',
      async ({ cluster, pool, options, paused }) => {
        const writer = writing(pool, 0, 1)
        await until('it writes', 10_000, () => writer.confirmed.length > 20)
        await acted(options, async (acting) => {
          const run = await acting.act('switchover', 'standby-1')
          assert.notEqual(run.state, 'done', told(run))
          assert.equal(run.steps.find(({ id }) => id === 'pause-pgb')?.state, 'undone', told(run))
          assert.deepEqual(await paused(), [])
          const before = writer.confirmed.length
          await until('it goes on', 10_000, () => writer.confirmed.length > before + 20)
          await writer.stop()
          assert.deepEqual(writer.errors, [])
          assert.ok(await isPrimary(cluster.primary))
        })
      },
      { stop: () => ['false'] },
    ))

  for (const signal of ['SIGHUP', 'SIGINT'] as const)
    test(`ended by ${signal} while clients wait, and again at once: clients continue before pgdeck is gone`, (context) =>
      withSite(
        'proxy',
        async ({ cluster, pool, options, paused }) => {
          const writer = writing(pool, 0, 1)
          await until('it writes', 10_000, () => writer.confirmed.length > 20)
          await acted(options, async ({ configFile, env, folder }) => {
            const words = ['do', 'switchover', 'standby-1', '--confirm', 'standby-1', '--config', configFile]
            const { child, ended } = startPgdeck(context, words, { cwd: folder, env })
            await until('the pool is paused', 20_000, async () => (await paused()).length > 0)
            await until('the stop has begun', 20_000, () => existsSync(join(cluster.primary.scratch.path, 'stopping')))
            child.kill(signal)
            // One that has not been taken yet would count once with the next.
            await until('it was taken', 1_000, () =>
              /^ShdPnd:\s*0+$/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8')),
            )
            child.kill(signal)
            await ended
            assert.deepEqual(await paused(), [])
            const before = writer.confirmed.length
            await until('it continues', 10_000, () => writer.confirmed.length > before + 20)
            await writer.stop()
            assert.deepEqual(writer.errors, [])
            assert.ok(await isPrimary(cluster.primary))
          })
        },
        { stop: ({ scratch }) => ['sh', '-c', `touch ${scratch.path}/stopping; exec sleep 600`] },
      ))

  for (const then of ['resumed', 'undone'] as const)
    test(`killed while a pool is paused and ${then}: clients continue`, () =>
      withSite('proxy', async ({ cluster, pool, options, paused }) => {
        const writer = writing(pool, 0, 1)
        await until('it writes', 10_000, () => writer.confirmed.length > 20)
        const folder = mkdtempSync(join(tmpdir(), 'pgdeck-paused-'))
        try {
          await killed({
            options: { ...options, folder },
            action: 'switchover',
            target: 'standby-1',
            after: { type: 'step-done', step: then === 'resumed' ? 'stop-old-primary' : 'pause-pgb' },
          })
          assert.deepEqual(await paused(), ['postgres'])
          const [id = ''] = await listRunIds(folder)
          assert.equal((await loadRun(folder, id))?.state, 'running')
          await acted(
            options,
            async (acting) => {
              const run = await goneOn(() =>
                then === 'resumed' ? acting.executor.resume(id, { skips: {} }) : acting.executor.abort(id, 'a test'),
              )
              assert.equal(run.state, then === 'resumed' ? 'done' : 'aborted', told(run))
              assert.deepEqual(await paused(), [])
              const before = writer.confirmed.length
              await until('it goes on', 10_000, () => writer.confirmed.length > before + 20)
              await writer.stop()
              assert.deepEqual(writer.errors, [])
              const [standby] = cluster.standbys
              assert.ok(standby)
              const kept = new Set(await numbersOn(then === 'resumed' ? standby : cluster.primary))
              assert.deepEqual(
                writer.confirmed.filter((n) => !kept.has(n)),
                [],
              )
            },
            { folder },
          )
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      }))
})

const CHILD = fileURLToPath(new URL('../../fakes/killed-acting.ts', import.meta.url))

async function killed(task: KilledTask): Promise<void> {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, CHILD, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const [, by] = await once(child, 'close')
  assert.equal(by, 'SIGKILL', said)
}

/** A server frees what the killed process held a moment later. */
async function goneOn(go: () => Promise<Run>): Promise<Run> {
  let run: Run | null = null
  await until('the killed run holds the cluster no longer', 10_000, async () => {
    try {
      run = await go()
      return true
    } catch (error) {
      if (error instanceof ActionError && error.message.startsWith('another run holds this cluster')) return false
      throw error
    }
  })
  assert.ok(run)
  return run
}
