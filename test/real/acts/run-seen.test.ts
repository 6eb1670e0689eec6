// Whoever watches sees the runs of other hosts: in the header, the status and the list of runs, and beside the alerts of that time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runsCommand } from '../../../src/cli/commands/runs/run.ts'
import { statusText } from '../../../src/cli/commands/status/run.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { packLockToken } from '../../../src/model/runs/lock/lock-key.ts'
import { UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../../src/ui/frame/screen.ts'
import type { Acting } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { holdElsewhere, openElsewhere } from './other-hosts.ts'
import { actingOnCluster } from './promoting.ts'

const SCREEN = { columns: 160, rows: 50, glyphs: UNICODE_GLYPHS }

async function seenBy(acting: Acting) {
  await acting.look()
  const state = acting.store.latest()
  const header = (frame(state, SCREEN, [])[0] ?? []).map(({ text }) => text).join('')
  const document = JSON.parse(statusText(state, { json: true, watch: false }, () => ''))
  return { header, cluster: document.clusters[0], picture: state.clusters[0]?.picture }
}

async function listed(acting: Acting, json: boolean): Promise<string> {
  const parts: string[] = []
  const output = { isTerminal: false, write: async (part: string) => void parts.push(part) }
  const before = process.env.PGDECK_STATE_DIR
  process.env.PGDECK_STATE_DIR = acting.folder
  try {
    const watched = loadConfig({ path: acting.configFile, env: acting.env, cwd: acting.folder })
    const options = { run: undefined, watched, clusterName: undefined, intervalMs: undefined, colour: false }
    assert.equal(await runsCommand({ ...options, json, output, notify: () => {} }), 0)
    return parts.join('')
  } finally {
    if (before === undefined) delete process.env.PGDECK_STATE_DIR
    else process.env.PGDECK_STATE_DIR = before
  }
}

test('a run of another host is shown with its step, and is gone with its session', async () => {
  await withCluster({ standbys: 2 }, async (cluster) => {
    const acting = await actingOnCluster(cluster, 'sql', { user: 'pgdeck' })
    try {
      const none = await seenBy(acting)
      assert.equal(none.cluster.run, null)
      assert.deepEqual(JSON.parse(await listed(acting, true)), { schema: 'pgdeck.runs/1', runs: [], elsewhere: [] })
      const sessions = await Promise.all(cluster.nodes.map((node) => holdElsewhere(node)))
      const held = await seenBy(acting)
      assert.match(held.header, / bob@jump-2 runs promote standby-2, step 2 of 8 /)
      assert.equal(held.cluster.run.by, 'bob@jump-2')
      assert.deepEqual(
        [held.cluster.run.action, held.cluster.run.target, held.cluster.run.step, held.cluster.run.steps],
        ['promote', 'standby-2', 2, 8],
      )
      assert.deepEqual(
        held.cluster.run.sessions.map((each: { process: number }) => each.process).toSorted(),
        sessions.map(({ pid }) => pid).toSorted(),
      )
      assert.deepEqual(
        held.picture?.databases.flatMap(({ servers }) => servers.active),
        none.picture?.databases.flatMap(({ servers }) => servers.active),
      )
      assert.match(
        await listed(acting, false),
        /promote standby-2 \(elsewhere\) +test +bob@jump-2 +running, step 2 of 8/,
      )
      assert.equal(JSON.parse(await listed(acting, true)).elsewhere[0].by, 'bob@jump-2')
      await Promise.all(sessions.map((session) => session.takeKey(packLockToken({ id: 4711, step: 3, steps: 8 }))))
      assert.match((await seenBy(acting)).header, /step 3 of 8/)
      await Promise.all(sessions.map((session) => session.close()))
      assert.equal((await seenBy(acting)).cluster.run, null)
    } finally {
      await acting.close()
    }
  })
})

test('a name is no run: without a key, or of a role that can’t act, nothing is shown', async () => {
  await withCluster({ standbys: 0 }, async (cluster) => {
    const { primary } = cluster
    await primary.createRole('mallory', 'LOGIN')
    const acting = await actingOnCluster(cluster, 'sql')
    const held = await holdElsewhere(primary, { user: 'mallory' })
    const tries = await openElsewhere(primary)
    try {
      const { header, cluster: document } = await seenBy(acting)
      assert.doesNotMatch(header, /bob/)
      assert.equal(document.run, null)
    } finally {
      await held.close()
      await tries.close()
      await acting.close()
    }
  })
})

test('alerts that began in a run say so, others do not', async () => {
  await withCluster({ standbys: 2 }, async (cluster) => {
    const [first, second] = cluster.standbys
    assert.ok(first && second)
    const acting = await actingOnCluster(cluster, 'sql')
    try {
      await second.stop()
      await seenBy(acting)
      const before = await seenBy(acting)
      assert.ok(before.cluster.alerts.some(({ subject }: { subject: string }) => subject === second.name))
      const began = Date.parse(before.cluster.alerts[0].since)
      await until('the run begins well after what it did not do', 5_000, () => Date.now() - began > 2_000)
      const session = await holdElsewhere(first)
      await cluster.primary.stop()
      await seenBy(acting)
      const { cluster: during } = await seenBy(acting)
      const words = Object.fromEntries(
        during.alerts
          .filter(({ rule }: { rule: string }) => rule === 'database-inactive')
          .map((alert: { subject: string; during: string | null }) => [alert.subject, alert.during]),
      )
      assert.deepEqual(words, { primary: 'bob@jump-2 runs promote standby-2', [second.name]: null })
      await session.close()
      const { cluster: after } = await seenBy(acting)
      assert.ok(after.alerts.length > 0)
      assert.ok(after.alerts.every((alert: { during: string | null }) => alert.during === null))
    } finally {
      await acting.close()
    }
  })
})
