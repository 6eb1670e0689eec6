// An edit of pg_hba.conf is proven by the server's own rows: also in files with warnings, lists of names, included files.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, noteOf, notPassed } from './promoting.ts'

const BASE = 'local all postgres trust\nhost all postgres 127.0.0.1/32 scram-sha-256\n'
const LINE = 'host all newcomer 10.0.0.1/32 scram-sha-256'

interface Site {
  readonly primary: PostgresNode
  readonly acting: Acting
}

function onFile(hba: string, body: (site: Site) => Promise<void>): Promise<void> {
  return withCluster({}, async ({ primary }) => {
    await primary.setHba(hba)
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      await body({ primary, acting })
    } finally {
      await acting.close()
    }
  })
}

function checkOf(run: Run, id: string): string {
  return run.plan.checks.find((each) => each.id === id)?.message ?? ''
}

describe('add-hba-entry', () => {
  test('a line that only warns, as hostssl does while TLS is off, refuses nothing', () =>
    onFile(`${BASE}hostssl all all 10.0.0.0/8 scram-sha-256\n`, async ({ acting }) => {
      const run = await acting.act('add-hba-entry', 'db-1', { line: LINE })
      assert.equal(run.state, 'done', run.why ?? '')
      assert.match(noteOf(run, 'in-force'), /pg_hba_file_rules has a row for each new line/)
    }))

  test('names that stand in a file of their own are in the server’s row', () =>
    onFile(BASE, async ({ primary, acting }) => {
      writeFileSync(join(primary.dataDirectory, 'names'), 'ann\nbob\n')
      const run = await acting.act('add-hba-entry', 'db-1', { line: LINE.replace('newcomer', '@names') })
      assert.equal(run.state, 'done', run.why ?? '')
      const rows = await primary.query<{ users: string[] }>(
        `select user_name as users from pg_hba_file_rules where 'ann' = any (user_name)`,
      )
      assert.deepEqual(rows, [{ users: ['ann', 'bob'] }])
    }))

  test('a line after one that takes everything decides nothing, and is refused until it stands before it', () =>
    onFile(`${BASE}host all all 0.0.0.0/0 reject\n`, async ({ acting }) => {
      const blocked = await acting.act('add-hba-entry', 'db-1', { line: LINE })
      assert.equal(blocked.state, 'blocked')
      assert.deepEqual(notPassed(blocked), ['hba-order:fail'])
      assert.match(
        checkOf(blocked, 'hba-order'),
        /^line 3 \(host all all 0\.0\.0\.0\/0 reject\) matches all connections of/,
      )
      const run = await acting.act('add-hba-entry', 'db-1', { line: LINE, before: '3' })
      assert.equal(run.state, 'done', run.why ?? '')
    }))

  test('one after a line that lets in by the same method only warns', () =>
    onFile(`${BASE}host all all 10.0.0.0/8 scram-sha-256\n`, async ({ acting }) => {
      const run = await acting.act('add-hba-entry', 'db-1', { line: LINE })
      assert.equal(run.state, 'done', run.why ?? '')
      assert.deepEqual(notPassed(run), ['hba-order:warn'])
    }))

  for (const [case_, others] of [
    ['', ''],
    [', and others have changed the file since', '# of somebody else\n'],
  ] as const)
    test(`undo reloads where an interrupted one had only written the file${case_}`, () =>
      onFile(BASE, async ({ primary, acting }) => {
        const path = join(primary.dataDirectory, 'pg_hba.conf')
        const run = await acting.act('add-hba-entry', 'db-1', { line: LINE })
        assert.equal(run.state, 'done', run.why ?? '')
        const loaded = async () =>
          (await primary.query<{ at: string }>('select pg_conf_load_time()::text as at'))[0]?.at ?? ''
        const before = await loaded()
        writeFileSync(path, `${BASE}${others}`)
        const undone = await acting.executor.abort(run.id, 'test')
        assert.equal(undone.steps[0]?.state, 'undone', undone.why ?? '')
        await until('the server has reloaded', 5_000, async () => (await loaded()) !== before)
        assert.equal(readFileSync(path, 'utf8'), `${BASE}${others}`)
      }))

  test('a broken postgresql.conf is told before: nobody could see that the reload was taken up', () =>
    onFile(BASE, async ({ primary, acting }) => {
      writeFileSync(join(primary.dataDirectory, 'postgresql.conf'), 'no such = setting\n', { flag: 'a' })
      const run = await acting.act('add-hba-entry', 'db-1', { line: LINE })
      assert.equal(run.state, 'blocked')
      assert.match(checkOf(run, 'files'), /postgresql\.conf line \d+: syntax error/)
      assert.equal(primary.hba(), BASE)
    }))
})

describe('reload', () => {
  test('goes on where a setting only waits for a restart, and names it', () =>
    onFile(BASE, async ({ primary, acting }) => {
      await primary.query('alter system set max_connections = 77')
      await primary.query(`alter system set work_mem = '5MB'`)
      const run = await acting.act('reload', 'db-1')
      assert.equal(run.state, 'done', run.why ?? '')
      assert.match(checkOf(run, 'files'), /^max_connections \(.*\) does not change: it needs a restart/)
      const [row] = await primary.query<{ value: string }>(`select current_setting('work_mem') as value`)
      assert.equal(row?.value, '5MB')
    }))
})

describe('follow and switchover', () => {
  test('name the server whose postgresql.conf has an error, and are not begun', () =>
    withCluster({ standbys: 2, cascade: true }, async (cluster) => {
      const { primary, standbys } = cluster
      const last = standbys.at(-1) ?? assert.fail('there is a standby')
      for (const node of [primary, last])
        writeFileSync(join(node.dataDirectory, 'postgresql.conf'), 'no such = setting\n', { flag: 'a' })
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const follow = await acting.executor.propose({
          action: 'follow',
          target: last.name,
          input: { upstream: 'primary' },
        })
        assert.equal(follow.state, 'blocked')
        assert.match(
          checkOf(follow, 'config-files'),
          new RegExp(`^${last.name}: .*: it would not use the new upstream`),
        )
        const over = await acting.executor.propose({ action: 'switchover', target: 'standby-1', input: {} })
        assert.equal(over.state, 'blocked')
        assert.match(checkOf(over, 'config-files'), /primary: .*: it is stopped, and would not start again/)
      } finally {
        await acting.close()
      }
    }))
})

describe('decommission', () => {
  test('lines for it go from every file, and pg_hba_file_rules no longer has a row for them', () =>
    withCluster({ standbys: 2, major: 16 }, async (cluster) => {
      const { primary } = cluster
      await primary.createRole('ro_user', 'LOGIN REPLICATION')
      const leaving = cluster.standbys[0] ?? assert.fail('there is a standby')
      const way = `host=127.0.0.1 port=${primary.port} user=ro_user password=${cluster.password} application_name=standby-1`
      const line = 'host replication ro_user 127.0.0.1/32 scram-sha-256\n'
      const rest = `${BASE}host replication postgres 127.0.0.1/32 scram-sha-256\n`
      const included = join(primary.dataDirectory, 'more_hba.conf')
      writeFileSync(included, line)
      await primary.setHba(`${line}${rest}include more_hba.conf\n`)
      await leaving.setSetting('primary_conninfo', way)
      await until('it streams by that role', 10_000, async () => {
        const rows = await primary.query(`select from pg_stat_replication where usename = 'ro_user'`)
        return rows.length === 1
      })
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('decommission', 'standby-1')
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.match(noteOf(run, 'hba-primary'), /pg_hba_file_rules no longer has a row for them/)
        assert.match(noteOf(run, 'hba-primary-2'), /pg_hba_file_rules no longer has a row for them/)
        assert.deepEqual([primary.hba(), readFileSync(included, 'utf8')], [`${rest}include more_hba.conf\n`, ''])
        const rows = await primary.query(`select from pg_hba_file_rules where 'ro_user' = any (user_name)`)
        assert.equal(rows.length, 0)
      } finally {
        await acting.close()
      }
    }))
})
