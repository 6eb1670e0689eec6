// Standbys that change their upstream, and databases that are fenced, on real servers: with no password left anywhere.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary, noteOf, notPassed } from './promoting.ts'

function nodesOf({ primary, standbys }: TestCluster) {
  const [first, second = first] = standbys
  assert.ok(first && second)
  return { primary, first, second }
}

/** Every file of the state folder: journals, the trail, and what else is kept. */
function keptTexts(folder: string): string {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const texts = names
    .filter(({ name }) => name !== 'config.json')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  return texts.join('\n')
}

/** Gives a standby a connection string in which quotes and backslashes have to be written in two notations at once. */
/** As the server knows it; in the connection string its quote and its backslash are escaped. */
const NAME = "o'b \\ c"

async function makeAwkward(standby: PostgresNode, upstream: PostgresNode, password: string): Promise<void> {
  const conninfo = `host=127.0.0.1 port=${upstream.port} user=postgres password=${password} application_name='o\\'b \\\\ c'`
  await standby.setSetting('primary_conninfo', conninfo.replaceAll('\\', '\\\\'))
  assert.equal(await conninfoOf(standby), conninfo)
  await until('it streams by the new connection', 20_000, async () => {
    const [row] = await upstream.query<{ streams: boolean }>(
      "select exists (select from pg_stat_replication where state = 'streaming' and application_name = $1) as streams",
      [NAME],
    )
    return row?.streams === true
  })
}

async function conninfoOf(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ value: string }>(`select current_setting('primary_conninfo') as value`)
  return row?.value ?? ''
}

describe('follow', () => {
  test('over SQL: everything else of the connection stays, and the password is in no journal and no log', () =>
    withCluster(
      { standbys: 2, settings: { log_statement: 'all', log_min_duration_statement: '0' } },
      async (cluster) => {
        const { primary, first, second } = nodesOf(cluster)
        const acting = await actingOnCluster(cluster, 'sql')
        try {
          const before = readFileSync(second.logFile, 'utf8').length
          const run = await acting.act('follow', 'standby-2', { upstream: 'standby-1' })
          assert.equal(
            run.state,
            'done',
            `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}`,
          )
          assert.equal(run.plan.steps[0]?.how, 'sql')
          assert.match(noteOf(run, 'repoint-followers'), /standby-2 streams from standby-1/)
          const conninfo = await conninfoOf(second)
          assert.match(conninfo, new RegExp(`host=127.0.0.1 port=${first.port} .*application_name=standby-2`))
          assert.ok(conninfo.includes(cluster.password))
          assert.equal(keptTexts(acting.folder).includes(cluster.password), false)
          // The server itself tells which settings a reload changed; no statement of ours is in its log.
          const logged = readFileSync(second.logFile, 'utf8')
            .slice(before)
            .split('\n')
            .filter((text) => text.includes(cluster.password))
          assert.deepEqual(
            logged.filter((text) => !text.includes('parameter "primary_conninfo" changed to')),
            [],
          )
          assert.equal(run.plan.checks.find(({ id }) => id === 'conninfo-password')?.result, 'warn')
          const [activity] = await second.query<{ n: number }>(
            `select count(*)::int as n from pg_stat_activity where query like '%' || $1 || '%' and pid <> pg_backend_pid()`,
            [cluster.password],
          )
          assert.equal(activity?.n, 0)
          const left = await primary.query<{ name: string }>(
            'select slot_name::text as name from pg_replication_slots order by 1',
          )
          assert.deepEqual(left, [{ name: 'standby_1' }], 'its slot on the former upstream is gone')
          const circle = await acting.executor.propose({
            action: 'follow',
            target: 'standby-1',
            input: { upstream: 'standby-2' },
          })
          assert.deepEqual(
            circle.plan.checks.filter(({ result }) => result === 'fail').map(({ id }) => id),
            ['no-circle'],
          )
        } finally {
          await acting.close()
        }
      },
    ))

  test('by a role that may only watch: through the files of its host, slots by hand', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const { primary, first, second } = nodesOf(cluster)
      const acting = await actingOnCluster(cluster, 'hosts', { user: 'pgdeck', present: true })
      try {
        await second.setSetting('primary_slot_name', null)
        await makeAwkward(second, primary, cluster.password)
        const run = await acting.act('follow', 'standby-2', { upstream: 'standby-1' })
        assert.equal(run.plan.steps[0]?.how, 'file', JSON.stringify(run.plan.steps))
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.match(await conninfoOf(second), new RegExp(`port=${first.port} .*application_name='o\\\\'b \\\\\\\\ c'`))
        assert.equal(keptTexts(acting.folder).includes(cluster.password), false)
      } finally {
        await acting.close()
      }
    }))
})

describe('fence and unfence', () => {
  test('a fenced primary does not come back as one while another takes writes', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, first } = nodesOf(cluster)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const fenced = await acting.act('fence', 'primary')
        assert.equal(fenced.state, 'done', fenced.why ?? '')
        assert.match(noteOf(fenced, 'fence'), /would start as a standby/)
        const back = await acting.act('unfence', 'primary')
        assert.equal(back.state, 'done', back.why ?? '')
        assert.equal(await isPrimary(primary), true)
        await until('the standby follows again', 20_000, async () => {
          const [row] = await primary.query<{ n: number }>(
            `select count(*)::int as n from pg_stat_replication where state = 'streaming'`,
          )
          return row?.n === 1
        })

        await acting.act('fence', 'primary')
        await first.promote()
        const asPrimary = await acting.executor.propose({
          action: 'unfence',
          target: 'primary',
          input: { as: 'primary' },
        })
        assert.deepEqual(
          [asPrimary.state, asPrimary.plan.checks.find(({ id }) => id === 'no-other-primary')?.result],
          ['blocked', 'fail'],
        )
        const standby = await acting.act('unfence', 'primary')
        assert.equal(standby.state, 'done', standby.why ?? '')
        assert.deepEqual([await isPrimary(primary), await isPrimary(first)], [false, true])
      } finally {
        await acting.close()
      }
    }))
})
