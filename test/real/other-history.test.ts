// A standby with a history of its own, on real servers: both were promoted, so that both are on a timeline of one number.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../src/io/files/sync-files.ts'
import { until } from '../wait.ts'
import { findingOf, watching } from './diagnosing.ts'
import { MAJORS, majorsToTry, type TestCluster, withCluster } from './embedded.ts'

const NEWEST = Math.max(...MAJORS)

function rawOf(nodes: readonly PostgresNode[], role: string): Readonly<Record<string, unknown>> {
  const databases = nodes.map((node) => ({ name: node.name, dsn: `${node.dsn(role, 'postgres')}?sslmode=disable` }))
  return { databases }
}

/** The first standby was promoted by mistake and wrote; it is stopped. */
async function promotedByMistake({ standbys, caughtUp }: TestCluster): Promise<readonly [PostgresNode, PostgresNode]> {
  const [forked, other] = standbys
  assert.ok(forked && other)
  await caughtUp()
  await forked.promote()
  await forked.query('create table public.of_the_fork (a int)')
  await forked.query('checkpoint')
  await forked.stop()
  return [forked, other]
}

async function asStandbyOf(node: PostgresNode, upstream: PostgresNode): Promise<void> {
  writePrivateText(join(node.dataDirectory, 'standby.signal'), '', node.scratch.owner)
  const source = `host=127.0.0.1 port=${upstream.port} user=postgres password=${upstream.password}`
  await node.start()
  await node.setSetting('primary_slot_name', '')
  await node.setSetting('primary_conninfo', source)
}

describe('a standby that was promoted and follows again', { concurrency: 2 }, () => {
  for (const major of majorsToTry()) {
    test(`two timelines of one number are told apart on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 2 }, async (cluster) => {
        const [forked, serves] = await promotedByMistake(cluster)
        await cluster.primary.query('create table public.of_the_primary (a int)')
        await cluster.primary.query('select pg_switch_wal()')
        await until('the other standby has it', 20_000, async () => {
          const [row] = await serves.query<{ there: string | null }>(
            `select to_regclass('public.of_the_primary') as there`,
          )
          return row?.there != null
        })
        await cluster.primary.stop()
        await serves.promote()
        await asStandbyOf(forked, serves)
        await watching(rawOf([serves, forked], 'postgres'), async ({ store, poll, diagnose }) => {
          await until('it is told', 20_000, async () => {
            await poll()
            const picture = store.latest().clusters[0]?.picture
            return picture?.alerts.some(({ rule }) => rule === 'other-history') === true
          })
          const picture = store.latest().clusters[0]?.picture ?? assert.fail('nothing was read')
          assert.deepEqual(
            picture.databases.map(({ timeline }) => timeline),
            [2, 2],
          )
          assert.equal(picture.failover.candidate, null)
          const told = await diagnose('standby-1')
          assert.match(told.verdict.sentence, /timeline 1 ends at .* for standby-1, at .* for standby-2/)
        })
      }))
  }

  test('the higher number is the fork where the primary that serves has the lower one', () =>
    withCluster({ major: NEWEST, standbys: 2 }, async (cluster) => {
      const [forked] = await promotedByMistake(cluster)
      await asStandbyOf(forked, cluster.primary)
      await watching(rawOf(cluster.nodes, 'pgdeck'), async ({ store, poll }) => {
        await until('it is told', 20_000, async () => {
          await poll()
          const alerts = store.latest().clusters[0]?.picture?.alerts ?? []
          return alerts.some(({ rule, message }) => rule === 'other-history' && /^standby-1 /.test(message))
        })
        const picture = store.latest().clusters[0]?.picture
        assert.equal(picture?.failover.candidate, 'standby-2')
        const others = picture?.alerts.filter(({ rule }) => rule === 'other-history')
        assert.equal(others?.length, 1)
      })
    }))

  test('a role that may not replicate is told that it was not looked at', () =>
    withCluster({ major: NEWEST, standbys: 2 }, async ({ primary, standbys, caughtUp }) => {
      const [serves, follows] = standbys
      assert.ok(serves && follows)
      await caughtUp()
      await primary.stop()
      await serves.promote()
      await follows.setSetting('primary_slot_name', '')
      const source = `host=127.0.0.1 port=${serves.port} user=postgres password=${serves.password}`
      await follows.setSetting('primary_conninfo', source)
      const found = async (role: string) => {
        let evidence = ''
        await watching(rawOf([serves, follows], role), async ({ store, poll, diagnose }) => {
          await until('it follows', 20_000, async () => {
            await poll()
            return store.latest().clusters[0]?.picture?.databases.every(({ timeline }) => timeline === 2) === true
          })
          evidence = findingOf(await diagnose('standby-2'), 'timeline').evidence ?? ''
          assert.equal(
            store.latest().clusters[0]?.picture?.databases.some((view) => view.otherHistory),
            false,
          )
        })
        return evidence
      }
      assert.match(await found('pgdeck'), /whether these have one history is unknown/)
      assert.match(await found('postgres'), /with the same switch points/)
    }))
})
