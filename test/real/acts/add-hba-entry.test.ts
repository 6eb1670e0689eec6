// What pg_hba.conf lacks is added for real: through the server and through its host; a bad line never gets in force.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'
import { faultAt } from '../links.ts'

const LINE = 'host all newcomer 127.0.0.1/32 scram-sha-256'

async function letsIn(node: PostgresNode): Promise<boolean> {
  try {
    const fault = await faultAt(node.dsn('newcomer'))
    assert.equal(fault.code, 'hba', fault.message)
    return false
  } catch (error) {
    if (error instanceof assert.AssertionError && error.message === 'there was no fault') return true
    throw error
  }
}

function statesOf(run: Run): readonly string[] {
  return run.steps.map(({ id, state }) => `${id} ${state}`)
}

for (const way of ['sql', 'file'] as const) {
  test(`a line is added through ${way === 'sql' ? 'the server' : 'its host'}, is in force, and can be taken back`, async () => {
    const hba =
      'local all postgres trust\nhost all postgres,pgdeck 127.0.0.1/32 scram-sha-256\n\n# the end\nhost all all 0.0.0.0/0 reject\n'
    await withCluster({ hba }, async ({ primary }) => {
      await primary.createRole('newcomer', 'LOGIN')
      const host = way === 'sql' ? {} : { host: 'h1' }
      const acting = await actingOn({
        databases: [{ name: 'db-1', dsn: primary.dsn(), ...host }],
        ...(way === 'sql' ? {} : { hosts: [{ name: 'h1', local: true, dataDirectory: primary.dataDirectory }] }),
      })
      try {
        assert.equal(await letsIn(primary), false)
        const before = primary.hba()
        const run = await acting.act('add-hba-entry', 'db-1', { line: LINE, before: '5' })
        assert.equal(run.state, 'done', run.why ?? '')
        assert.equal(run.plan.steps[0]?.how, way)
        assert.match(run.plan.steps[0]?.detail ?? '', /^\+host all newcomer/m)
        assert.equal(primary.hba(), before.replace('host all all', `${LINE}\nhost all all`))
        assert.equal(await letsIn(primary), true)
        const aborted = await acting.executor.abort(run.id, 'test')
        assert.equal(aborted.steps[0]?.state, 'undone', aborted.why ?? '')
        assert.equal(primary.hba(), before)
        assert.equal(await letsIn(primary), false)
      } finally {
        await acting.close()
      }
    })
  })
}

test('a line that PostgreSQL refuses is taken back before anything is reloaded', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      const before = primary.hba()
      const run = await acting.act('add-hba-entry', 'db-1', { line: 'host replication ro 10.0.0.1 /32 md5' })
      assert.equal(run.state, 'failed')
      assert.match(run.why ?? '', /PostgreSQL would refuse .*: line \d+: invalid IP mask "\/32".*the file is unchanged/)
      assert.deepEqual(statesOf(run), ['add-hba-entry failed', 'reload pending', 'in-force pending'])
      assert.equal(primary.hba(), before)
    } finally {
      await acting.close()
    }
  })
})

test('a file that somebody changes after the plan is left alone', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      const planned = await acting.executor.propose({ action: 'add-hba-entry', target: 'db-1', input: { line: LINE } })
      await primary.setHba(`${primary.hba()}# somebody was here\n`)
      const run = await acting.executor.start(planned, { answer: { kind: 'yes' }, givenBy: 'test', skips: {} })
      assert.equal(run.state, 'failed')
      assert.match(run.why ?? '', /was changed since the plan was made/)
      assert.match(primary.hba(), /somebody was here\n$/)
      const folder = readdirSync(dirname(`${primary.dataDirectory}/pg_hba.conf`))
      assert.deepEqual(
        folder.filter((name) => name.includes('.pgdeck-')),
        [],
      )
    } finally {
      await acting.close()
    }
  })
})

test('without a way to the file the lines are for a hand, and seen as soon as they are there', async () => {
  await withCluster({}, async ({ primary }) => {
    await primary.query('GRANT EXECUTE ON FUNCTION pg_reload_conf(), pg_read_file(text), pg_hba_file_rules() TO pgdeck')
    await primary.query('GRANT SELECT ON pg_hba_file_rules TO pgdeck; GRANT pg_read_server_files TO pgdeck')
    const acting = await actingOn({
      databases: [{ name: 'db-1', dsn: primary.dsn('pgdeck') }],
      present: true,
      executor: {
        onRunChanged: ({ steps }) => {
          if (steps[0]?.state === 'running') void primary.setHba(`${primary.hba()}${LINE}\n`)
        },
      },
    })
    try {
      const run = await acting.act('add-hba-entry', 'db-1', { line: LINE })
      assert.equal(run.state, 'done', run.why ?? '')
      assert.equal(run.plan.steps[0]?.how, 'manual')
      assert.match(run.plan.steps[0]?.detail ?? '', /By hand, because pgdeck has no access to its host/)
    } finally {
      await acting.close()
    }
  })
})
