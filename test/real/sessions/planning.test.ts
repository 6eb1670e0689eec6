// Planning writes nothing: every plan is made over sessions that may not write, and such that may are opened once a plan is
// confirmed.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { readTextOrNull } from '../../../src/io/files/sync-files.ts'
import { openAdminSession } from '../../../src/io/postgres/admin-session.ts'
import { scratch } from '../../config/scratch.ts'
import { actingOn } from '../../fakes/acting.ts'
import { patiently } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { assertFault, faultOf, NEVER } from '../links.ts'

/** Tells of each session, as it logs in, under which name it came and whether it may write. */
const TELLS = `CREATE FUNCTION public.enters() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN
  IF session_user = 'watcher' THEN
    RAISE LOG 'ENTERS % %', current_setting('default_transaction_read_only'), current_setting('application_name');
  END IF; END $f$`

async function withTellers(body: (cluster: TestCluster) => Promise<void>): Promise<void> {
  await withCluster({ standbys: 1 }, async (cluster) => {
    const { primary } = cluster
    await primary.createRole('watcher', 'LOGIN SUPERUSER')
    await primary.query(TELLS)
    await primary.query('CREATE EVENT TRIGGER enters ON login EXECUTE FUNCTION public.enters()')
    await cluster.caughtUp()
    await body(cluster)
  })
}

function entered(node: PostgresNode): readonly string[] {
  return [...(readTextOrNull(node.logFile) ?? '').matchAll(/ENTERS (\w+ .*)$/gm)].map(([, words = '']) => words)
}

test('no session that may write is opened before a plan is confirmed', (context) =>
  withTellers(async ({ primary, standbys }) => {
    const [standby] = standbys
    assert.ok(standby)
    const databases = [primary, standby].map((node, index) => ({
      name: `db-${index + 1}`,
      dsn: `${node.dsn('watcher')}?target_session_attrs=${index === 0 ? 'read-write' : 'read-only'}`,
    }))
    const acting = await actingOn({ databases })
    context.after(() => acting.close())
    const { folder } = scratch(context)
    const requests: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
      ['promote', 'db-2'],
      ['switchover', 'db-2'],
      ['follow', 'db-2', { upstream: 'db-1' }],
      ['fence', 'db-1'],
      ['unfence', 'db-1'],
      ['rebuild-replica', 'db-2'],
      ['failback', 'db-1'],
      ['decommission', 'db-2'],
      ['backup', 'db-1', { to: join(folder, 'copy.tar') }],
      ['collect-logs', 'db-1', { out: join(folder, 'logs.tar.gz') }],
      ['cancel-query', 'db-1', { running: '1s' }],
      ['terminate-session', 'db-1', { 'idle-in-transaction': '1s' }],
      ['add-hba-entry', 'db-1', { line: 'host all app 10.0.0.9/32 scram-sha-256' }],
      ['reload', 'db-1'],
      ['checkpoint', 'db-1'],
      ['pause-replay', 'db-2'],
      ['resume-replay', 'db-2'],
      ['create-slot', 'db-1', { slot: 'x' }],
      ['drop-slot', 'db-1', { slot: 'standby_1' }],
    ]
    let planned = 0
    for (const [action, target, input = {}] of requests) {
      // Some can't be planned here; what they asked for before they knew that counts as well.
      const run = await acting.executor.propose({ action, target, input }).catch(() => null)
      planned += run ? 1 : 0
    }
    assert.ok(planned >= 12, `${planned} were planned`)
    const before = [...entered(primary), ...entered(standby)]
    assert.ok(before.includes('on pgdeck plan'), before.join('; '))
    assert.deepEqual(
      before.filter((words) => !words.startsWith('on ') && words !== 'off pgdeck' && words !== 'off pgdeck plan'),
      [],
    )

    const run = await acting.act('checkpoint', 'db-1')
    assert.equal(run.state, 'done')
    assert.ok(entered(primary).includes('off pgdeck act'))
  }))

test('the looks at the default of target_session_attrs are read-only transactions', () =>
  withCluster({ settings: { log_statement: 'all', log_line_prefix: '%p|%a|' } }, async ({ primary }) => {
    const purpose = 'plan' as const
    const connection = parseDsn(`${primary.dsn('pgdeck')}?target_session_attrs=read-write`, {})
    const admin = openAdminSession({ purpose, connection, passwordCommand: null, connectMs: patiently(1_000) })
    await admin.query('SELECT 1', [], patiently(1_000), NEVER)
    await admin.close()
    const statements = (readTextOrNull(primary.logFile) ?? '')
      .split('\n')
      .filter((line) => /\|pgdeck plan\|LOG: +statement/.test(line))
    const first = new Map<string, string>()
    for (const line of statements) first.set(line.split('|')[0] ?? '', first.get(line.split('|')[0] ?? '') ?? line)
    assert.equal(first.size, 2)
    assert.equal([...first.values()].filter((line) => /statement: BEGIN READ ONLY/.test(line)).length, 1)
  }))

test('a session as users have it is refused where the server lets them only read', () =>
  withCluster({}, async ({ primary }) => {
    const base = { purpose: 'act' as const, passwordCommand: null, connectMs: patiently(1_000) }
    const own = parseDsn(primary.dsn('postgres'), {})
    const write = async (connection: typeof own) => {
      const admin = openAdminSession({ ...base, connection })
      try {
        await admin.query('CREATE TEMPORARY TABLE n (i int)', [], patiently(1_000), NEVER)
      } finally {
        await admin.close()
      }
    }
    const asUsers = { ...own, targetSessionAttrs: 'read-write' as const }
    await write(asUsers)
    await primary.setSetting('default_transaction_read_only', 'on')
    await write(own)
    assertFault(await faultOf(write(asUsers)), 'refused', /is a read-only primary/, /./)
  }))
