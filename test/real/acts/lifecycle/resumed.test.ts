// Starting a primary while a standby is silent: not where a run stopped in the middle, and the standby may be a primary by now.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sendSignal } from '../../../../src/io/process/process.ts'
import { withCluster } from '../../embedded.ts'
import { processesOn } from '../killed-evidence.ts'
import { actingOnCluster, isPrimary, line, meanwhile } from '../promoting.ts'

for (const action of ['restart', 'rolling-restart'] as const) {
  test(`${action}: the standby was promoted meanwhile, and can’t be read`, () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const stopStep = action === 'restart' ? 'stop' : 'stop-primary'
      let stop = () => {}
      let stopped: readonly number[] = []
      const openJournal = meanwhile(line('step-done', stopStep), async () => stop())
      const first = await actingOnCluster(cluster, 'hosts', { executor: { openJournal } })
      try {
        stop = () => first.executor.stop()
        const target = action === 'restart' ? 'primary' : null
        const left = await first.act(action, target, action === 'restart' ? {} : { switchover: 'false' })
        assert.equal(left.state, 'stopped', left.why ?? '')
        await standby.promote()
        stopped = processesOn(standby.dataDirectory)
        for (const each of stopped) sendSignal(each, 'SIGSTOP')
        const { folder } = first
        const next = await actingOnCluster(cluster, 'hosts', { folder })
        try {
          const run = await next.executor.resume(left.id, { skips: {} })
          assert.notEqual(run.state, 'done')
          assert.equal(await isPrimary(primary).catch(() => false), false)
          assert.match(run.why ?? '', /primary is down, and whether standby-1 was promoted since is unknown/)
          for (const each of stopped) sendSignal(each, 'SIGCONT')
          const readable = await next.executor.resume(left.id, { skips: {} })
          assert.notEqual(readable.state, 'done')
          assert.equal(await isPrimary(primary).catch(() => false), false)
        } finally {
          await next.close()
        }
      } finally {
        await first.close()
      }
    }))
}

test('a standby that is down: the primary is restarted, and started where a person overrules the doubt', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, standbys } = cluster
    await standbys[0]?.kill()
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      const restarted = await acting.act('restart', 'primary')
      assert.equal(restarted.state, 'done', restarted.why ?? '')
      const stopped = await acting.act('stop', 'primary')
      assert.equal(stopped.state, 'done', stopped.why ?? '')
      assert.equal((await acting.act('start', 'primary')).state, 'blocked')
      const overrides = { 'no-other-primary': 'its power is off' }
      const started = await acting.act('start', 'primary', {}, { overrides })
      assert.equal(started.state, 'done', started.why ?? '')
      assert.equal(await isPrimary(primary), true)
    } finally {
      await acting.close()
    }
  }))
