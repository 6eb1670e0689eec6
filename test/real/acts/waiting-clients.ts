// Clients of a pooler that commit numbers and can wait, and the pools that are paused.

import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import type { PgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently } from '../../wait.ts'

/** A session of its administrator, or with a database of its own. */
export function poolSession({ port }: PgBouncer, database = 'postgres') {
  return openDemoSession({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database,
    applicationName: 'load',
    limitMs: patiently(30_000),
  })
}

export interface Writer {
  /** Numbers whose commit was confirmed to it. */
  readonly confirmed: number[]
  readonly errors: string[]
  stop(): Promise<void>
}

/** A client that commits number after number and can wait. */
export function writing(pool: PgBouncer, first: number, step: number): Writer {
  const confirmed: number[] = []
  const errors: string[] = []
  let isOn = true
  const ended = (async () => {
    let client = await poolSession(pool)
    for (let n = first; isOn; n += step) {
      try {
        await client.query('insert into numbers values ($1)', [n])
        confirmed.push(n)
      } catch (error) {
        errors.push(`${new Date().toISOString()} ${String(error)}`)
        await client.close()
        client = await poolSession(pool)
      }
    }
    await client.close()
  })()
  return {
    confirmed,
    errors,
    async stop() {
      isOn = false
      await ended
    },
  }
}

/** Names of the pools that its console shows as paused. */
export async function pausedPools(pool: PgBouncer): Promise<readonly string[]> {
  const console = await poolSession(pool, 'pgbouncer')
  const rows = await console.query<{ name: string; paused: number }>('SHOW DATABASES')
  await console.close()
  return rows.filter(({ paused }) => paused === 1).map(({ name }) => name)
}
