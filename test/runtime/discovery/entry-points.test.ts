// What a written configuration makes of a pooler and of ports of a proxy, before real servers.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { configFromDsns } from '../../../src/config/from-dsns.ts'
import { configText } from '../../../src/config/write-config.ts'
import { createNewSessions } from '../../../src/io/entry-points/new-session.ts'
import { addressProbe } from '../../../src/probes/entry-points/index.ts'
import { discover } from '../../../src/runtime/discovery/discovery.ts'
import { separateEntryPoints } from '../../../src/runtime/discovery/entry-points.ts'
import { openHaproxy, withoutHaproxy } from '../../fakes/haproxy.ts'
import { openPgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { withCluster } from '../../real/embedded.ts'
import { NEVER } from '../../real/links.ts'
import { patiently, until } from '../../wait.ts'

const options = { timeoutMs: patiently(3_000) }

async function sorted(...dsns: readonly string[]) {
  const [given] = configFromDsns(dsns, {}).clusters
  assert.ok(given)
  const { cluster, notes } = await separateEntryPoints(await discover(given, options), options)
  const ports = cluster.databases.map(({ spec }) => spec.port)
  const addresses = (cluster.addresses ?? []).map(({ spec }) => [spec.port, spec.expects] as const)
  const poolers = (cluster.poolers ?? []).map(({ spec }) => [spec.port, spec.database] as const)
  return { cluster, notes: notes.join('\n'), ports: ports.toSorted((a, b) => a - b), addresses, poolers }
}

const skip =
  withoutHaproxy || withoutPgBouncer || (process.platform !== 'linux' && 'ports of standbys are told on Linux only')

async function reached(dsn: string): Promise<boolean> {
  const sessions = createNewSessions({ connection: parseDsn(dsn, {}), passwordCommand: null, ...options })
  try {
    await addressProbe.read({ sessions }, NEVER)
    return true
  } catch {
    return false
  } finally {
    sessions.close()
  }
}

describe('a configuration from connection strings', { skip }, () => {
  test('lists a server behind a proxy and a pooler once, by its own port', async () => {
    await withCluster({ standbys: 1 }, async ({ primary, nodes, caughtUp }) => {
      await caughtUp()
      const own = nodes.map(({ port }) => port).toSorted((a, b) => a - b)
      const proxy = await openHaproxy(nodes)
      const pool = await openPgBouncer(primary, 'session', 'stats_users = pgdeck')
      try {
        await until('the proxy leads on', options.timeoutMs, () => reached(proxy.dsn('pgdeck')))
        const both = await sorted(primary.dsn('pgdeck'), proxy.dsn('pgdeck'), pool.dsn('pgdeck'))
        assert.deepEqual(both.ports, own, both.notes)
        assert.deepEqual(both.addresses, [[proxy.port, 'primary']])
        assert.deepEqual(both.poolers, [[pool.port, 'postgres']])
        const text = configText(both.cluster, {})
        assert.match(text, new RegExp(`"poolers": \\[\\s+\\{\\s+"name": ".*",\\s+"dsn": ".*:${pool.port}/pgbouncer`))
        const alone = await sorted(proxy.dsn('pgdeck'))
        assert.deepEqual([alone.ports, alone.addresses], [own, [[proxy.port, 'primary']]], alone.notes)
      } finally {
        await pool.close()
        await proxy.close()
      }
    })
  })

  test('keeps a port that is the only way to a server, and has a pooler whose console refuses the user as an address', async () => {
    await withCluster({}, async ({ primary }) => {
      const proxy = await openHaproxy([primary])
      const pool = await openPgBouncer(primary, 'session')
      try {
        await until('the proxy leads on', options.timeoutMs, () => reached(proxy.dsn('pgdeck')))
        const alone = await sorted(proxy.dsn('pgdeck'))
        assert.deepEqual([alone.ports, alone.addresses, alone.notes], [[proxy.port], [], ''])
        const refused = await sorted(pool.dsn('pgdeck'))
        assert.deepEqual([refused.ports, refused.addresses], [[primary.port], [[pool.port, 'primary']]], refused.notes)
        assert.match(refused.notes, /connection pooler: written as an address.*stats_users/)
      } finally {
        await pool.close()
        await proxy.close()
      }
    })
  })
})
