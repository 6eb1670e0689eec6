// The timeline of a standby whose upstream has died: by its WAL directory, and by nothing in there that it does not follow.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../src/io/files/sync-files.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { patiently, until } from '../wait.ts'
import { majorsToTry, type TestCluster, withCluster } from './embedded.ts'

/** The background writer would tell the control file of the new timeline when it gets to it. */
const SETTINGS = { bgwriter_lru_maxpages: '0', checkpoint_timeout: '1h' }
const NEVER = new AbortController().signal

async function timelineOf(node: PostgresNode, role = 'pgdeck'): Promise<number | null> {
  const link = openDatabaseSession({
    connection: parseDsn(node.dsn(role), {}),
    passwordCommand: null,
    timeoutMs: patiently(5_000),
  })
  try {
    return (await pulseProbe.read({ session: link }, NEVER)).timeline
  } finally {
    await link.close()
  }
}

/** The second standby follows the first, which was promoted and then lost power before any restart point. */
async function orphanOfSecondPrimary({ primary, standbys, caughtUp }: TestCluster): Promise<PostgresNode> {
  const [first, second] = standbys
  assert.ok(first && second)
  await primary.createRole('plain', 'LOGIN')
  await caughtUp()
  await primary.query('checkpoint')
  await caughtUp()
  await second.query('checkpoint')
  await primary.stop()
  await first.promote()
  await second.setSetting('primary_slot_name', '')
  const source = `host=127.0.0.1 port=${first.port} user=postgres password=${first.password}`
  await second.setSetting('primary_conninfo', source)
  await first.query('create table public.written_on_timeline_2 (a int)')
  await until('the second standby has what was written on timeline 2', 20_000, async () => {
    const [row] = await second.query<{ table: string | null }>(
      `select to_regclass('public.written_on_timeline_2') as table`,
    )
    return row?.table != null
  })
  await first.kill()
  await until('no receiver runs', 20_000, async () => {
    const [row] = await second.query<{ runs: boolean }>('select exists (select from pg_stat_wal_receiver) as runs')
    return row?.runs === false
  })
  return second
}

async function controlFile(node: PostgresNode): Promise<number> {
  const text = `select greatest(min_recovery_end_timeline, (select timeline_id from pg_control_checkpoint())) as timeline
    from pg_control_recovery()`
  const [row] = await node.query<{ timeline: number }>(text)
  return row?.timeline ?? assert.fail('no control file')
}

describe('a standby without a receiver', { concurrency: 2 }, () => {
  for (const major of majorsToTry()) {
    test(`on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 2, settings: SETTINGS }, async (cluster) => {
        const orphan = await orphanOfSecondPrimary(cluster)
        assert.equal(await controlFile(orphan), 1, 'the control file has not heard of the new timeline')
        assert.equal(await timelineOf(orphan), 2, 'the WAL directory has')
        assert.equal(await timelineOf(orphan, 'plain'), 1, 'a role that may not list it gets an answer all the same')

        const [at] = await orphan.query<{ file: string }>(
          `select max(name) as file from pg_ls_waldir() where name ~ '^00000002[0-9A-F]{16}$'`,
        )
        const number = at?.file.slice(8) ?? assert.fail('no file of timeline 2')
        const strays = [
          '00000009.history',
          `00000009${number}.partial`,
          `00000009${'0'.repeat(16)}`,
          `00000009${number}.tmp`,
        ]
        for (const name of strays)
          writePrivateText(join(orphan.dataDirectory, 'pg_wal', name), '', orphan.scratch.owner)
        assert.equal(await timelineOf(orphan), 2, 'histories, partial files and files of older WAL do not count')

        const ahead = `00000003${number}`
        writePrivateText(join(orphan.dataDirectory, 'pg_wal', ahead), '', orphan.scratch.owner)
        assert.equal(await timelineOf(orphan), 3, 'a file of its last segment does')
        await orphan.setSetting('recovery_target_timeline', 'current')
        await orphan.restart()
        assert.equal(await timelineOf(orphan), await controlFile(orphan), 'not where recovery stays on its timeline')
      }))
  }
})
