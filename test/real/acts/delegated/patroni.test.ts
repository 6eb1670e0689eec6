// Acts that a real Patroni carries out: each asked once, and proven by PostgreSQL and by Patroni.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import type { Run } from '../../../../src/model/runs/run.ts'
import { type Acting, actingOn } from '../../../fakes/acting.ts'
import { withoutPatroni } from '../../../fakes/manager-programs.ts'
import { type PatroniNode, startPatroni } from '../../../fakes/patroni.ts'
import { until } from '../../../wait.ts'
import { assertDone, killedAndResumed } from './asking.ts'

const USER = { username: 'admin', password: 'a-long-secret' }

function optionsOf(nodes: readonly PatroniNode[]) {
  return {
    databases: nodes.map(({ name, dsn }) => ({ name: `db-${name}`, dsn: `${dsn}?sslmode=disable` })),
    cluster: {
      manager: {
        kind: 'patroni',
        rest: nodes.map(({ rest }) => rest),
        user: USER.username,
        passwordCommand: ['printf', USER.password],
        act: true,
      },
    },
  }
}

async function actingBeside(context: TestContext, nodes: readonly PatroniNode[]): Promise<Acting> {
  const acting = await actingOn(optionsOf(nodes))
  context.after(() => acting.close())
  return acting
}

async function roles(acting: Acting) {
  const { picture } = await acting.look()
  const primary =
    picture.databases.find(({ role, problem }) => role === 'primary' && problem === null)?.id ??
    assert.fail('no primary')
  const standbys = picture.databases.filter(({ id }) => id !== primary).map(({ id }) => id)
  return { primary, standbys, standby: standbys[0] ?? assert.fail('no standby') }
}

/** No journal has the password. */
function assertCarriedOut(run: Run): void {
  assertDone(run)
  assert.ok(!JSON.stringify(run).includes(USER.password))
}

describe('a real Patroni carries out', { skip: withoutPatroni }, () => {
  test('a switchover, restarts, a reload, slots, a pause and a schedule', async (context) => {
    const acting = await actingBeside(context, await startPatroni(context, { nodes: 3, authentication: USER }))
    const before = await roles(acting)
    const over = await acting.act('switchover', before.standby)
    assertCarriedOut(over)
    assert.match(
      over.plan.checks.find(({ id }) => id === 'manager')?.message ?? '',
      /^Patroni \(vault\) carries this out$/,
    )
    assert.match(over.steps.at(-1)?.note ?? '', /lost: nothing: \S+ shut down cleanly at/)
    const after = await roles(acting)
    assert.equal(after.primary, before.standby)

    assertCarriedOut(await acting.act('restart', after.standby))
    assertCarriedOut(await acting.act('reload', after.standby))
    assertCarriedOut(await acting.act('create-slot', after.primary, { slot: 'extra' }))
    assertCarriedOut(await acting.act('drop-slot', after.primary, { slot: 'extra' }))
    const set = { name: 'work_mem', value: '6144kB' }
    const changed = await acting.act('change-setting', null, set)
    assertCarriedOut(changed)
    assert.match(
      changed.steps[0]?.note ?? '',
      /work_mem is set on db-n\d, db-n\d, db-n\d; .*its dynamic configuration has it/,
    )
    assertCarriedOut(await acting.act('pause-manager', null))
    assertCarriedOut(await acting.act('resume-manager', null))
    const at = new Date(Date.now() + 3_600_000).toISOString()
    assertCarriedOut(await acting.act('switchover', after.standby, { at }))
    assertCarriedOut(await acting.act('cancel-switchover', null))
    assertCarriedOut(await acting.act('rebuild-replica', after.standby))
    assertCarriedOut(await acting.act('rolling-restart', null))
  })

  test('a failover by name while nobody leads and it is paused', async (context) => {
    const nodes = await startPatroni(context, { nodes: 3, authentication: USER })
    const acting = await actingBeside(context, nodes)
    const { primary, standby } = await roles(acting)
    assertCarriedOut(await acting.act('pause-manager', null))
    const leader = nodes.find(({ name }) => `db-${name}` === primary) ?? assert.fail('no leader')
    await leader.killAgent()
    await leader.killServer()
    await until('Patroni has no leader', 60_000, async () => {
      const { manager } = (await acting.look()).picture
      return manager?.details?.leaders.length === 0
    })
    const blocked = await acting.act('promote', standby)
    assert.equal(blocked.state, 'blocked')
    assert.deepEqual(
      blocked.plan.checks.filter(({ result }) => result === 'fail').map(({ id }) => id),
      ['primary-down-by-others'],
    )
    assert.match(blocked.plan.checks.find(({ id }) => id === 'by-itself')?.message ?? '', /Patroni is paused/)
    const run = await acting.act('promote', standby, {}, { overrides: { 'primary-down-by-others': 'it was killed' } })
    assertCarriedOut(run)
    assert.equal((await roles(acting)).primary, standby)
    assert.match(run.plan.steps[0]?.detail ?? '', /POST \S+\/failover \{"candidate":"n\d"\}/)
  })

  test('a switchover and a restart whose pgdeck is killed between request and answer, once each', async (context) => {
    const nodes = await startPatroni(context, { authentication: USER })
    const options = optionsOf(nodes)
    const acting = await actingBeside(context, nodes)
    const { primary, standby } = await roles(acting)
    // The lines of plan, confirmation, process and step; Patroni itself waits a second before it answers.
    const run = await killedAndResumed({ options, action: 'switchover', target: standby, lines: 4, afterMs: 600 })
    assertCarriedOut(run)
    assert.equal(run.steps[0]?.attempts, 1 + Number(!isFoundDone(run)))
    const [leader] = nodes
    const history = (await (await fetch(`${leader?.rest}/history`)).json()) as readonly unknown[]
    assert.equal(history.length, 1, 'the roles changed once')
    assert.equal((await roles(acting)).primary, standby)
    const again = await killedAndResumed({ options, action: 'restart', target: primary, lines: 4, afterMs: 300 })
    assertCarriedOut(again)
  })

  test('a line of pg_hba.conf where its list is what the files have', async (context) => {
    const nodes = await startPatroni(context, { authentication: USER, sharesHba: true })
    const acting = await actingBeside(context, nodes)
    const { primary, standby } = await roles(acting)
    const added = await acting.act('add-hba-entry', primary, { line: 'host all app 192.0.2.7/32 scram-sha-256' })
    assertCarriedOut(added)
    assert.match(
      added.plan.steps[0]?.detail ?? '',
      /^PATCH \S+\/config .*"host all app 192\.0\.2\.7\/32 scram-sha-256"/,
    )
    for (const { dsn } of nodes) await until('every member has the line', 20_000, () => hasRuleFor(dsn, 'app'))
    const own = await acting.act('add-hba-entry', standby, {
      line: 'host all other 192.0.2.8/32 scram-sha-256',
      before: '1',
    })
    assertCarriedOut(own)
  })

  test('no setting that something else sets over it, or that it would drop', async (context) => {
    const nodes = await startPatroni(context, { authentication: USER })
    const acting = await actingBeside(context, nodes)
    await query(nodes[0]?.dsn ?? '', "alter system set work_mem = '7MB'")
    await query(nodes[0]?.dsn ?? '', 'select pg_reload_conf()')
    const found = async (name: string, value: string, id: string) => {
      const { state, plan } = await acting.act('change-setting', null, { name, value })
      return `${state}: ${plan.checks.find((check) => check.id === id)?.message}`
    }
    assert.match(await found('work_mem', '9MB', 'set-elsewhere'), /^blocked: ALTER SYSTEM has set work_mem on db-n1,/)
    assert.match(
      await found('fsync', 'on', 'set-elsewhere'),
      /^blocked: the patroni.yml of db-n\d and db-n\d sets fsync/,
    )
    assert.match(await found('max_connections', '20', 'manager'), /^blocked: .*it drops max_connections below 25/)
    assert.match(await found('wal_log_hints', 'off', 'manager'), /^blocked: .*it sets wal_log_hints itself/)
  })
})

/** The resumed run found the effect there, and did not even begin the step again. */
function isFoundDone({ steps }: Run): boolean {
  return steps[0]?.note?.includes('already done before the interruption') === true
}

async function hasRuleFor(dsn: string, user: string): Promise<boolean> {
  return (await query(dsn, `select 1 from pg_hba_file_rules where '${user}' = any(user_name)`)) === 1
}

/** Resolves to how many rows there are. */
async function query(dsn: string, text: string): Promise<number> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  try {
    return (await client.query(text)).rows.length
  } finally {
    await client.end()
  }
}
