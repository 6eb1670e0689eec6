// Starting what is down, on real servers: in the role of its files, and never as a second primary.

import assert from 'node:assert/strict'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import { END_MAJORS, withCluster } from '../../embedded.ts'
import { actingOnCluster, hostOf, isPrimary, line, meanwhile, noteOf, notPassed } from '../promoting.ts'

const checkOf = ({ plan }: Run, id: string) => plan.checks.find((check) => check.id === id)

/** As the owner of the data writes it. */
function touch({ dataDirectory }: PostgresNode, name: string): void {
  writeFileSync(join(dataDirectory, name), '', { mode: 0o644 })
}

for (const major of END_MAJORS) {
  describe(`start, PostgreSQL ${major}`, () => {
    test('a primary that died, then a standby: each in its role, with what it streams from', () =>
      withCluster({ major, standbys: 1 }, async (cluster) => {
        const { primary, standbys } = cluster
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const up = await acting.act('start', 'primary')
          assert.equal(up.state, 'blocked')
          assert.match(checkOf(up, 'is-down')?.message ?? '', /primary answers: it runs/)

          await primary.kill()
          const run = await acting.act('start', 'primary')
          assert.equal(run.state, 'done', run.why ?? '')
          assert.equal(run.plan.danger, 'routine')
          assert.match(checkOf(run, 'start-role')?.message ?? '', /starts as a primary .*in production, timeline 1/)
          assert.match(noteOf(run, 'start'), /primary answers, as a primary on timeline 1, and is writable/)
          assert.match(run.served?.words ?? '', /primary is writable/)
          assert.equal(await isPrimary(primary), true)

          await standbys[0]?.kill()
          const other = await acting.act('start', 'standby-1')
          assert.equal(other.state, 'done', other.why ?? '')
          assert.match(other.plan.impact.statement, /starts as a standby: it is not writable/)
          assert.match(noteOf(other, 'start'), /as a standby on timeline 1; standby-1 streams from primary/)
        } finally {
          await acting.close()
        }
      }))
  })
}

describe('start, no second primary', () => {
  test('another one was promoted since: refused twice, and by the step itself', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      await primary.kill()
      await standbys[0]?.promote()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('start', 'primary')
        assert.equal(run.state, 'blocked')
        assert.equal(run.plan.danger, 'outage')
        assert.match(checkOf(run, 'no-other-primary')?.message ?? '', /standby-1 is writable/)
        assert.match(checkOf(run, 'timeline')?.message ?? '', /on timeline 1, standby-1 is on 2/)
        const overrides = { 'no-other-primary': 'a test', timeline: 'a test' }
        const overruled = await acting.act('start', 'primary', {}, { overrides })
        assert.notEqual(overruled.state, 'done')
        assert.match(overruled.why ?? '', /standby-1 is writable: starting primary could make two writable databases/)
        assert.equal(await isPrimary(primary).catch(() => false), false)
      } finally {
        await acting.close()
      }
    }))

  test('another one was promoted and is down too: its timeline is remembered', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      await primary.kill()
      await standbys[0]?.promote()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await acting.look()
        await standbys[0]?.kill()
        const run = await acting.act('start', 'primary')
        assert.deepEqual(
          notPassed(run).filter((each) => each.endsWith('fail')),
          ['no-other-primary:fail', 'timeline:fail'],
        )
        assert.match(
          checkOf(run, 'no-other-primary')?.message ?? '',
          /whether these are writable is unknown: standby-1/,
        )
      } finally {
        await acting.close()
      }
    }))

  test('a fenced one starts as a standby, and the plan says so', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const fenced = await acting.act('fence', 'primary')
        assert.equal(fenced.state, 'done', fenced.why ?? '')
        const run = await acting.act('start', 'primary')
        assert.equal(run.state, 'done', run.why ?? '')
        assert.match(checkOf(run, 'start-role')?.message ?? '', new RegExp(`fenced by run ${fenced.id}`))
        assert.match(run.plan.impact.statement, /because it is fenced/)
        assert.equal(await isPrimary(primary), false)
      } finally {
        await acting.close()
      }
    }))

  test('files that changed after the plan: it is not started', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const [standby] = cluster.standbys
      assert.ok(standby)
      const openJournal = meanwhile(line('step-started', 'start'), async () =>
        rmSync(join(standby.dataDirectory, 'standby.signal')),
      )
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal } })
      try {
        await standby.kill()
        const run = await acting.act('start', 'standby-1')
        assert.notEqual(run.state, 'done')
        assert.match(run.why ?? '', /would start as a primary now; it was a standby by its files/)
        assert.equal(existsSync(join(standby.dataDirectory, 'standby.signal')), false)
      } finally {
        await acting.close()
      }
    }))

  test('recovery that may end as a primary needs the name', () =>
    withCluster({}, async (cluster) => {
      const { primary } = cluster
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await primary.kill()
        touch(primary, 'recovery.signal')
        const run = await acting.executor.propose({ action: 'start', target: 'primary', input: {} })
        assert.equal(run.plan.danger, 'outage')
        assert.match(checkOf(run, 'start-role')?.message ?? '', /recovers first, and may become a primary/)
      } finally {
        await acting.close()
      }
    }))
})

test('start fails: the last error of the server is told, and that nothing else was done', () =>
  withCluster({}, async (cluster) => {
    const { primary } = cluster
    const { stop, start, ...host } = hostOf(primary) as { stop: unknown; start: unknown }
    assert.ok(stop && start)
    const databases = [{ name: 'primary', dsn: primary.dsn(), host: `host-${primary.name}` }]
    const acting = await actingOnCluster(cluster, 'hosts', { databases, hosts: [host] })
    try {
      await primary.kill()
      const path = join(primary.dataDirectory, 'postgresql.auto.conf')
      writeFileSync(path, `no_such_parameter = 'x'\n`, { flag: 'a' })
      const run = await acting.act('start', 'primary')
      assert.notEqual(run.state, 'done')
      assert.match(run.why ?? '', /starting primary ended with exit code 1: .*FATAL:/)
    } finally {
      await acting.close()
    }
  }))

test('an action of the config named start takes its place', () =>
  withCluster({}, async (cluster) => {
    const cluster_ = {
      actions: [{ name: 'start', title: 'start it our way', host: 'host-primary', command: ['true'] }],
    }
    const acting = await actingOnCluster(cluster, 'hosts', { cluster: cluster_ })
    try {
      const run = await acting.executor.propose({ action: 'start', target: null, input: {} })
      assert.equal(run.plan.title, 'start it our way')
    } finally {
      await acting.close()
    }
  }))
