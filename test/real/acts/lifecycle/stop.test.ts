// Stopping and restarting databases and application servers, on real servers: the cost, the checks, the proof.

import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Run } from '../../../../src/model/runs/run.ts'
import { actingOn } from '../../../fakes/acting.ts'
import { END_MAJORS, withCluster } from '../../embedded.ts'
import { actingOnCluster, isPrimary, noteOf } from '../promoting.ts'

const checkOf = ({ plan }: Run, id: string) => plan.checks.find((check) => check.id === id)
const states = ({ steps }: Run) => steps.map(({ id, state }) => `${id} ${state}`)

for (const major of END_MAJORS) {
  describe(`stop and restart, PostgreSQL ${major}`, () => {
    test('a primary is restarted with the settings that wait for it, stopped, and started in its role', () =>
      withCluster({ major, standbys: 1 }, async (cluster) => {
        const { primary } = cluster
        await primary.query('alter system set max_connections = 77')
        await primary.query('select pg_reload_conf()')
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const restarted = await acting.act('restart', 'primary')
          assert.equal(restarted.state, 'done', restarted.why ?? '')
          assert.equal(restarted.plan.danger, 'outage')
          assert.match(checkOf(restarted, 'pending-restart')?.message ?? '', /max_connections/)
          assert.deepEqual(states(restarted), ['checkpoint done', 'stop done', 'start done'])
          const [row] = await primary.query<{ max: string }>(`select current_setting('max_connections') as max`)
          assert.equal(row?.max, '77')

          const stopped = await acting.act('stop', 'primary')
          assert.equal(stopped.state, 'done', stopped.why ?? '')
          assert.match(stopped.plan.impact.statement, /nobody can write until it is started again/)
          assert.match(noteOf(stopped, 'stop'), /no postmaster runs on its host \(shut down cleanly\)/)

          const started = await acting.act('start', 'primary')
          assert.equal(started.state, 'done', started.why ?? '')
          assert.equal(await isPrimary(primary), true)
        } finally {
          await acting.close()
        }
      }))

    test('a standby is restarted, and proven to stream again; stopping is undone', () =>
      withCluster({ major, standbys: 1 }, async (cluster) => {
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const run = await acting.act('restart', 'standby-1')
          assert.equal(run.state, 'done', run.why ?? '')
          assert.equal(run.plan.danger, 'disruptive')
          assert.match(noteOf(run, 'streams'), /standby-1 streams from primary/)
          const stopped = await acting.act('stop', 'standby-1')
          assert.equal(stopped.state, 'done', stopped.why ?? '')
          assert.equal(stopped.plan.steps.find(({ id }) => id === 'stop')?.title, 'stop standby-1')
          const again = await acting.act('start', 'standby-1')
          assert.equal(again.state, 'done', again.why ?? '')
        } finally {
          await acting.close()
        }
      }))
  })
}

describe('what blocks a stop or a restart', () => {
  test('commits that would wait, and files with which it would not come back', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      await primary.query(`alter system set synchronous_standby_names = '*'`)
      await primary.query('select pg_reload_conf()')
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const stop = await acting.act('stop', 'standby-1')
        assert.equal(stop.state, 'blocked')
        assert.match(checkOf(stop, 'sync-standbys')?.message ?? '', /every commit would hang/)
        const restart = await acting.executor.propose({ action: 'restart', target: 'standby-1', input: {} })
        assert.equal(checkOf(restart, 'sync-standbys')?.result, 'warn')

        appendFileSync(join(primary.dataDirectory, 'postgresql.auto.conf'), `work_mem = 'much'\n`)
        appendFileSync(join(primary.dataDirectory, 'pg_hba.conf'), `host nonsense\n`)
        const broken = await acting.act('restart', 'primary')
        assert.equal(broken.state, 'blocked')
        assert.match(checkOf(broken, 'files')?.message ?? '', /primary would not start again: .*work_mem/)
        assert.match(checkOf(broken, 'hba-file')?.message ?? '', /would not start again: pg_hba.conf line/)
        assert.equal(await isPrimary(primary), true)
      } finally {
        await acting.close()
      }
    }))
})

/** An application server that two commands of its host start and stop, through a second port. */
async function withAppServer(
  body: (app: { readonly url: string; readonly command: (to: string) => readonly string[] }) => Promise<void>,
) {
  const app: Server = createServer((_, answer) => void answer.end('ok'))
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const { port } = app.address() as AddressInfo
  const control = createServer((request, answer) => {
    const done = () => void answer.end('done')
    if (request.url === '/start') app.listening ? done() : app.listen(port, '127.0.0.1', done)
    else {
      app.close(done)
      app.closeAllConnections()
    }
  })
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve))
  const at = `http://127.0.0.1:${(control.address() as AddressInfo).port}`
  const command = (to: string) => [process.execPath, '-e', `fetch('${at}/${to}').then(r => process.exit(r.ok ? 0 : 1))`]
  try {
    await body({ url: `http://127.0.0.1:${port}/`, command })
  } finally {
    for (const each of [app, control]) {
      each.closeAllConnections()
      each.close()
    }
  }
}

test('an application server is stopped, started and restarted by its own commands, and proven by its answer', () =>
  withCluster({}, ({ primary }) =>
    withAppServer(async ({ url, command }) => {
      const acting = await actingOn({
        databases: [{ name: 'db-1', dsn: primary.dsn() }],
        hosts: [{ name: 'h1', local: true }],
        servers: [
          {
            name: 'app-1',
            type: 'primary',
            url,
            database: 'db-1',
            host: 'h1',
            start: command('start'),
            stop: command('stop'),
          },
        ],
      })
      try {
        const stopped = await acting.act('stop', 'app-1')
        assert.equal(stopped.state, 'done', stopped.why ?? '')
        assert.equal(stopped.plan.danger, 'outage')
        assert.match(stopped.plan.impact.statement, /nobody else serves the users/)
        assert.match(noteOf(stopped, 'stop'), /nothing listens on port/)

        const started = await acting.act('start', 'app-1')
        assert.equal(started.state, 'done', started.why ?? '')
        assert.equal(started.plan.danger, 'routine')
        assert.match(noteOf(started, 'start'), /app-1 answers with HTTP status 200: it gives read-write access/)

        const restarted = await acting.act('restart', 'app-1')
        assert.equal(restarted.state, 'done', restarted.why ?? '')
        assert.match(restarted.served?.words ?? '', /users are served by app-1/)

        assert.equal((await acting.act('stop', 'app-1')).state, 'done')
        await primary.kill()
        const blocked = await acting.act('start', 'app-1')
        assert.equal(blocked.state, 'blocked')
        assert.match(checkOf(blocked, 'database')?.message ?? '', /its database db-1 is down/)
      } finally {
        await acting.close()
      }
    }),
  ))
