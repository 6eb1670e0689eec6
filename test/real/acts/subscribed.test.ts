// A subscription over a switchover and the one back, on real servers: each change arrives once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PostgresNode, startPrimary } from '../../../src/demo/postgres/start-postgres.ts'
import { until } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { actingOnCluster, noteOf } from './promoting.ts'

const settings = { wal_level: 'logical', hot_standby_feedback: 'on', sync_replication_slots: 'on' }

/** Writes on whichever server takes it, until told to stop. Returns what was confirmed. */
function writing(nodes: readonly PostgresNode[]): { stop(): Promise<readonly number[]> } {
  let isOn = true
  const confirmed: number[] = []
  async function write(): Promise<void> {
    for (let n = 1; isOn; n++) {
      for (const node of nodes) {
        const done = await node.query('insert into changes values ($1)', [n]).catch(() => null)
        if (done === null) continue
        confirmed.push(n)
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const ends = write()
  return {
    async stop() {
      isOn = false
      await ends
      return confirmed
    },
  }
}

async function numbersOf(subscriber: PostgresNode): Promise<readonly number[]> {
  const rows = await subscriber.query<{ n: number }>('select n from changes order by n')
  return rows.map(({ n }) => n)
}

/** The slot is on the standby as a copy that would survive its promotion. */
async function synchronized(standby: PostgresNode): Promise<void> {
  await until(`${standby.name} has a copy that is ready`, 60_000, async () => {
    const rows = await standby.query(
      `select from pg_replication_slots where slot_name = 'sub' and synced and not temporary and invalidation_reason is null`,
    )
    return rows.length === 1
  })
}

async function subscribe(subscriber: PostgresNode, nodes: readonly PostgresNode[], password: string): Promise<void> {
  const hosts = nodes.map(() => '127.0.0.1').join(',')
  const ports = nodes.map(({ port }) => port).join(',')
  const source = `host=${hosts} port=${ports} user=postgres password=${password} dbname=postgres target_session_attrs=read-write`
  await subscriber.query('create table changes (n int)')
  await subscriber.query(
    `create subscription sub connection '${source}' publication all_changes with (failover = true, streaming = off)`,
  )
}

describe('a subscription', { concurrency: 1 }, () => {
  for (const major of MAJORS.filter((each) => each >= 17)) {
    test(`receives each change once over a switchover and the one back, on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 1, settings }, async (cluster) => {
        const { primary, nodes, password } = cluster
        const [standby] = cluster.standbys
        assert.ok(standby)
        const [row] = await standby.query<{ source: string }>(`select current_setting('primary_conninfo') as source`)
        await standby.setSetting('primary_conninfo', `${row?.source} dbname=postgres`)
        await primary.setSetting('synchronized_standby_slots', 'standby_1')
        await standby.setSetting('synchronized_standby_slots', 'primary')
        await primary.query('create table changes (n int)')
        await primary.query('create publication all_changes for all tables')
        const subscriber = await startPrimary({ binaries: primary.binaries, name: 'subscriber' })
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          await subscribe(subscriber, nodes, password)
          await synchronized(standby)
          const writer = writing(nodes)
          const over = await acting.act('switchover', standby.name)
          assert.equal(over.state, 'done', `${over.why}\n${JSON.stringify(over.steps, null, 1)}`)
          assert.equal(over.plan.checks.find(({ id }) => id === 'synchronized-slots')?.result, 'pass')
          assert.match(noteOf(over, 'drop-own-slot-sub'), /there is no own slot sub|is a synchronized copy/)
          await synchronized(primary)
          const back = await acting.act('switchover', primary.name)
          assert.equal(back.state, 'done', `${back.why}\n${JSON.stringify(back.steps, null, 1)}`)
          await synchronized(standby)
          const confirmed = await writer.stop()
          await until('the subscriber has all', 60_000, async () => {
            const received = new Set(await numbersOf(subscriber))
            return confirmed.every((n) => received.has(n))
          })
          const received = await numbersOf(subscriber)
          assert.equal(received.length, new Set(received).size, 'no change arrived twice')
          assert.ok(confirmed.length > 20)
        } finally {
          await acting.close()
          await subscriber.scratch.close()
        }
      }))
  }
})
