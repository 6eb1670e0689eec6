// Managers of real servers: their roles, tables and sessions made for real, Patroni's REST served on loopback.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import type { ClusterConfig } from '../../src/config/config.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { ClusterManager } from '../../src/model/managers/detection/cluster-manager.ts'
import { managerBlockFor } from '../../src/model/managers/manager-guard.ts'
import { pollOnce } from '../fakes/poll-once.ts'
import { serveHttp } from '../fakes/web.ts'
import { until } from '../wait.ts'
import { majorsToTry, withCluster } from './embedded.ts'

const REPMGR = `
  create schema repmgr;
  create table repmgr.nodes (node_id int primary key, upstream_node_id int, active bool not null default true,
    node_name text not null, type text not null, location text not null default 'default', priority int,
    conninfo text not null, repluser text not null, slot_name text, config_file text not null)`

/** As Patroni gives them. */
const COMMAND_LINE: Readonly<Record<string, string>> = {
  cluster_name: 'vault',
  hot_standby: 'on',
  max_connections: '50',
  max_locks_per_transaction: '64',
  max_prepared_transactions: '0',
  max_replication_slots: '10',
  max_wal_senders: '10',
  max_worker_processes: '8',
  track_commit_timestamp: 'off',
  wal_level: 'replica',
  wal_log_hints: 'on',
}

const PGAF = `
  create schema pgautofailover;
  create table pgautofailover.node (formationid text, nodeid bigint, groupid int, nodename text, nodehost text,
    nodeport int, sysidentifier bigint, goalstate text, reportedstate text)`

function configOf(nodes: readonly PostgresNode[], role: string, patroni?: string): ClusterConfig {
  const { clusters } = configFromDsns(
    nodes.map((node) => node.dsn(role, 'postgres')),
    {},
  )
  const [first] = clusters
  assert.ok(first)
  if (!patroni) return first
  const databases = first.databases.map((each) => ({ ...each, spec: { ...each.spec, patroni }, patroni }))
  return { ...first, databases, spec: { ...first.spec, databases: databases.map(({ spec }) => spec) } }
}

async function sessionNamed(
  context: TestContext,
  node: PostgresNode,
  name: string,
  role = 'postgres',
): Promise<Client> {
  const client = new Client({ connectionString: node.dsn(role, 'postgres'), application_name: name })
  client.on('error', () => {})
  await client.connect()
  context.after(() => client.end().catch(() => {}))
  return client
}

const systemOf = async (node: PostgresNode) => {
  const text = 'select system_identifier::text as id from pg_control_system()'
  const [row] = await node.query<{ id: string }>(text)
  return row?.id ?? assert.fail('no system identifier')
}

/** What Patroni 3 and 4 answer, as far as it is read. */
function patroni(nodes: readonly PostgresNode[], system: string, over: { pause?: boolean } = {}): RequestListener {
  return ({ url }, response) => {
    const own = { state: 'running', role: 'master', ...over, database_system_identifier: system }
    const members = nodes.map(({ name, port }, index) => {
      const role = index === 0 ? 'leader' : 'replica'
      return {
        name: `member-${name}`,
        role,
        state: 'running',
        host: '127.0.0.1',
        port,
        lag: index === 0 ? 0 : 'unknown',
      }
    })
    const answer = url === '/patroni' ? { ...own, patroni: { version: '3.0.2', scope: 'vault' } } : { members, ...over }
    response.end(JSON.stringify(answer))
  }
}

function kindOf(manager: ClusterManager | null) {
  return manager?.kind ?? null
}

describe('the manager of real servers', { concurrency: 2 }, () => {
  for (const major of majorsToTry()) {
    test(`is seen by its signs on PostgreSQL ${major}, by a plain role too`, async (context) => {
      await withCluster({ major, standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
        const nodes = [primary, ...standbys]
        await primary.createRole('plain', 'LOGIN')
        await caughtUp()
        const found = async (role: string) => (await pollOnce(configOf(nodes, role))).manager
        assert.deepEqual([await found('pgdeck'), await found('plain')], [null, null])

        const session = await sessionNamed(context, primary, 'Patroni heartbeat')
        for (const role of ['pgdeck', 'plain']) {
          const manager = await found(role)
          assert.equal(kindOf(manager), 'patroni')
          assert.match(manager?.evidence.join() ?? '', /a session of Patroni/)
        }
        await session.end()

        await primary.query(REPMGR)
        await caughtUp()
        assert.deepEqual([kindOf(await found('pgdeck')), kindOf(await found('plain'))], ['repmgr', 'repmgr'])
        await primary.query('drop schema repmgr cascade')
        await primary.query('create role pgautofailover_monitor login')
        await primary.query(`select pg_create_physical_replication_slot('pgautofailover_standby_2')`)
        await caughtUp()
        assert.deepEqual(
          [kindOf(await found('pgdeck')), kindOf(await found('plain'))].join(),
          'pg_auto_failover,pg_auto_failover',
        )
      })
    })
  }

  test('what any user can bring about is a hint on PostgreSQL, however much of it there is', async (context) => {
    await withCluster({ standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
      const nodes = [primary, ...standbys]
      await primary.createRole('mallory', 'LOGIN CREATEDB CREATEROLE')
      await caughtUp()
      const standingOf = async () => (await pollOnce(configOf(nodes, 'pgdeck'))).manager?.activity ?? null
      await sessionNamed(context, standbys[0] ?? primary, 'Patroni restapi', 'mallory')
      assert.equal(await standingOf(), 'hint')
      const hers = await sessionNamed(context, primary, 'repmgrd', 'mallory')
      await hers.query('create role repmgr login')
      await hers.query('create database repmgr')
      await hers.query('create role rdsadmin')
      await hers.query('create role streaming_replica login')
      await caughtUp()
      assert.equal(await standingOf(), 'hint')
    })
  })

  test('a table of a manager that is not a superuser’s is not read: it could be a view that runs its owner’s code', async () => {
    await withCluster({}, async ({ primary }) => {
      await primary.createRole('owner', 'LOGIN')
      await primary.query('create table public.taken (who text)')
      await primary.query('grant insert on public.taken to pgdeck')
      await primary.query('grant create on database postgres to owner')
      const hostile = new Client({ connectionString: primary.dsn('owner', 'postgres') })
      await hostile.connect()
      await hostile.query(`create schema repmgr`)
      await hostile.query(`create function repmgr.spy() returns int volatile language plpgsql as $$ begin
        raise warning 'spied as %', current_user; return 1; end $$`)
      await hostile.query(`create view repmgr.nodes as select repmgr.spy() as node_id, 'n' as node_name,
        'host=127.0.0.1' as conninfo, 'primary' as type, true as active`)
      await hostile.query(`create function repmgr.repmgrd_is_paused() returns bool language plpgsql as $$ begin
        raise warning 'spied as %', current_user; return true; end $$`)
      await hostile.query('grant usage on schema repmgr to public; grant select on repmgr.nodes to public')
      const { manager } = await pollOnce(configOf([primary], 'pgdeck'))
      assert.deepEqual([manager?.kind, manager?.activity, manager?.readAt], ['repmgr', 'hint', null])
      await hostile.end()
      assert.doesNotMatch(readFileSync(primary.logFile, 'utf8'), /spied/)
    })
  })

  test('what was given on the command line tells Patroni’s servers from those of a container', async () => {
    await withCluster({}, async ({ primary }) => {
      const found = async (role: string) => (await pollOnce(configOf([primary], role))).manager
      const started = async (settings: readonly string[]) => {
        await primary.stop()
        await primary.start(settings.map((name) => `--${name}=${COMMAND_LINE[name]}`))
      }
      await primary.createRole('plain', 'LOGIN')
      await started(['max_connections', 'wal_level', 'hot_standby', 'max_wal_senders', 'cluster_name'])
      assert.equal(await found('pgdeck'), null)
      await started(Object.keys(COMMAND_LINE))
      for (const role of ['pgdeck', 'plain']) {
        const manager = await found(role)
        assert.deepEqual([manager?.kind, manager?.scope, manager?.activity], ['patroni', 'vault', 'silent'], role)
      }
    })
  })

  test('files that Patroni wrote are known to a role that may read them, a comment that mentions it is none', async () => {
    await withCluster({}, async ({ primary }) => {
      const found = async (role: string) => (await pollOnce(configOf([primary], role))).manager?.activity ?? null
      const hba = primary.hba()
      await primary.setHba(`# until 2024 this was overwritten by Patroni, see the wiki\n${hba}`)
      assert.equal(await found('postgres'), null)
      await primary.setHba(`# Do not edit this file manually!\n# It will be overwritten by Patroni!\n${hba}`)
      assert.equal(await found('postgres'), 'silent')
      assert.equal(await found('pgdeck'), null, 'which pg_monitor may not')
    })
  })

  test('settings of files are traces, those of a role or a database are hints', async () => {
    await withCluster({}, async ({ primary }) => {
      const found = async () => (await pollOnce(configOf([primary], 'pgdeck'))).manager
      await primary.query(`alter role pgdeck set cnpg.config_sha256 = 'x'`)
      assert.deepEqual([(await found())?.kind, (await found())?.activity], ['cloudnativepg', 'hint'])
      await primary.query(`alter role pgdeck reset all`)
      await primary.setSetting('pgpool.pg_ctl', '/usr/bin/pg_ctl')
      await until('the setting is read', 10_000, async () => (await found())?.kind === 'pgpool')
      assert.equal((await found())?.activity, 'silent')
    })
  })

  test('Patroni tells scope, leader, names and pause over its REST, and another cluster’s counts for nothing', async (context) => {
    await withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const nodes = [primary, ...standbys]
      const system = await systemOf(primary)
      const url = await serveHttp(context, patroni(nodes, system, { pause: true }))
      const { manager, document, picture } = await pollOnce(configOf(nodes, 'pgdeck', url))
      const ids = picture.databases.map(({ id }) => id)
      const [leader = '', standby = ''] = ids
      assert.deepEqual(
        [manager?.kind, manager?.scope, manager?.paused, manager?.leader],
        ['patroni', 'vault', true, leader],
      )
      assert.equal(manager?.names[standby], `member-${standbys[0]?.name}`)
      assert.equal(document.manager?.systemIdentifierMatches, true)
      assert.match(document.manager?.readAt ?? '', /^\d{4}-/)
      const block = managerBlockFor(picture, 'promote', standby)
      assert.equal(block?.command, `patronictl switchover vault --candidate member-${standbys[0]?.name}`)

      const foreign = await serveHttp(context, patroni(nodes, '42'))
      const other = (await pollOnce(configOf(nodes, 'pgdeck', foreign))).manager
      assert.deepEqual([other?.activity, other?.systemIdentifierMatches], ['silent', false], 'its own is still unheard')
      const broken = await serveHttp(context, (_request, response) => response.end('<html>'))
      const session = await sessionNamed(context, primary, 'Patroni')
      const unsaid = await pollOnce(configOf(nodes, 'pgdeck', broken))
      assert.deepEqual([unsaid.manager?.kind, unsaid.manager?.readAt], ['patroni', null])
      await session.end()
    })
  })

  test('repmgr and pg_auto_failover tell leader and names by their tables, passwords left out', async () => {
    await withCluster({ standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
      const nodes = [primary, ...standbys]
      await primary.query(REPMGR)
      for (const [index, { port }] of nodes.entries()) {
        const type = index === 0 ? 'primary' : 'standby'
        await primary.query(`insert into repmgr.nodes (node_id, node_name, type, conninfo, repluser, config_file)
          values (${index + 1}, 'node${index + 1}', '${type}',
            'host=127.0.0.1 port=${port} user=repmgr dbname=repmgr password=geheim', 'repmgr', '/etc/repmgr.conf')`)
      }
      await caughtUp()
      const unseen = await pollOnce(configOf(nodes, 'pgdeck'))
      assert.deepEqual([unseen.manager?.kind, unseen.manager?.readAt], ['repmgr', null])
      await primary.query('grant usage on schema repmgr to pgdeck')
      await primary.query('grant select on repmgr.nodes to pgdeck')
      await caughtUp()
      const { manager, picture, document } = await pollOnce(configOf(nodes, 'pgdeck'))
      const [leader = '', standby = ''] = picture.databases.map(({ id }) => id)
      assert.deepEqual([manager?.leader, manager?.names], [leader, { [leader]: 'node1', [standby]: 'node2' }])
      assert.ok(!JSON.stringify(document).includes('geheim'))
      const registered = manager?.details?.members.map(({ facts }) => [facts?.nodeId, facts?.registration])
      const registration = { configFile: '/etc/repmgr.conf', user: 'repmgr', database: 'repmgr' }
      assert.deepEqual(registered, [
        [1, registration],
        [2, registration],
      ])

      await primary.query('drop schema repmgr cascade')
      await primary.query(PGAF)
      const system = await systemOf(primary)
      for (const [index, { port }] of nodes.entries()) {
        const state = index === 0 ? 'primary' : 'secondary'
        await primary.query(`insert into pgautofailover.node values
          ('default', ${index + 1}, 0, 'node_${index + 1}', '127.0.0.1', ${port}, ${system}, '${state}', '${state}')`)
      }
      await primary.query('grant usage on schema pgautofailover to pgdeck')
      await primary.query('grant select on pgautofailover.node to pgdeck')
      await caughtUp()
      const second = await pollOnce(configOf(nodes, 'pgdeck'))
      assert.deepEqual([second.manager?.kind, second.manager?.scope], ['pg_auto_failover', 'default'])
      assert.deepEqual([second.manager?.leader, second.manager?.systemIdentifierMatches], [leader, true])
      assert.equal(
        managerBlockFor(second.picture, 'switchover', standby)?.command,
        'pg_autoctl perform promotion --name node_2',
      )
    })
  })
})
