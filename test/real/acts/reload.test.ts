// Reloading a real server: done and seen; blocked without the privilege or with a broken file; refused, and found later.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuditLog, verifyAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { ActionError } from '../../../src/model/runs/action-error.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'

test('a reload is planned, run, seen, journalled and found in the trail', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      const run = await acting.act('reload', 'db-1')
      assert.equal(run.state, 'done', run.why ?? '')
      assert.deepEqual(
        run.steps.map(({ state }) => state),
        ['done'],
      )
      assert.match(run.steps[0]?.note ?? '', /the configuration was loaded at/)
      assert.deepEqual((await loadRun(acting.folder, run.id))?.steps, run.steps)
      const said = (await readAuditLog({ folder: acting.folder })).map(({ what }) => what)
      assert.deepEqual(
        said.map((what) => what.split(':').slice(0, 2).join(':')),
        [
          'reload db-1: planned',
          'reload db-1: confirmed by test',
          'reload db-1: begins',
          'reload db-1: reload begins',
          'reload db-1: reload done',
          'reload db-1: done',
        ],
      )
      assert.equal((await verifyAuditLog(acting.folder)).ok, true)
    } finally {
      await acting.close()
    }
  })
})

test('a role without the privilege is blocked, with the statement that would give it', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn('pgdeck') }] })
    try {
      const run = await acting.act('reload', 'db-1')
      assert.equal(run.state, 'blocked')
      const privilege = run.plan.checks.find(({ id }) => id === 'privilege')
      assert.equal(
        privilege?.hint,
        'As a superuser, on the primary: GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO pgdeck;',
      )
      await primary.query('GRANT EXECUTE ON FUNCTION pg_reload_conf() TO pgdeck')
      assert.equal((await acting.act('reload', 'db-1')).state, 'done')
    } finally {
      await acting.close()
    }
  })
})

test('the door stays shut: read-only, not confirmed, another run', async () => {
  await withCluster({}, async ({ primary }) => {
    const databases = [{ name: 'db-1', dsn: primary.dsn() }]
    const acting = await actingOn({ databases })
    const locked = await actingOn({ databases, cluster: { readOnly: true } })
    try {
      const run = await acting.executor.propose({ action: 'reload', target: 'db-1', input: {} })
      const wrong = { answer: { kind: 'typed', text: 'db-2' }, givenBy: 'test', skips: {} } as const
      await assert.rejects(acting.executor.start(run, wrong), /"db-2" is not "db-1"/)
      assert.equal(await loadRun(acting.folder, run.id), null, 'nothing was begun')
      const last = (await readAuditLog({ folder: acting.folder })).at(-1)
      assert.match(last?.what ?? '', /refused: not confirmed/)
      const yes = { answer: { kind: 'enter' }, givenBy: 'test', skips: {} } as const
      const other = await locked.executor.propose({ action: 'reload', target: 'db-1', input: {} })
      await assert.rejects(locked.executor.start(other, yes), (error: Error) => {
        return error instanceof ActionError && /"readOnly" for the cluster test/.test(error.message)
      })
      await assert.rejects(
        acting.executor.propose({ action: 'reload', target: 'db-9', input: {} }),
        /no database "db-9"; there are db-1/,
      )
    } finally {
      await acting.close()
      await locked.close()
    }
  })
})
