// A light write load on the primary database: a few small transactions a second, and a bulk load on demand.

import { setTimeout as pause } from 'node:timers/promises'
import { type DemoSession, openDemoSession } from '../io/postgres/demo-session.ts'
import { openConnectionPool } from './app-server/connection-pool.ts'
import { type IntervalTask, startIntervalTask } from './app-server/interval-task.ts'
import type { PostgresNode } from './postgres/postgres-node.ts'

const EVERY_MS = 300
const LIMIT_MS = 1_000
const KEPT_ROWS = 5_000

/** Writes a few rows a second; quiet while the database is down, goes on when it is back. */
export function startLoad(
  database: { readonly port: number; readonly password: string },
  random: () => number,
): IntervalTask {
  const pool = openConnectionPool(1, {
    host: '127.0.0.1',
    port: database.port,
    user: 'app',
    password: database.password,
    database: 'postgres',
    applicationName: 'app-jobs',
    limitMs: LIMIT_MS,
  })
  const routine = startIntervalTask(EVERY_MS, async () => {
    const rows = 1 + Math.floor(random() * 5)
    await pool.query(`insert into journal (note) ${filler(4)}`, [rows])
    if (random() < 0.02) {
      await pool.query('delete from journal where at < (select at from journal order by at desc offset $1 limit 1)', [
        KEPT_ROWS,
      ])
    }
  })
  return {
    stop: async () => {
      await routine.stop()
      await pool.close()
    },
  }
}

/** $1 rows of text; before it the columns that `before` names, of which `i` is the row's number. */
function filler(hashes: number, before = ''): string {
  return `select ${before}pg_catalog.repeat(pg_catalog.md5(i::pg_catalog.text), ${hashes})
    from pg_catalog.generate_series(1, $1::int) i`
}

const FLOOD_ROUND_MS = 350
const FLOOD_ROWS = 6_000

/**
 * Loads data in bulk (about 10 MB of WAL a second) until aborted, while a report on the replica reads the table that is
 * emptied before each load: replay has to wait for the report, so the lag grows for real and is caught up afterwards.
 */
export async function startBulkLoad(
  primary: PostgresNode,
  replica: PostgresNode | null,
  signal: AbortSignal,
): Promise<void> {
  const report =
    replica?.isRunning() && !replica.isFrozen() ? await superuser(replica, 'report').catch(() => null) : null
  const loader = await superuser(primary, 'bulk-load')
  try {
    await report?.query('begin transaction isolation level repeatable read read only')
    await report?.query('select pg_catalog.count(*) from bulk')
    while (!signal.aborted) {
      await loader.query('truncate bulk')
      await loader.query(`insert into bulk ${filler(16, 'i, ')}`, [FLOOD_ROWS])
      await pause(FLOOD_ROUND_MS, undefined, { signal }).catch(() => {})
    }
  } finally {
    await report?.close()
    await loader.close()
  }
}

function superuser(node: PostgresNode, applicationName: string): Promise<DemoSession> {
  const place = { host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' }
  return openDemoSession({ ...place, applicationName, limitMs: 5_000 })
}
