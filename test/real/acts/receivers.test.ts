// A standby that is connected to a living primary is never promoted beside it, whatever this host can't reach.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { openProxy, type TcpProxy } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { type ClusterOptions, type TestCluster, withCluster } from '../embedded.ts'
import { isPrimary, noteOf, SEEN_DOWN } from './promoting.ts'

interface Cut {
  readonly cluster: TestCluster
  readonly primary: PostgresNode
  readonly standby: PostgresNode
  /** The way of this host to the primary, and that of the first standby. */
  readonly ours: TcpProxy
  readonly theirs: TcpProxy
  /** Acts on the primary through `ours` and on all others, but those left out. */
  acting(without?: readonly string[], user?: string): Promise<Acting>
}

/** Where a standby's receiver is connected to; null for nowhere. */
async function sourcePort(standby: PostgresNode): Promise<number | null> {
  const rows = await standby.query<{ port: number }>(
    `select sender_port as port from pg_stat_wal_receiver where status = 'streaming'`,
  )
  return rows[0]?.port ?? null
}

/** A cluster whose first standby streams over a way of its own, at another address than the one in the config. */
async function withTwoWays(options: ClusterOptions, body: (cut: Cut) => Promise<void>): Promise<void> {
  await withCluster({ standbys: 1, ...options }, async (cluster) => {
    const { primary, nodes } = cluster
    const standby = cluster.standbys[0] ?? assert.fail('there is a standby')
    const [ours, theirs] = [await openProxy(primary.port), await openProxy(primary.port)]
    const open: Acting[] = []
    const acting: Cut['acting'] = async (without = [], user = 'postgres') => {
      const dsn = (node: PostgresNode) =>
        node === primary ? node.dsn(user).replace(`:${primary.port}`, `:${ours.port}`) : node.dsn(user)
      const watched = nodes.filter(({ name }) => !without.includes(name))
      const databases = watched.map((node) => ({ name: node.name, dsn: `${dsn(node)}?sslmode=disable` }))
      const made = await actingOn({ databases })
      open.push(made)
      return made
    }
    try {
      const conninfo = `host=127.0.0.1 port=${theirs.port} user=postgres password=${cluster.password} application_name=standby-1`
      await standby.setSetting('primary_conninfo', conninfo)
      await until('it streams over its own way', 10_000, async () => (await sourcePort(standby)) === theirs.port)
      await body({ cluster, primary, standby, ours, theirs, acting })
    } finally {
      for (const each of open) await each.close()
      await ours.close()
      await theirs.close()
    }
  })
}

function resultOf({ plan }: Run, check: string): string | undefined {
  return plan.checks.find(({ id }) => id === check)?.result
}

function said({ output }: Run): string {
  return output.map(({ text }) => text).join('\n')
}

const FEW_SECONDS = { wal_receiver_timeout: '8s' }

describe('a primary that only can’t be reached', () => {
  test('refused from here and from the standby: that is no proof, and blocks', () =>
    withTwoWays({}, async ({ primary, standby, ours, theirs, acting }) => {
      const { act } = await acting()
      await ours.become({ kind: 'refused' })
      await theirs.become({ kind: 'refused' })
      await until('the standby has lost it', 10_000, async () => (await sourcePort(standby)) === null)
      const run = await act('promote', 'standby-1')
      assert.deepEqual([run.state, resultOf(run, 'primary-down-by-others')], ['blocked', 'fail'])
      assert.deepEqual([await isPrimary(primary), await isPrimary(standby)], [true, false])
    }))

  test('idle, while the standby streams from it elsewhere: a word that it is down does not promote', () =>
    withTwoWays({ settings: FEW_SECONDS }, async ({ standby, ours, acting }) => {
      const { act } = await acting()
      await ours.become({ kind: 'refused' })
      const blocked = await act('promote', 'standby-1')
      assert.deepEqual(
        [blocked.state, resultOf(blocked, 'primary-down-by-others'), resultOf(blocked, 'receiver-ended')],
        ['blocked', 'fail', 'warn'],
      )
      const run = await act('promote', 'standby-1', {}, SEEN_DOWN)
      assert.equal(run.state, 'failed', run.why ?? '')
      assert.match(run.why ?? '', /standby-1 is connected to 127\.0\.0\.1:\d+, .*messages still arrive/)
      assert.equal(await isPrimary(standby), false)
    }))

  test('not in the config at all', () =>
    withTwoWays({ settings: FEW_SECONDS }, async ({ standby, acting }) => {
      const { act } = await acting(['primary'])
      const overrides = { 'primary-down-by-others': 'there is none' }
      const run = await act('promote', 'standby-1', {}, { overrides })
      assert.equal(run.state, 'failed', run.why ?? '')
      assert.match(run.why ?? '', /messages still arrive/)
      assert.equal(await isPrimary(standby), false)
    }))

  test('by a role that may not see what the receiver does: it is waited for all the same, and never ends', () =>
    withTwoWays({ settings: FEW_SECONDS }, async ({ primary, standby, ours, acting, cluster }) => {
      await primary.createRole('stranger', 'LOGIN')
      await primary.query('grant execute on function pg_promote(boolean, integer) to stranger')
      await cluster.caughtUp()
      const { act } = await acting([], 'stranger')
      await ours.become({ kind: 'refused' })
      const run = await act('promote', 'standby-1', {}, SEEN_DOWN)
      assert.equal(run.state, 'failed', run.why ?? '')
      assert.match(
        run.why ?? '',
        /may not see when its last message came: (it did not end by itself|messages still arrive)/,
      )
      assert.equal(await isPrimary(standby), false)
    }))

  test('another standby streams from it: that one is a witness too', () =>
    withTwoWays({ standbys: 2, settings: FEW_SECONDS }, async ({ standby, ours, theirs, acting }) => {
      const { act } = await acting()
      await ours.become({ kind: 'refused' })
      await theirs.become({ kind: 'refused' })
      await until('the first has lost it', 10_000, async () => (await sourcePort(standby)) === null)
      // The primary goes on writing, and what only the second has received would be lost: that may be seen first.
      const why = await act('promote', 'standby-1', {}, SEEN_DOWN).then(
        (run) => `${run.state}: ${run.why}`,
        (error: unknown) => String(error),
      )
      assert.match(why, /failed: .*standby-2 is connected to|of commits would be lost now; it was 0 B when/)
      assert.equal(await isPrimary(standby), false)
    }))
})

describe('a connection to a server that is gone', () => {
  test('its end is waited for, counting down, and the record says whose word the fence was', () =>
    withTwoWays({ settings: { wal_receiver_timeout: '40s' } }, async ({ standby, ours, theirs, acting }) => {
      const { act } = await acting()
      await ours.become({ kind: 'black-hole' })
      await theirs.become({ kind: 'black-hole' })
      const run = await act('promote', 'standby-1', {}, SEEN_DOWN)
      assert.equal(run.state, 'done', run.why ?? '')
      assert.match(said(run), /waiting until it ends by itself, in \d+ s \(wal_receiver_timeout\)/)
      assert.equal(await isPrimary(standby), true)
      const fence = run.steps.find(({ id }) => id === 'fence-old-primary')
      assert.deepEqual([fence?.state, fence?.note, fence?.operator], ['skipped', 'its power is off', run.who.user])
    }))

  test('that never ends by itself fails the check, until a reason overrules it', () =>
    withTwoWays({ settings: { wal_receiver_timeout: '0' } }, async ({ standby, ours, theirs, acting }) => {
      const { act } = await acting()
      await ours.become({ kind: 'black-hole' })
      await theirs.become({ kind: 'black-hole' })
      const blocked = await act('promote', 'standby-1', {}, SEEN_DOWN)
      assert.deepEqual([blocked.state, resultOf(blocked, 'receiver-ended')], ['blocked', 'fail'])
      const overrides = { ...SEEN_DOWN.overrides, 'receiver-ended': 'I pulled its plug' }
      const run = await act('promote', 'standby-1', {}, { ...SEEN_DOWN, overrides })
      assert.equal(run.state, 'done', run.why ?? '')
      assert.match(said(run), /receiver-ended was overruled: I pulled its plug/)
      assert.equal(await isPrimary(standby), true)
    }))

  test('a standby that streams from another one, which was read, is no sign of a primary', () =>
    withTwoWays({ cascade: true }, async ({ cluster, ours, theirs, acting }) => {
      const { act } = await acting()
      await ours.become({ kind: 'refused' })
      await theirs.become({ kind: 'refused' })
      await until('standby-1 has lost it', 10_000, async () => {
        const [standby] = cluster.standbys
        return standby !== undefined && (await sourcePort(standby)) === null
      })
      const run = await act('promote', 'cascade', {}, SEEN_DOWN)
      assert.equal(run.state, 'done', run.why ?? '')
      assert.equal(resultOf(run, 'receiver-ended'), 'pass')
      assert.match(noteOf(run, 'promote'), /cascade is out of recovery/)
    }))
})
