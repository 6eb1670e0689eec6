// What a diagnosis makes of a standby that does not stream: each way to break replication, made with real servers.

import assert from 'node:assert/strict'
import { connect as dial, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { DEFAULT_HBA, type PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { until } from '../wait.ts'
import { assertCause, diagnose, findingOf, inside, outside, seen, watching } from './diagnosing.ts'
import { withCluster } from './embedded.ts'
import { withListener } from './links.ts'

/** Waits until the standby has no receiver that streams. */
function untilCut(standby: PostgresNode): Promise<void> {
  return until(`${standby.name} does not stream`, 20_000, async () => {
    const [row] = await standby.query<{ streams: boolean }>(
      "select exists (select from pg_stat_wal_receiver where status = 'streaming') as streams",
    )
    return row?.streams === false
  })
}

function untilStreams(standby: PostgresNode): Promise<void> {
  return until(`${standby.name} streams`, 20_000, async () => {
    const [row] = await standby.query<{ streams: boolean }>(
      "select exists (select from pg_stat_wal_receiver where status = 'streaming') as streams",
    )
    return row?.streams === true
  })
}

function untilLogged(node: PostgresNode, words: RegExp): Promise<void> {
  return until(`the log of ${node.name} says ${words}`, 20_000, async () => {
    const { readFileSync } = await import('node:fs')
    return words.test(readFileSync(node.logFile, 'utf8').slice(-20_000))
  })
}

const cutSenders = (node: PostgresNode) => node.query('select pg_terminate_backend(pid) from pg_stat_replication')

/** Another value of a word of primary_conninfo. */
async function redirect(standby: PostgresNode, word: string, value: string): Promise<void> {
  const [row] = await standby.query<{ now: string }>("select current_setting('primary_conninfo') as now")
  const now = row?.now ?? ''
  await standby.setSetting('primary_conninfo', now.replace(new RegExp(`\\b${word}=\\S+`), `${word}=${value}`))
}

async function write(node: PostgresNode, segments: number): Promise<void> {
  for (let n = 0; n < segments; n++) {
    await node.query("select pg_logical_emit_message(false, 'fill', repeat('x', 1000))")
    await node.query('select pg_switch_wal()')
  }
  await node.query('checkpoint')
}

describe('a standby that does not stream', () => {
  test('well; refused by pg_hba; wrong password; role without the right; no such slot', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      await primary.query('grant select on pg_hba_file_rules to pgdeck')
      await primary.query('grant execute on function pg_hba_file_rules() to pgdeck')
      await primary.createRole('ro_user', 'LOGIN REPLICATION')
      await redirect(standby, 'user', 'ro_user')
      await untilStreams(standby)
      const both = [seen('db-1', primary), seen('db-ro', standby)] as const
      const well = await diagnose(inside(...both), 'db-ro')
      assertCause(well, null)
      for (const id of ['source', 'receiver', 'sender', 'slot', 'wal', 'timeline', 'hba'] as const) {
        assert.equal(findingOf(well, id).result, 'ok', id)
      }
      assert.doesNotMatch(JSON.stringify(well), new RegExp(primary.password))

      await primary.setHba(`host replication ro_user 127.0.0.1/32 reject\n${DEFAULT_HBA}`)
      await cutSenders(primary)
      await untilLogged(standby, /pg_hba\.conf rejects replication connection/)
      assertCause(await diagnose(inside(...both), 'db-ro'), 'replication-hba', /pg_hba\.conf/)
      const byRules = await diagnose(outside(...both), 'db-ro')
      assertCause(byRules, 'replication-hba', /reject/)
      assert.equal(findingOf(byRules, 'hba').result, 'fail')
      await primary.setHba(DEFAULT_HBA)
      await untilStreams(standby)

      await redirect(standby, 'password', 'wrong')
      await cutSenders(primary)
      await untilLogged(standby, /password authentication failed/)
      const denied = await diagnose(inside(...both), 'db-ro')
      assertCause(denied, 'replication-credentials', /password authentication failed/)
      assert.equal(denied.verdict.certainty, 'certain')
      await redirect(standby, 'password', primary.password)
      await untilStreams(standby)

      await primary.query('alter role ro_user noreplication')
      await cutSenders(primary)
      await untilCut(standby)
      const rightless = await diagnose(outside(...both), 'db-ro')
      assertCause(rightless, 'replication-credentials', /may not replicate/)
      await primary.query('alter role ro_user replication')
      await untilStreams(standby)

      await standby.setSetting('primary_slot_name', 'nowhere')
      await untilLogged(standby, /replication slot "nowhere" does not exist/)
      const slotless = await diagnose(outside(...both), 'db-ro')
      assertCause(slotless, 'slot-missing', /has no slot nowhere/)
      assert.match(slotless.verdict.next ?? '', /pg_create_physical_replication_slot\('nowhere', true\)/)
      assertCause(await diagnose(inside(...both), 'db-ro'), 'slot-missing')

      await primary.stop()
      assertCause(await diagnose(inside(...both), 'db-ro'), 'source-down', /db-1/)
    }))

  test('a lost slot, and WAL that was removed', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      await primary.setSetting('max_wal_size', '32MB')
      await primary.setSetting('max_slot_wal_keep_size', '1MB')
      const both = [seen('db-1', primary), seen('db-ro', standby)] as const
      // Frozen would hold its connection, so it is sent elsewhere while the primary goes on.
      await redirect(standby, 'port', '1')
      await cutSenders(primary)
      await untilCut(standby)
      await write(primary, 8)
      // While it tries it is connected for a moment: it has to rest for longer than a diagnosis takes.
      await standby.setSetting('wal_retrieve_retry_interval', '30s')
      await redirect(standby, 'port', String(primary.port))
      await untilLogged(standby, /requested WAL segment|can no longer|invalidated/)
      const lost = await diagnose(outside(...both), 'db-ro')
      assertCause(lost, 'slot-lost', /slot standby_1 on db-1 is lost/)
      assert.match(lost.verdict.next ?? '', /rebuild/)
      assertCause(await diagnose(inside(...both), 'db-ro'), 'slot-lost')

      await standby.setSetting('primary_slot_name', '')
      await untilLogged(standby, /requested WAL segment \w+ has already been removed/)
      const removed = await diagnose(outside(...both), 'db-ro')
      assertCause(removed, 'wal-removed', /the oldest file of db-1/)
      assertCause(await diagnose(inside(...both), 'db-ro'), 'wal-removed')
    }))

  test('a timeline that has forked', () =>
    withCluster({ standbys: 2 }, async ({ primary, standbys: [heir, other], caughtUp }) => {
      assert.ok(heir && other)
      await caughtUp()
      await heir.promote()
      // Written on the old history after the new one has begun, and streamed to the other standby.
      await write(primary, 3)
      const [end] = await primary.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn')
      await until('the other has it', 20_000, async () => {
        const [row] = await other.query<{ has: boolean }>('select pg_last_wal_receive_lsn() >= $1 as has', [end?.lsn])
        return row?.has === true
      })
      await primary.stop()
      await heir.query("select pg_create_physical_replication_slot('standby_2', true)")
      await redirect(other, 'port', String(heir.port))
      await untilLogged(other, /forked off|not in this server's history/)
      const both = [seen('db-1', heir), seen('db-ro', other)] as const
      const told = await diagnose(inside(...both), 'db-ro')
      assertCause(told, 'timeline-fork', /fork|history/)
      const judged = await diagnose(outside(...both), 'db-ro')
      assertCause(judged, 'timeline-fork', /switch point is before its position/)
    }))

  test('a network that is cut one way: both answer us, and the standby does not reach its source', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      await withListener(
        () => {},
        async (port) => {
          const both = [seen('db-1', primary), seen('db-ro', standby, { slot: 'standby_1' })] as const
          await redirect(standby, 'port', String(port))
          await cutSenders(primary)
          await until('the receiver waits', 10_000, async () => {
            const [row] = await standby.query<{ waits: boolean }>(
              "select exists (select from pg_stat_activity where lower(wait_event) = 'libpqwalreceiverconnect') as waits",
            )
            return row?.waits === true
          })
          const found = await diagnose(outside(...both), 'db-ro')
          assertCause(found, 'replication-network', /has been trying to connect/)
          assert.equal(findingOf(found, 'source').result, 'ok')

          await redirect(standby, 'port', '1')
          await untilLogged(standby, /Connection refused/)
          assertCause(await diagnose(inside(...both), 'db-ro'), 'replication-network', /refused/i)
        },
      )
    }))

  test('only we can’t see it: the standby goes on streaming', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      let open = true
      const proxy = (socket: Socket) => {
        if (!open) return
        const far = dial(primary.port, '127.0.0.1').on('error', () => {})
        socket.on('data', (bytes) => open && far.write(bytes))
        far.on('data', (bytes) => open && socket.write(bytes))
        socket.on('close', () => far.destroy())
      }
      await withListener(proxy, async (port) => {
        const dsn = primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${port}/`)
        const databases = [
          { name: 'db-1', dsn },
          { name: 'db-ro', dsn: standby.dsn('pgdeck') },
        ]
        await watching({ databases }, async ({ store, poll, diagnose: ask }) => {
          await poll()
          open = false
          await poll()
          const status = () => store.latest().clusters[0]?.picture?.databases.find(({ id }) => id === 'db-1')?.status
          await until('others are believed', 15_000, async () => {
            await primary.query('select txid_current()')
            await poll()
            return status() === 'unknown'
          })
          const { picture } = store.latest().clusters[0] ?? {}
          assert.ok(picture?.alerts.every(({ rule }) => rule !== 'database-inactive'))
          assert.match(picture?.alerts.find(({ rule }) => rule === 'stale')?.message ?? '', /is not visible from here/)
          assertCause(await ask('db-1'), 'seen-by-others', /db-ro sees it/)
        })
      })
    }))
})
