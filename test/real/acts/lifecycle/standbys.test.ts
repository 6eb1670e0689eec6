// Restarting and starting standbys: what a restart would end or make of them, and lowered settings in the order that the checks name.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'
import { blockingChecks } from '../../../../src/model/runs/plan.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import { withCluster } from '../../embedded.ts'
import { actingOnCluster, isPrimary } from '../promoting.ts'

const checkOf = ({ plan }: Run, id: string) => plan.checks.find((check) => check.id === id)
const failed = ({ plan }: Run) => blockingChecks(plan).map(({ id }) => id)

async function maxConnections(node: PostgresNode): Promise<string | undefined> {
  return (await node.query<{ max: string }>(`select current_setting('max_connections') as max`))[0]?.max
}

test('a standby without its standby.signal is not started as a primary, however it ended', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, standbys } = cluster
    const [standby] = standbys
    assert.ok(standby)
    await primary.kill()
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      for (const end of ['stop', 'kill'] as const) {
        await standby.start()
        await standby[end]()
        rmSync(join(standby.dataDirectory, 'standby.signal'))
        const overrides = { 'no-other-primary': 'its power is off' }
        const run = await acting.act('start', 'standby-1', {}, { overrides })
        assert.equal(run.state, 'blocked')
        assert.equal(run.plan.danger, 'outage')
        assert.deepEqual(failed(run), ['was-standby'])
        assert.match(checkOf(run, 'was-standby')?.hint ?? '', /unfence standby-1 --set as=standby/)
        const back = await acting.act('unfence', 'standby-1', { as: 'standby' })
        assert.equal(back.state, 'done', back.why ?? '')
        assert.equal(await isPrimary(standby), false)
        await acting.act('stop', 'standby-1')
      }
    } finally {
      await acting.close()
    }
  }))

test('a paused replay is not ended by a restart unasked; the standbys behind a standby are named', () =>
  withCluster({ standbys: 1, cascade: true }, async (cluster) => {
    const [upper] = cluster.standbys
    assert.ok(upper)
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      await upper.query('select pg_wal_replay_pause()')
      await acting.look()
      for (const [action, target] of [
        ['restart', 'standby-1'],
        ['rolling-restart', null],
      ] as const) {
        const run = await acting.act(action, target)
        assert.equal(run.state, 'blocked')
        assert.match(checkOf(run, 'replay-paused')?.message ?? '', /replay of standby-1 is paused .* continues once/)
      }
      const stop = await acting.executor.propose({ action: 'stop', target: 'standby-1', input: {} })
      assert.equal(checkOf(stop, 'replay-paused')?.result, 'warn')
      assert.match(stop.plan.impact.statement, /cascade receives nothing from it meanwhile/)
      await upper.query('select pg_wal_replay_resume()')
      await acting.look()
      const rolling = await acting.act('rolling-restart', null)
      assert.equal(rolling.state, 'done', `${rolling.why}; ${failed(rolling)}`)
      const ids = rolling.steps.map(({ id }) => id)
      assert.ok(ids.indexOf('streams-cascade') < ids.indexOf('stop-standby-1'), 'the lowest first')
    } finally {
      await acting.close()
    }
  }))

test('max_connections is lowered everywhere in the order that the plans name', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, standbys, nodes } = cluster
    const [standby] = standbys
    assert.ok(standby)
    const acting = await actingOnCluster(cluster, 'hosts')
    const lower = () => acting.act('change-setting', null, { name: 'max_connections', value: '40' })
    try {
      const first = await lower()
      assert.equal(first.state, 'done', first.why ?? '')
      assert.match(checkOf(first, 'required-settings')?.hint ?? '', /Restart primary in place, then do this again/)
      const rolling = await acting.act('rolling-restart', null)
      assert.deepEqual(failed(rolling), ['old-primary-settings'])
      assert.match(checkOf(rolling, 'old-primary-settings')?.hint ?? '', /pgdeck do restart primary/)
      const restarted = await acting.act('restart', 'primary')
      assert.equal(restarted.state, 'done', restarted.why ?? '')
      const second = await lower()
      assert.equal(second.state, 'done', `${second.why}; ${failed(second)}`)
      const all = await acting.act('rolling-restart', null)
      assert.equal(all.state, 'done', `${all.why}; ${failed(all)}`)
      assert.deepEqual(await Promise.all(nodes.map(maxConnections)), ['40', '40'])
      assert.deepEqual([await isPrimary(primary), await isPrimary(standby)], [false, true])
    } finally {
      await acting.close()
    }
  }))
