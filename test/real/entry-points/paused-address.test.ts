// Looking at an address behind a paused pool keeps no session waiting there.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ClusterConfig } from '../../../src/config/config.ts'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openPoolerConsole } from '../../../src/io/entry-points/pooler-console.ts'
import type { HostConnections } from '../../../src/runtime/hosts/host-connections.ts'
import { createEntryPointPolls } from '../../../src/runtime/polling/entry-point-poll.ts'
import type { Store } from '../../../src/state/store.ts'
import { openPgBouncer, type PgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently } from '../../wait.ts'
import { sharedCluster } from '../embedded.ts'
import { NEVER } from '../links.ts'

const LIMIT_MS = patiently(3_000)
const server = sharedCluster({})

/** `waiting`: clients that wait in its pool. */
async function withPaused(
  body: (pool: PgBouncer, at: { pause(): Promise<unknown>; waiting(): Promise<number> }) => Promise<void>,
) {
  const pool = await openPgBouncer(server().primary, 'transaction')
  const admin = openPoolerConsole({
    connection: parseDsn(pool.dsn('postgres', 'pgbouncer'), {}),
    passwordCommand: null,
  })
  try {
    await body(pool, {
      pause: () => admin.run('PAUSE "postgres"', LIMIT_MS, NEVER),
      async waiting() {
        const rows = await admin.run<Record<string, unknown>>('SHOW POOLS', LIMIT_MS, NEVER)
        return rows
          .filter(({ database }) => database === 'postgres')
          .reduce((sum, row) => sum + Number(row.cl_waiting), 0)
      },
    })
  } finally {
    await admin.close()
    await pool.close()
  }
}

describe('an address through a paused pool', { skip: withoutPgBouncer }, () => {
  test('is not tried where the pooler says that it is paused', () =>
    withPaused(async (pool, { pause, waiting }) => {
      const told = new Map<string, string>()
      const store = {
        dispatch({ id, outcome }: { id: string; outcome: { ok: boolean; fault?: { message: string } } }) {
          told.set(id, outcome.ok ? 'ok' : (outcome.fault?.message ?? ''))
        },
      } as unknown as Store
      const common = { passwordCommand: null, via: null }
      const at = { host: '127.0.0.1', port: pool.port, expects: 'primary' }
      const cluster = {
        spec: { name: 'test', timeoutMs: LIMIT_MS },
        poolers: [
          {
            ...common,
            spec: { ...at, id: 'pgb', database: null },
            connection: parseDsn(pool.dsn('postgres', 'pgbouncer'), {}),
          },
        ],
        addresses: [{ ...common, spec: { ...at, id: 'app' }, connection: parseDsn(pool.dsn(), {}) }],
      } as unknown as ClusterConfig
      const polls = createEntryPointPolls(store, cluster, {
        tunnelVia: () => undefined,
      } as unknown as HostConnections)
      const look = async () => {
        for (const each of polls) await each.poll({ timeoutMs: LIMIT_MS, intervalMs: 1_000, force: true })
        return [told.get('pgb'), told.get('app')]
      }
      try {
        assert.deepEqual(await look(), ['ok', 'ok'])
        await pause()
        assert.deepEqual(await look(), ['ok', 'postgres at pgb is paused: new sessions wait, so pgdeck opens none'])
        assert.equal(await waiting(), 0)
      } finally {
        for (const each of polls) await each.close()
      }
    }))
})
