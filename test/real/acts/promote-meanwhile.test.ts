// Promotions on real servers in whose middle somebody else does something: they stop, and make no second primary.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary, line, meanwhile, SEEN_DOWN } from './promoting.ts'

describe('promotions in whose middle something happens', () => {
  test('the primary comes back: it stops, and nothing was promoted', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const openJournal = meanwhile(line('step-skipped', 'fence-old-primary'), () => primary.start())
      const acting = await actingOnCluster(cluster, 'sql', { executor: { openJournal } })
      try {
        await primary.kill()
        const run = await acting.act('promote', 'standby-1', {}, SEEN_DOWN)
        assert.equal(run.state, 'stopped')
        assert.match(run.why ?? '', /primary (answers and )?(takes writes|is writable)/)
        assert.equal(await isPrimary(standby), false)
      } finally {
        await acting.close()
      }
    }))

  for (const [who, moment] of [
    ['standby-2', line('step-skipped', 'fence-old-primary')],
    ['standby-2', line('step-started', 'promote')],
    ['standby-1', line('step-skipped', 'fence-old-primary')],
  ] as const) {
    test(`somebody else promotes ${who}: it stops, and makes no second one`, () =>
      withCluster({ standbys: 2 }, async (cluster) => {
        const { primary, standbys } = cluster
        const other = standbys.find(({ name }) => name === who)
        assert.ok(other)
        const openJournal = meanwhile(moment, () => other.promote())
        const acting = await actingOnCluster(cluster, 'sql', { executor: { openJournal } })
        try {
          await primary.kill()
          const run = await acting.act('promote', 'standby-1', {}, SEEN_DOWN)
          assert.ok(run.state === 'stopped' || run.state === 'failed', run.why ?? '')
          assert.match(run.why ?? '', new RegExp(`${who} (is a (writable )?primary|is writable)`))
          const primaries = await Promise.all(standbys.map(isPrimary))
          assert.equal(primaries.filter((each) => each).length, 1)
        } finally {
          await acting.close()
        }
      }))
  }

  test('it is aborted after the fence: the dead primary is as it was, and is not started', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const stopping = meanwhile(line('step-done', 'fence-old-primary'), async () => acting.executor.stop())
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal: stopping } })
      try {
        await primary.kill()
        const run = await acting.act('promote', 'standby-1')
        assert.equal(run.state, 'stopped')
        assert.equal(existsSync(join(primary.dataDirectory, 'standby.signal')), true)
        assert.equal((await acting.executor.abort(run.id, 'test')).state, 'aborted')
        assert.equal(existsSync(join(primary.dataDirectory, 'standby.signal')), false)
        assert.equal(await isPrimary(primary).catch(() => false), false)
        await primary.start()
        assert.deepEqual([await isPrimary(primary), await isPrimary(standby)], [true, false])
      } finally {
        await acting.close()
      }
    }))
})
