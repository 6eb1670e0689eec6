// The audit of pg_hba.conf on a real cluster: what is lacking is found in both directions, and what it proposes works.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import {
  addStandby,
  findServerBinaries,
  type PostgresNode,
  startPrimary,
} from '../../src/demo/postgres/start-postgres.ts'
import { openDemoSession } from '../../src/io/postgres/demo-session.ts'
import { insertHbaLine } from '../../src/model/hba/edit/edit-lines.ts'
import { startPgdeck } from '../cli/process.ts'
import { until } from '../wait.ts'
import { MAJORS } from './embedded.ts'

const OWN = `local all postgres trust
local replication postgres trust
host all pgdeck 127.0.0.1/32 scram-sha-256
`

interface Added {
  readonly database: string
  readonly line: string
  readonly file: string
  readonly before: number | null
  readonly replaces: number | null
  readonly lets: readonly string[]
}

interface Entry {
  readonly from: { readonly id: string } | null
  readonly to: { readonly id: string }
  readonly need: string
  readonly user: string | null
  readonly result: string
  readonly health: string
  readonly message: string
  readonly line: number | null
  readonly add: Added | null
}

interface Audit {
  readonly schema: string
  readonly clusters: readonly [
    {
      readonly health: string
      readonly databases: readonly { readonly id: string; readonly health: string; readonly message: string }[]
      readonly entries: readonly Entry[]
      readonly add: readonly Added[]
    },
  ]
}

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-hba-audit-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Whether that user is let in, by a real login; the server's own words when not. */
async function login(node: PostgresNode, user: string, replication: boolean, database: string): Promise<string> {
  const client = new pg.Client({
    ...{ host: node.host, port: node.port, user, password: node.password, database },
    ...(replication ? { replication: 'true' } : {}),
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return 'in'
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.end().catch(() => {})
  }
}

async function audit(context: TestContext, config: string, ...words: readonly string[]) {
  const { code, out, err } = await startPgdeck(context, ['--config', config, 'hba', 'audit', ...words, '--json'], {
    cwd: folder,
  }).ended
  assert.doesNotMatch(err, /error|cannot/i)
  return { code, document: JSON.parse(out) as Audit }
}

describe('the audit of a real cluster', { skip: MAJORS.length === 0 && 'no server programs here' }, () => {
  test('finds each missing line in both directions, and the proposed lines make the connections work', async (t) => {
    const primary = await startPrimary({ binaries: findServerBinaries() })
    t.after(() => primary.scratch.close())
    await primary.createRole('pgdeck', 'LOGIN IN ROLE pg_monitor')
    for (const name of ['ro_a', 'ro_b', 'ro_c']) await primary.createRole(name, 'LOGIN REPLICATION')
    await primary.createRole('vault app', 'LOGIN')
    const b = await addStandby(primary, { name: 'b', replicationUser: 'ro_b' })
    const c = await addStandby(primary, { name: 'c', replicationUser: 'ro_c' })
    const nodes = new Map([
      ['db-a', primary],
      ['db-b', b],
      ['db-c', c],
    ])
    const session = await openDemoSession({
      ...{
        host: primary.host,
        port: primary.port,
        user: 'vault app',
        password: primary.password,
        database: 'postgres',
      },
      ...{ applicationName: 'pmp-a', limitMs: 10_000 },
    })
    t.after(() => session.close())
    const config = join(folder, 'pgdeck.json')
    writeFileSync(config, JSON.stringify(configOf(nodes)), { mode: 0o600 })

    const blind = await startPgdeck(t, ['--config', config, 'hba', 'audit', 'db-a'], { cwd: folder }).ended
    assert.equal(blind.code, 3, blind.out)
    assert.match(blind.out, /\? unknown[\s\S]*GRANT EXECUTE ON FUNCTION/)
    await primary.query('grant select on pg_hba_file_rules to pgdeck')
    await primary.query('grant execute on function pg_hba_file_rules() to pgdeck')
    await primary.query('grant execute on function pg_read_binary_file(text) to pgdeck')
    await caughtUp(primary, [b, c])

    await primary.setHba(
      `${OWN}host replication ro_b 127.0.0.1/32 scram-sha-256\nhost postgres "vault app" 127.0.0.1/32 scram-sha-256\n`,
    )
    await b.setHba(`${OWN}host replication ro_c 127.0.0.0/8 reject\nhost all all 0.0.0.0/0 reject\n`)
    await c.setHba(`${OWN}host replication ro_b 127.0.0.1 /32 scram-sha-256\n`)
    const first = await audit(t, config)
    assert.equal(first.document.schema, 'pgdeck.hba-audit/1')
    assert.equal(first.code, 2)
    const [cluster] = first.document.clusters
    const results = new Map(
      cluster.entries.map(({ from, to, result }) => [`${from?.id ?? 'pgdeck'} on ${to.id}`, result]),
    )
    assert.deepEqual(Object.fromEntries([...results].sort()), {
      'db-a on db-b': 'missing',
      'db-a on db-c': 'missing',
      'db-b on db-a': 'good',
      'db-b on db-c': 'missing',
      'db-c on db-a': 'missing',
      'db-c on db-b': 'rejected',
      'pgdeck on db-a': 'good',
      'pgdeck on db-b': 'good',
      'pgdeck on db-c': 'good',
      'pmp-a on db-a': 'good',
      'pmp-a on db-b': 'rejected',
      'pmp-a on db-c': 'missing',
    })
    const entry = (from: string, to: string) =>
      cluster.entries.find((each) => each.from?.id === from && each.to.id === to)
    assert.equal(entry('db-c', 'db-a')?.health, 'critical')
    assert.equal(entry('db-a', 'db-c')?.health, 'warning')
    assert.equal(entry('db-a', 'db-c')?.add?.line, 'host replication ro_a 127.0.0.1/32 scram-sha-256')
    assert.equal(entry('pmp-a', 'db-b')?.add?.line, 'host postgres "vault app" 127.0.0.1/32 scram-sha-256')
    assert.match(entry('db-b', 'db-c')?.message ?? '', /line 4 would match it, but is broken: a blank/)
    assert.match(cluster.databases.find(({ id }) => id === 'db-c')?.message ?? '', /refuses the whole file/)

    const lacking = cluster.entries.filter(({ add }) => add !== null)
    assert.equal(lacking.length, 7)
    for (const { to, user, need } of lacking) {
      const node = nodes.get(to.id)
      assert.ok(node && user)
      // The broken file was refused, so there the old rules still let everybody in.
      if (node !== c) assert.match(await login(node, user, need.includes('replicate'), 'postgres'), /pg_hba\.conf/)
    }
    // From the last line of a file to the first, so that numbers stay right.
    for (const add of [...cluster.add].sort((x, y) => (y.before ?? Infinity) - (x.before ?? Infinity))) {
      const node = nodes.get(add.database)
      await node?.setHba(insertHbaLine(node.hba(), add, node.binaries.major) ?? '')
    }
    for (const { to, user, need } of lacking) {
      const node = nodes.get(to.id)
      assert.ok(node && user)
      assert.equal(await login(node, user, need.includes('replicate'), 'postgres'), 'in', `${user} on ${to.id}`)
    }
    const [refused] = await c.query<{ n: string }>(
      'select count(*) as n from pg_hba_file_rules where error is not null',
    )
    assert.equal(refused?.n, '0')

    const second = await audit(t, config)
    assert.deepEqual(second.document.clusters[0].add, [])
    assert.equal(second.code, 0, JSON.stringify(second.document, null, 1))
    const one = await audit(t, config, 'pmp-a')
    assert.deepEqual(new Set(one.document.clusters[0].entries.map(({ from }) => from?.id)), new Set(['pmp-a']))
  })
})

async function caughtUp(primary: PostgresNode, standbys: readonly PostgresNode[]): Promise<void> {
  const [written] = await primary.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn')
  for (const standby of standbys) {
    await until(`${standby.name} has replayed ${written?.lsn}`, 20_000, async () => {
      const [row] = await standby.query<{ done: boolean }>('select pg_last_wal_replay_lsn() >= $1 as done', [
        written?.lsn,
      ])
      return row?.done === true
    })
  }
}

function configOf(nodes: ReadonlyMap<string, PostgresNode>) {
  const databases = [...nodes].map(([name, node]) => ({
    name,
    dsn: node.dsn('pgdeck'),
    replicationUser: name.replace('db-', 'ro_'),
  }))
  const servers = [
    // Nothing listens there: the audit is about its sessions.
    { name: 'pmp-a', type: 'primary', url: 'http://127.0.0.1:9/', database: 'db-a', applicationName: 'pmp-a' },
  ]
  return { clusters: [{ name: 'vault', model: 'shared-database', interval: '5s', timeout: '15s', databases, servers }] }
}
