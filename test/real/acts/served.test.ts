// After a change of roles on real servers: "done" is told by who serves the users, and is no success while they can't write.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { type DemoSession, openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { runDocument } from '../../../src/model/runs/run-document.ts'
import { serveHttp } from '../../fakes/web.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster } from './promoting.ts'

/** Enough of a pool: one session on the first of these nodes that suits, asked for at each health check. */
async function application(context: TestContext, name: string, nodes: readonly PostgresNode[], mayRead: boolean) {
  let session: DemoSession | null = null
  const suits = async (one: DemoSession) => {
    const [row] = await one.query<{ readonly reads: boolean }>('select pg_is_in_recovery() as reads')
    return row !== undefined && (mayRead || !row.reads)
  }
  const connect = async () => {
    if (session && (await suits(session).catch(() => false))) return
    await session?.close().catch(() => {})
    session = null
    for (const { host, port, password } of nodes) {
      const place = { host, port, password, user: 'postgres', database: 'postgres' }
      const one = await openDemoSession({ ...place, applicationName: name, limitMs: 5_000 }).catch(() => null)
      if (one && (await suits(one).catch(() => false))) {
        session = one
        return
      }
      await one?.close().catch(() => {})
    }
  }
  context.after(() => session?.close().catch(() => {}))
  const url = await serveHttp(context, (_asked, answer) => {
    connect().then(
      () => answer.end('fine'),
      () => answer.end('fine'),
    )
  })
  return { name, type: 'primary', url, database: 'primary', applicationName: name }
}

function nodesOf({ primary, standbys }: TestCluster) {
  const [standby] = standbys
  assert.ok(standby)
  return { primary, standby }
}

describe('who serves the users after a change of roles', () => {
  test('one that stays on the old primary: done, but users can only read', (context) =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = nodesOf(cluster)
      const servers = [await application(context, 'app-a', [primary], true)]
      const acting = await actingOnCluster(cluster, 'hosts', { servers })
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'done', run.why ?? '')
        const words = 'app-a still uses primary: users can only read; next: point it at standby-1, or restart it'
        assert.equal(run.why, words)
        const { state, outcome, why, served } = runDocument(run)
        assert.deepEqual(
          { state, outcome, why, served },
          {
            state: 'done',
            outcome: 'done',
            why: words,
            served: {
              access: 'read-only',
              by: ['app-a'],
              still: ['app-a'],
              writable: ['standby-1'],
              suffices: false,
              words,
            },
          },
        )
        assert.ok(run.output.some((said) => /^waiting up to 10 s for the application servers: app-a/.test(said.text)))
        // A fence changes roles too, and takes the writes away on purpose.
        const fenced = await acting.act('fence', 'standby-1')
        assert.equal(fenced.state, 'done', fenced.why ?? '')
        assert.deepEqual([fenced.why, fenced.served?.suffices], [null, true])
        assert.equal(fenced.served?.words, 'users can only read, on app-a')
      } finally {
        await acting.close()
      }
    }))

  test('one that follows: users are served read-write', (context) =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standby } = nodesOf(cluster)
      const servers = [await application(context, 'app-a', [primary, standby], false)]
      const acting = await actingOnCluster(cluster, 'hosts', { servers })
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'done', run.why ?? '')
        assert.equal(run.why, null)
        assert.equal(
          run.served?.words,
          'users are served by app-a (read-write); next: set in the configuration that app-a uses standby-1',
        )
        assert.deepEqual([run.served.access, run.served.by, run.served.still], ['read-write', ['app-a'], []])
        // What changes no roles says nothing of it.
        const checkpoint = await acting.act('checkpoint', 'standby-1')
        assert.deepEqual([checkpoint.state, checkpoint.served], ['done', undefined])
      } finally {
        await acting.close()
      }
    }))

  test('`do` says it on its last line and by its exit code', (context) =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standby } = nodesOf(cluster)
      const stays = await application(context, 'app-a', [primary], true)
      const acting = await actingOnCluster(cluster, 'hosts', { servers: [stays] })
      const switchOver = async (target: string, config: string) => {
        const argv = ['--import', './scripts/typescript.mjs', 'src/main.ts', '--config', config]
        argv.push('do', 'switchover', target, '--confirm', target)
        const child = spawn(process.execPath, argv, { env: { ...process.env, ...acting.env } })
        const [said, problems, [code]] = await Promise.all([
          text(child.stdout),
          text(child.stderr),
          once(child, 'close'),
        ])
        return { code, last: said.trimEnd().split('\n').at(-1), problems }
      }
      try {
        const away = await switchOver('standby-1', acting.configFile)
        assert.match(away.last ?? '', /^done, but app-a still uses primary: users can only read; next: /, away.problems)
        assert.equal(away.code, 1)
        await until('the old primary streams', 20_000, async () => {
          const rows = await standby.query("select 1 from pg_stat_replication where state = 'streaming'")
          return rows.length === 1
        })
        const back = await switchOver('primary', acting.configFile)
        assert.equal(back.last, 'done: users are served by app-a (read-write)', back.problems)
        assert.equal(back.code, 0)
      } finally {
        await acting.close()
      }
    }))

  test('without application servers: the database that takes writes', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.deepEqual([run.state, run.why, run.served?.words], ['done', null, 'standby-1 is writable'])
      } finally {
        await acting.close()
      }
    }))
})
