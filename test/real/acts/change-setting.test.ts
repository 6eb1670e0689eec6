// Changing a setting of real servers: order, reading back, undo, what waits for a restart, and all that is refused before.

import assert from 'node:assert/strict'
import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { openJournal } from '../../../src/io/runs/journal.ts'
import { isResumableRun, type Run } from '../../../src/model/runs/run.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { majorsToTry, type TestCluster, withCluster } from '../embedded.ts'

const actingAs = (nodes: readonly PostgresNode[], role = 'postgres') =>
  actingOn({ databases: nodes.map((node) => ({ name: node.name, dsn: node.dsn(role) })) })

async function settingOn(node: PostgresNode, name: string): Promise<string> {
  const [row] = await node.query<{ value: string }>('SELECT current_setting($1) AS value', [name])
  return row?.value ?? ''
}

async function waitsForRestart(node: PostgresNode, name: string): Promise<boolean | null> {
  const text = 'SELECT pending_restart AS waits FROM pg_settings WHERE name = $1'
  const [row] = await node.query<{ waits: boolean }>(text, [name])
  return row?.waits ?? null
}

async function writtenOn(node: PostgresNode): Promise<Readonly<Record<string, string>>> {
  const rows = await node.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf'`,
  )
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

const wheres = ({ plan }: Run) => plan.steps.map(({ where }) => where)
const found = ({ plan }: Run, id: string) => {
  const check = plan.checks.find((each) => each.id === id)
  return `${check?.result}: ${check?.message} | ${check?.hint}`
}

async function done(acting: Acting, input: Readonly<Record<string, string>>): Promise<Run> {
  const run = await acting.act('change-setting', null, input)
  assert.equal(
    run.state,
    'done',
    `${run.why} ${JSON.stringify(run.plan.checks.filter(({ result }) => result !== 'pass'))}`,
  )
  return run
}

async function isSetAtOnce({ nodes, primary }: TestCluster, acting: Acting): Promise<void> {
  const run = await done(acting, { name: 'WORK_MEM', value: '64MB' })
  assert.equal(run.plan.danger, 'routine')
  assert.deepEqual(wheres(run), ['standby-1', 'primary'])
  assert.match(run.plan.impact.statement, /primary: 4MB \(default\)/)
  for (const node of nodes) assert.equal(await settingOn(node, 'work_mem'), '64MB')
  const again = acting.act('change-setting', null, { name: 'work_mem', value: '65536kB' })
  await assert.rejects(again, /nothing to do: work_mem is 65536kB already on primary and standby-1/)

  // One server alone, by its name on the command line or in the field.
  await acting.act('change-setting', 'standby-1', { name: 'work_mem', value: '32MB' })
  await done(acting, { name: 'work_mem', value: '32MB', on: 'standby-1, primary' })
  assert.equal(await settingOn(primary, 'work_mem'), '32MB')
  await done(acting, { name: 'work_mem', value: 'default' })
  for (const node of nodes) assert.deepEqual([await settingOn(node, 'work_mem'), await writtenOn(node)], ['4MB', {}])

  // pgdeck's own sessions have another value of these: the files tell.
  await done(acting, { name: 'idle_in_transaction_session_timeout', value: '90s' })
  assert.equal(await settingOn(primary, 'idle_in_transaction_session_timeout'), '90s')
  await done(acting, { name: 'idle_in_transaction_session_timeout', value: 'default' })
}

async function isOrdered({ nodes, primary, standbys: [standby] }: TestCluster, acting: Acting): Promise<void> {
  assert.ok(standby)
  const raised = await done(acting, { name: 'max_connections', value: '60' })
  assert.deepEqual(wheres(raised), ['standby-1', 'primary'])
  assert.equal(raised.plan.danger, 'disruptive')
  assert.match(raised.steps[0]?.note ?? '', /max_connections = 60; restart needed: standby-1 first, then primary/)
  await until('the alert', 10_000, async () => {
    const { picture } = await acting.look()
    return picture.alerts.filter(({ rule }) => rule === 'pending-restart').length === 2
  })
  for (const node of [standby, primary]) await node.restart()
  for (const node of nodes) assert.equal(await settingOn(node, 'max_connections'), '60')

  const lowered = await done(acting, { name: 'max_connections', value: '55' })
  assert.deepEqual(wheres(lowered), ['primary'])
  assert.match(found(lowered, 'required-settings'), /^warn: the value of standby-1 stays.*Restart primary in place/)
  const early = acting.act('change-setting', null, { name: 'max_connections', value: '55', on: 'standby-1' })
  await assert.rejects(early, /standby-1 would not start with it: primary runs with a higher max_connections/)
  await primary.restart()
  assert.deepEqual(wheres(await done(acting, { name: 'max_connections', value: '55' })), ['standby-1'])
  await standby.restart()
  assert.equal(await settingOn(standby, 'max_connections'), '55')
}

/** A standby that has not replayed that its primary runs with less does not start with less. */
async function waitsForReplay({ primary, standbys: [standby] }: TestCluster, acting: Acting): Promise<void> {
  assert.ok(standby)
  await done(acting, { name: 'max_connections', value: '52', on: 'primary' })
  await standby.query('SELECT pg_wal_replay_pause()')
  await primary.restart()
  const early = await acting.act('change-setting', null, { name: 'max_connections', value: '52' })
  assert.equal(early.state, 'blocked')
  assert.match(found(early, 'replayed'), /^fail: standby-1 has not replayed what primary wrote/)
  await standby.query('SELECT pg_wal_replay_resume()')
  assert.match(found(await done(acting, { name: 'max_connections', value: '52' }), 'replayed'), /^pass/)
  await standby.restart()
  assert.equal(await settingOn(standby, 'max_connections'), '52')
}

/** What others have set since is kept; a list that was empty is undone too. */
async function undoesOnlyItsOwn({ primary, standbys: [standby] }: TestCluster, acting: Acting): Promise<void> {
  assert.ok(standby)
  const run = await done(acting, { name: 'effective_io_concurrency', value: '7' })
  await primary.query('ALTER SYSTEM SET effective_io_concurrency = 9')
  const undone = await acting.executor.abort(run.id, 'test', {})
  assert.deepEqual(
    undone.steps.map(({ id, state }) => [id.startsWith('set-'), state]),
    [
      [true, 'undone'],
      [true, 'done'],
    ],
  )
  assert.match(undone.why ?? '', /has set effective_io_concurrency to another value since this was planned/)
  assert.equal((await writtenOn(primary)).effective_io_concurrency, '9')
  assert.equal((await writtenOn(standby)).effective_io_concurrency, undefined)

  const listed = await done(acting, { name: 'shared_preload_libraries', value: 'pg_stat_statements' })
  const emptied = await acting.executor.abort(listed.id, 'test', {})
  assert.deepEqual(
    emptied.steps.map(({ state }) => state),
    ['undone', 'undone'],
    emptied.why ?? '',
  )
  for (const node of [primary, standby]) assert.equal((await writtenOn(node)).shared_preload_libraries, undefined)
}

async function isUndone({ primary, standbys: [standby] }: TestCluster, acting: Acting): Promise<void> {
  assert.ok(standby)
  await standby.query(`ALTER SYSTEM SET work_mem = '5MB'`)
  await standby.query('SELECT pg_reload_conf()')
  // The server writes this file first.
  const blocker = join(primary.dataDirectory, 'postgresql.auto.conf.tmp')
  for (const { name, value, before } of [
    { name: 'work_mem', value: '6MB', before: '5MB' },
    { name: 'max_worker_processes', value: '9', before: '8' },
  ]) {
    mkdirSync(blocker)
    try {
      const run = await acting.act('change-setting', null, { name, value })
      assert.deepEqual(
        run.steps.map(({ state }) => state),
        ['done', 'failed'],
      )
      const undone = await acting.executor.abort(run.id, 'test', {})
      assert.equal(undone.steps[0]?.state, 'undone', undone.steps[0]?.note ?? '')
    } finally {
      rmdirSync(blocker)
    }
    await until(`${name} is as before`, 10_000, async () => (await settingOn(standby, name)) === before)
    await until(`${name} waits no longer`, 10_000, async () => (await waitsForRestart(standby, name)) === false)
  }
  assert.equal((await writtenOn(standby)).work_mem, '5MB')
}

/** A journal whose process is gone after so many lines. */
function endingAfter(lines: number): typeof openJournal {
  return async (...args) => {
    const journal = await openJournal(...args)
    let left = lines
    const append: typeof journal.append = async (entry) => {
      if (left === 0) throw new Error('it was killed')
      await journal.append(entry)
      left--
    }
    return { ...journal, append }
  }
}

/** Begins the change, ends after so many lines of its journal, and resumes. Resolves to whether it was cut off. */
async function isCutOff(nodes: readonly PostgresNode[], lines: number, folder: string): Promise<boolean> {
  const value = `${10 + lines}MB`
  const databases = nodes.map((node) => ({ name: node.name, dsn: node.dsn() }))
  const begun = await actingOn({ databases, folder, executor: { openJournal: endingAfter(lines) } })
  const proposed = await begun.executor.propose({
    action: 'change-setting',
    target: null,
    input: { name: 'work_mem', value },
  })
  const yes = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const
  const ended = await begun.executor.start(proposed, yes).catch(() => null)
  await begun.close()
  const left = await loadRun(folder, proposed.id)
  // Before the first step nothing was begun.
  if (ended === null && !(left && isResumableRun(left))) return true
  const again = await actingOn({ databases, folder })
  try {
    const run = ended ?? (await again.executor.resume(proposed.id, { skips: {}, overrides: {} }))
    assert.equal(run.state, 'done', `after ${lines} lines: ${run.why}`)
    for (const node of nodes) assert.equal(await settingOn(node, 'work_mem'), value)
    return ended === null
  } finally {
    await again.close()
  }
}

describe('a setting', { concurrency: 2 }, () => {
  test('is changed all the same when the run is cut off after any line of its journal and resumed', () =>
    withCluster({ standbys: 1 }, async ({ nodes }) => {
      const kept = await actingOn({ databases: nodes.map((node) => ({ name: node.name, dsn: node.dsn() })) })
      try {
        let lines = 1
        while (await isCutOff(nodes, lines, kept.folder)) lines++
        assert.ok(lines > 5, `${lines} lines`)
      } finally {
        await kept.close()
      }
    }))

  for (const major of majorsToTry()) {
    test(`is changed on all servers of PostgreSQL ${major}, in order, and undone`, () =>
      withCluster({ major, standbys: 1 }, async (cluster) => {
        const acting = await actingAs(cluster.nodes)
        try {
          await isSetAtOnce(cluster, acting)
          await isOrdered(cluster, acting)
          await waitsForReplay(cluster, acting)
          await isUndone(cluster, acting)
          await undoesOnlyItsOwn(cluster, acting)
        } finally {
          await acting.close()
        }
      }))

    test(`is refused on PostgreSQL ${major} where it would do harm`, () =>
      withCluster({ major }, async ({ nodes, primary }) => {
        const acting = await actingAs(nodes)
        const blocked = async (name: string, value: string) => {
          const run = await acting.act('change-setting', null, { name, value })
          assert.equal(run.state, 'blocked', `${name} = ${value}: ${run.state} ${run.why}`)
          return run
        }
        try {
          assert.match(found(await blocked('work_mem', 'lots'), 'value'), /primary would refuse it: invalid value/)
          assert.match(found(await blocked('work_mem', '1kB'), 'value'), /outside the valid range/)
          assert.match(found(await blocked('TimeZone', 'Europe/Nowhere'), 'value'), /invalid value for parameter/)
          assert.match(found(await blocked('server_version', '19'), 'value'), /can’t be changed/)
          assert.match(found(await blocked('wal_level', 'minimal'), 'starts'), /max_wal_senders \(10\) needs/)
          assert.match(found(await blocked('shared_preload_libraries', 'nosuch'), 'libraries'), /would not start/)
          // Any role may set this one, so that PostgreSQL looks for it in plugins/ only.
          assert.match(found(await blocked('local_preload_libraries', 'auto_explain'), 'libraries'), /plugins.*log in/)
          assert.match(found(await blocked('min_wal_size', '16MB'), 'starts'), /at least 32MB, two segments/)
          assert.match(found(await blocked('ssl', 'on'), 'tls-files'), /server\.crt on primary.*not start again/)
          const failed = await acting.act('change-setting', null, { name: 'log_destination', value: 'nowhere' })
          assert.match(`${failed.state} ${failed.why}`, /^failed .*invalid value for parameter "log_destination"/)
          for (const [name, value, why] of [
            ['nosuch', '1', /PostgreSQL has no setting "nosuch"/],
            ['primary_conninfo', 'host=x', /pgdeck do follow/],
            ['archive_command', 'PGPASSWORD=geheim cp %p /x', /the value is or contains a password/],
            ['log_line_prefix', '%m\u001b[2J', /no control character/],
            ['work_mem; DROP', '1', /is not the name of a setting/],
            ['shared_preload_libraries', 'a,,b', /is a list of names/],
          ] as const)
            await assert.rejects(acting.act('change-setting', null, { name, value }), why)
          assert.deepEqual(await writtenOn(primary), {})

          // What the server shows in other words.
          assert.match(
            (await done(acting, { name: 'synchronous_commit', value: 'true' })).steps[0]?.note ?? '',
            /shows on/,
          )
          const command = await done(acting, { name: 'archive_command', value: 'true %p' })
          assert.match(command.steps[0]?.note ?? '', /= true %p, loaded .*\(disabled\)/)
          await primary.query(`ALTER ROLE pgdeck SET work_mem = '7MB'`)
          const run = await done(acting, { name: 'work_mem', value: '8MB' })
          assert.match(found(run, 'overridden'), /^warn: role pgdeck has a value of work_mem of their own/)
          const typed = await done(acting, {
            name: 'shared_preload_libraries',
            value: 'pg_stat_statements, auto_explain',
          })
          assert.equal(typed.plan.danger, 'outage')
          await primary.restart()
          assert.equal(await settingOn(primary, 'shared_preload_libraries'), 'pg_stat_statements, auto_explain')

          await primary.stop()
          await primary.start(['--work_mem=9MB'])
          assert.match(found(await blocked('work_mem', '10MB'), 'overridden'), /set on the command line of primary/)
        } finally {
          await acting.close()
        }
      }))

    test(`needs a privilege on PostgreSQL ${major}, which is named`, () =>
      withCluster({ major }, async ({ nodes, primary }) => {
        const acting = await actingAs(nodes, 'pgdeck')
        const ask = () => acting.act('change-setting', null, { name: 'max_wal_size', value: '200MB' })
        try {
          const run = await ask()
          assert.equal(run.state, 'blocked')
          if (major < 15) {
            assert.match(found(run, 'privilege'), /only a superuser may use ALTER SYSTEM/)
            return
          }
          const grant = /GRANT .*;/.exec(found(run, 'privilege'))?.[0] ?? ''
          assert.match(grant, /GRANT ALTER SYSTEM ON PARAMETER max_wal_size TO "pgdeck";.*pg_reload_conf/)
          await primary.query(grant)
          // Without pg_file_settings too.
          assert.equal((await ask()).state, 'done')
          assert.equal(await settingOn(primary, 'max_wal_size'), '200MB')
          if (major < 17) return
          await primary.setSetting('allow_alter_system', 'off')
          const off = await acting.act('change-setting', null, { name: 'max_wal_size', value: '210MB' })
          assert.match(found(off, 'privilege'), /^fail: allow_alter_system is off on primary/)
        } finally {
          await acting.close()
        }
      }))
  }
})
