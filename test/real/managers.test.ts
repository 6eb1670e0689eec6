// Real managers in charge of real servers, where their programs are installed.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../src/io/files/sync-files.ts'
import { launchProcess, runProgram, sendSignal } from '../../src/io/process/process.ts'
import { managerBlockFor } from '../../src/model/managers/manager-guard.ts'
import { actingOn } from '../fakes/acting.ts'
import { managerEnv, REPMGR_SERVER, withoutPatroni, withoutRepmgr } from '../fakes/manager-programs.ts'
import { startPatroni } from '../fakes/patroni.ts'
import { pollOnce } from '../fakes/poll-once.ts'
import { until } from '../wait.ts'

function configOf(dsns: readonly string[]) {
  const [first] = configFromDsns(dsns, {}).clusters
  return first ?? assert.fail('no cluster')
}

describe('a real Patroni', { skip: withoutPatroni }, () => {
  test('is in charge: scope, leader and names are its own, and its pause is seen', async (context) => {
    const nodes = await startPatroni(context)
    const plain = configOf(nodes.map(({ dsn }) => dsn))
    const bySigns = await pollOnce(plain)
    assert.deepEqual([bySigns.manager?.kind, bySigns.manager?.scope], ['patroni', 'vault'])

    const [first] = nodes
    assert.ok(first)
    const config = { ...plain, databases: plain.databases.map((each) => ({ ...each, patroni: first.rest })) }
    const { manager, picture } = await pollOnce(config)
    const leader = picture.databases.find(({ role }) => role === 'primary')
    const standby = picture.databases.find(({ role }) => role === 'replica')
    assert.ok(leader && standby)
    assert.deepEqual([manager?.leader, manager?.paused, manager?.systemIdentifierMatches], [leader.id, false, true])
    assert.deepEqual([...Object.values(manager?.names ?? {})].sort(), ['n1', 'n2'])
    const instead = managerBlockFor(picture, 'promote', standby.id)?.command
    assert.equal(instead, `patronictl switchover vault --candidate ${manager?.names[standby.id]}`)

    await fetch(`${first.rest}/config`, { method: 'PATCH', body: JSON.stringify({ pause: true }) })
    await until('the pause is seen', 20_000, async () => (await pollOnce(config)).manager?.paused === true)
  })

  test('is not passed by when all of its agents are dead, declared or only traced', async (context) => {
    const nodes = await startPatroni(context)
    const databases = nodes.map(({ name, dsn, rest }) => ({ name, dsn: `${dsn}?sslmode=disable`, patroni: rest }))
    const traced = databases.map(({ patroni: _, ...rest }) => rest)
    for (const node of nodes) await node.killAgent()
    for (const each of [databases, traced]) {
      const acting = await actingOn({ databases: each })
      try {
        // Without its own word, its sessions are missed: they end with it, a moment later.
        await until('the sessions of Patroni are gone', 20_000, async () => {
          await acting.executor.propose({ action: 'checkpoint', target: 'n1', input: {} })
          return acting.store.latest().clusters[0]?.picture?.manager?.activity === 'silent'
        })
        const picture = acting.store.latest().clusters[0]?.picture ?? assert.fail('nothing was read')
        const standby = picture.databases.find(({ role }) => role !== 'primary')?.id ?? assert.fail('no standby')
        const blocked = await acting.executor.propose({ action: 'switchover', target: standby, input: {} })
        const check = blocked.plan.checks.find(({ id }) => id === 'manager')
        assert.deepEqual([check?.result, check?.mayOverride], ['fail', true])
        assert.match(check?.message ?? '', /^Patroni \(vault\) may be in charge, though nothing shows that it runs/)
        const slot = await acting.executor.propose({ action: 'create-slot', target: 'n1', input: { slot: 'extra' } })
        assert.equal(slot.plan.checks.find(({ id }) => id === 'manager')?.result, 'warn')
        if (each === databases) {
          const rules = picture.alerts
            .filter(({ rule }) => rule === 'manager-silent')
            .map(({ subject }) => subject.owner)
          assert.deepEqual(rules.toSorted(), ['n1', 'n2'])
        }
      } finally {
        await acting.close()
      }
    }
  })
})

describe('a real repmgr', { skip: withoutRepmgr }, () => {
  test('is in charge: its daemon, its table and the node it holds for the primary', async (context) => {
    const binaries = REPMGR_SERVER ?? assert.fail('no server')
    const primary = await startPrimary({
      binaries,
      settings: { shared_preload_libraries: 'repmgr', wal_log_hints: 'on' },
    })
    context.after(() => primary.scratch.close())
    const { path, owner } = primary.scratch
    const file = join(path, 'repmgr.conf')
    const reach = `host=127.0.0.1 port=${primary.port} user=postgres dbname=postgres password=${primary.password}`
    const lines = ['node_id=1', "node_name='first'", `conninfo='${reach}'`, `data_directory='${primary.dataDirectory}'`]
    const daemon = ['failover=manual', `repmgrd_pid_file='${join(path, 'repmgrd.pid')}'`, `pg_bindir='${binaries.bin}'`]
    writePrivateText(file, `${[...lines, ...daemon].join('\n')}\n`, owner)
    const options = { owner, cwd: path, env: managerEnv(path, binaries.bin) }
    await runProgram(join(binaries.bin, 'repmgr'), ['-f', file, 'primary', 'register'], options)
    const log = join(path, 'repmgrd.log')
    const repmgrd = await launchProcess(join(binaries.bin, 'repmgrd'), ['-f', file, '--daemonize=false'], log, options)
    context.after(async () => {
      sendSignal(repmgrd.pid, 'SIGTERM')
      await repmgrd.exited()
    })

    const config = configOf([primary.dsn('postgres', 'postgres')])
    await until('repmgrd is seen', 20_000, async () => {
      const { manager } = await pollOnce(config)
      return manager?.evidence.some((what) => what.includes('a session of repmgr')) === true
    })
    const { manager, document, picture } = await pollOnce(config)
    const [id = ''] = picture.databases.map((database) => database.id)
    assert.deepEqual(
      [manager?.kind, manager?.leader, manager?.names, manager?.paused],
      ['repmgr', id, { [id]: 'first' }, false],
    )
    assert.ok(!JSON.stringify(document).includes(primary.password))
    await primary.query('select repmgr.repmgrd_pause(true)')
    const halted = await pollOnce(config)
    assert.deepEqual([halted.manager?.paused, managerBlockFor(halted.picture, 'fence', id)?.mayOverride], [true, true])
    await primary.query('select repmgr.repmgrd_pause(false)')
    const running = await pollOnce(config)
    assert.deepEqual(
      [running.manager?.activity, managerBlockFor(running.picture, 'fence', id)?.mayOverride],
      ['live', false],
    )
    sendSignal(repmgrd.pid, 'SIGKILL')
    await repmgrd.exited()
    await until('its daemon is missed', 20_000, async () => (await pollOnce(config)).manager?.activity === 'silent')
    const dead = await pollOnce(config)
    const block = managerBlockFor(dead.picture, 'promote', id)
    assert.deepEqual([block?.result, block?.mayOverride], ['fail', true])
    assert.match(block?.reason ?? '', /^repmgr seems to be in charge; whether it runs is unknown here/)
  })
})
