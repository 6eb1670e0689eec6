// The demo is what it says it is: real servers by their model's rules, faults that are made, healing that restores.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { DatabaseConfig } from '../../src/config/config.ts'
import { sendRequest } from '../../src/demo/app-server/http-client.ts'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { openDemoSession } from '../../src/io/postgres/demo-session.ts'
import { serverUser } from '../../src/io/process/process.ts'
import { MODEL_IDS } from '../../src/model/measured/spec.ts'
import { MAJORS } from '../real/embedded.ts'
import { patiently, until } from '../wait.ts'

const LIMIT_MS = 15_000
/** After which a database or server counts as silent. */
const SILENCE_MS = 1_500

function quiet(): void {}

function make(demo: Demo, id: string): Promise<void> {
  const fault = demo.faults.find((candidate) => candidate.id === id)
  assert.ok(fault, `there is a fault ${id}`)
  return fault.make()
}

function databaseOf(demo: Demo, id: string): DatabaseConfig {
  const found = demo.config.clusters[0]?.databases.find((database) => database.spec.id === id)
  assert.ok(found, `there is a database ${id}`)
  return found
}

/** One row as the monitoring role sees it. */
async function row(
  demo: Demo,
  id: string,
  sql: string,
  limitMs = patiently(SILENCE_MS),
): Promise<Record<string, unknown>> {
  const { connection, spec } = databaseOf(demo, id)
  const session = await openDemoSession({
    host: spec.host,
    port: spec.port,
    user: connection.user,
    password: connection.password ?? '',
    database: connection.database,
    applicationName: 'pgdeck',
    limitMs,
  })
  try {
    return (await session.query(sql))[0] ?? {}
  } finally {
    await session.close()
  }
}

function urlOf(demo: Demo, id: string): string {
  const server = demo.config.clusters[0]?.servers.find((candidate) => candidate.spec.id === id)
  assert.ok(server, `there is a server ${id}`)
  return server.spec.url
}

/** `200`, `302 http://…` or the error's code. */
async function front(demo: Demo, id: string): Promise<string> {
  return await sendRequest('GET', urlOf(demo, id), SILENCE_MS).then(
    ({ status, headers }) => (headers.location ? `${status} ${headers.location}` : String(status)),
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  )
}

async function becomes(demo: Demo, id: string, wanted: string): Promise<void> {
  await until(`${id} answers ${wanted}`, LIMIT_MS, async () => (await front(demo, id)) === wanted)
}

async function sessions(demo: Demo, id: string): Promise<number> {
  const answer = await sendRequest('GET', `${urlOf(demo, id)}api/status`, patiently(3_000))
  return JSON.parse(answer.body).sessions.active
}

const IN_RECOVERY = 'select pg_is_in_recovery() as recovering'
/** Whether one streams from it; a walsender may still be catching up when its receiver already streams. */
async function isSource(demo: Demo, id: string): Promise<void> {
  await until(`a standby streams from ${id}`, LIMIT_MS, async () => (await row(demo, id, STREAMING)).streaming === 1)
}

/** That nobody answers there: a frozen one is silent, others refuse. */
async function assertDown(demo: Demo, id: string, fault: string): Promise<void> {
  const why = fault === 'freeze' ? /timeout/i : /ECONNREFUSED/
  await assert.rejects(row(demo, id, IN_RECOVERY, fault === 'freeze' ? SILENCE_MS : undefined), why, fault)
}

const STREAMING = "select count(*)::int as streaming from pg_stat_replication where state = 'streaming'"

describe('the default model', () => {
  let demo: Demo
  const steps: string[] = []

  before(async () => {
    demo = await startDemo({ model: 'shared-database-with-read-only', size: 1 }, (step) => steps.push(step))
  })
  after(() => demo.stop())

  test('starts with progress, a streaming replica, and three servers that say what they are', async () => {
    assert.ok(steps.some((step) => step.startsWith('initialising db-1')))
    assert.ok(steps.some((step) => /^starting db-ro with \d+ MB copied$/.test(step)))
    await isSource(demo, 'db-1')
    assert.deepEqual(await row(demo, 'db-ro', IN_RECOVERY), { recovering: true })
    await becomes(demo, 'pmp-a', '200')
    await becomes(demo, 'pmp-b', '200')
    await becomes(demo, 'pmp-ro', `302 ${urlOf(demo, 'pmp-a')}`)
  })

  test('users come and go', async () => {
    let first = 0
    await until('there are some', LIMIT_MS, async () => {
      first = await sessions(demo, 'pmp-a')
      return first > 10
    })
    await until('the number of sessions changes', LIMIT_MS, async () => (await sessions(demo, 'pmp-a')) !== first)
  })

  test('the servers are seen by the database under their names', async () => {
    const sql =
      "select count(distinct application_name)::int as n from pg_stat_activity where application_name like 'pmp-_'"
    await until('both are seen', LIMIT_MS, async () => (await row(demo, 'db-1', sql)).n === 2)
  })

  test('the monitoring role may read pg_hba_file_rules and is no superuser', async () => {
    const sql = "select (select count(*) from pg_hba_file_rules) > 3 as rules, current_setting('is_superuser') as super"
    assert.deepEqual(await row(demo, 'db-1', sql), { rules: true, super: 'off' })
  })

  test('a server that was frozen answers those who still wait, late', async () => {
    await make(demo, 'freeze-server-a')
    const late = sendRequest('GET', urlOf(demo, 'pmp-a'), patiently(LIMIT_MS))
    await becomes(demo, 'pmp-a', 'ABORT_ERR')
    await make(demo, 'heal')
    assert.equal((await late).status, 200)
  })

  test('the read-only server sends visitors to the secondary, and serves when that is down too', async () => {
    await make(demo, 'stop-server-a')
    await becomes(demo, 'pmp-a', 'ECONNREFUSED')
    await becomes(demo, 'pmp-ro', `302 ${urlOf(demo, 'pmp-b')}`)
    await make(demo, 'freeze-server-b')
    await becomes(demo, 'pmp-b', 'ABORT_ERR')
    await becomes(demo, 'pmp-ro', '200')
    await until('users move to the read-only server', LIMIT_MS, async () => (await sessions(demo, 'pmp-ro')) > 0)
    await make(demo, 'heal')
    await becomes(demo, 'pmp-ro', `302 ${urlOf(demo, 'pmp-a')}`)
    await until('they are sent back', LIMIT_MS, async () => (await sessions(demo, 'pmp-ro')) === 0)
  })

  for (const fault of ['stop', 'freeze', 'kill']) {
    test(`${fault} of the primary database leaves reading only`, async () => {
      await make(demo, `${fault}-primary`)
      await becomes(demo, 'pmp-a', '503')
      await becomes(demo, 'pmp-ro', '200')
      await assertDown(demo, 'db-1', fault)
      await assert.rejects(make(demo, 'stop-primary'), /heal first/)
      await make(demo, 'heal')
      await isSource(demo, 'db-1')
    })
  }

  test('the replica is stopped, frozen and killed', async () => {
    for (const fault of ['stop', 'freeze', 'kill']) {
      await make(demo, `${fault}-replica`)
      await assertDown(demo, 'db-ro', fault)
      await make(demo, 'heal')
      assert.deepEqual(await row(demo, 'db-ro', IN_RECOVERY), { recovering: true }, fault)
    }
  })

  test('a cut link stops the stream while both databases answer', async () => {
    await make(demo, 'cut-link')
    await until('nothing streams', LIMIT_MS, async () => (await row(demo, 'db-1', STREAMING)).streaming === 0)
    assert.deepEqual(await row(demo, 'db-ro', IN_RECOVERY), { recovering: true })
    await make(demo, 'heal')
    await isSource(demo, 'db-1')
  })

  test('paused replay falls behind and is resumed', async () => {
    const paused = 'select pg_is_wal_replay_paused() as paused'
    await make(demo, 'pause-replay')
    assert.deepEqual(await row(demo, 'db-ro', paused).catch(refused), { paused: true })
    await make(demo, 'heal')
    assert.deepEqual(await row(demo, 'db-ro', paused).catch(refused), { paused: false })
  })

  test('a flood makes more than 8 MB of lag, and healing ends it', async () => {
    const behind = 'select pg_wal_lsn_diff(sent_lsn, replay_lsn)::float8 as lag from pg_stat_replication'
    await make(demo, 'flood-writes')
    await until(
      'the replica is 8 MB behind',
      10_000,
      async () => Number((await row(demo, 'db-1', behind)).lag) > 8 << 20,
    )
    await make(demo, 'heal')
    await until('it has caught up', 10_000, async () => Number((await row(demo, 'db-1', behind)).lag) < 1 << 20)
  })

  test('a split brain has two writable databases of one system; healing rebuilds the replica', async () => {
    const identity = 'select system_identifier::text as id, pg_is_in_recovery() as recovering from pg_control_system()'
    await make(demo, 'split-brain')
    const [one, other] = [await row(demo, 'db-1', identity), await row(demo, 'db-ro', identity)]
    assert.deepEqual(one, { id: other.id, recovering: false })
    assert.equal(other.recovering, false)
    await make(demo, 'kill-primary')
    await make(demo, 'heal')
    assert.deepEqual(await row(demo, 'db-ro', IN_RECOVERY), { recovering: true })
    await isSource(demo, 'db-1')
  })

  test('healing makes the primary again what acts made a standby, whoever started its server', async () => {
    const [host] = demo.config.clusters[0]?.hosts ?? []
    assert.ok(host?.dataDirectory && host.binDirectory)
    await make(demo, 'stop-primary')
    writeFileSync(join(host.dataDirectory, 'standby.signal'), '')
    appendFileSync(join(host.dataDirectory, 'postgresql.auto.conf'), "primary_slot_name = 'of_an_act'\n")
    await make(demo, 'split-brain')
    const started = spawnSync(
      join(host.binDirectory, 'pg_ctl'),
      ['start', '-w', '-D', host.dataDirectory, '-l', `${host.dataDirectory}.other.log`],
      { ...(serverUser() ?? {}), cwd: '/', stdio: 'ignore' },
    )
    assert.equal(started.status, 0)
    assert.deepEqual(await row(demo, 'db-1', IN_RECOVERY), { recovering: true })
    await make(demo, 'heal')
    assert.deepEqual(await row(demo, 'db-1', IN_RECOVERY), { recovering: false })
    await isSource(demo, 'db-1')
  })

  test('it describes itself as a configuration file', () => {
    const file = JSON.parse(demo.describe())
    assert.equal(file.clusters[0].model, 'shared-database-with-read-only')
    assert.equal(file.clusters[0].servers.length, 3)
    assert.match(file.clusters[0].databases[0].dsn, /^postgresql:\/\/pgdeck:/)
  })
})

/** Reading the pause needs no privilege in some majors and one in others; a refusal is not what these tests are about. */
function refused(error: Error): never {
  throw new Error(`the monitoring role could not read the pause: ${error.message}`)
}

for (const model of MODEL_IDS) {
  test(`the model ${model} starts, takes a fault, heals, and leaves nothing`, async () => {
    const demo = await startDemo({ model, size: model === 'databases' ? 2 : 1 }, quiet)
    const folder = demo.config.clusters[0]?.hosts[0]?.dataDirectory ?? ''
    try {
      assert.ok(existsSync(folder))
      assert.ok(folder.startsWith(`${demo.folder}/`), 'its own files are where everything goes with it')
      assert.equal(demo.config.clusters[0]?.spec.model, model)
      await make(demo, 'kill-primary')
      await make(demo, 'heal')
      assert.deepEqual(await row(demo, 'db-1', IN_RECOVERY), { recovering: false })
    } finally {
      await demo.stop()
    }
    await demo.ended
    assert.equal(existsSync(folder), false)
  })
}

test('mirrored databases take each other’s changes, and stop when the link is cut', async () => {
  const demo = await startDemo({ model: 'mirrored', size: 1 }, quiet)
  const copied = "select count(*)::int as n from app_sessions where server = 'pmp-a'"
  try {
    await until('sessions reach the other side', LIMIT_MS, async () => Number((await row(demo, 'db-2', copied)).n) > 10)
    await make(demo, 'cut-link')
    await until('nothing streams', LIMIT_MS, async () => (await row(demo, 'db-1', STREAMING)).streaming === 0)
    await make(demo, 'heal')
    for (const id of ['db-1', 'db-2']) await isSource(demo, id)
  } finally {
    await demo.stop()
  }
})

test('several demos run at once, on other majors too, with a cascade', async () => {
  const demos = await Promise.all(
    [MAJORS.at(0), MAJORS.at(-1)].map((major) => startDemo({ model: 'databases', size: 2, major }, quiet)),
  )
  try {
    for (const demo of demos) {
      for (const id of ['db-1', 'db-ro']) await isSource(demo, id)
    }
  } finally {
    await Promise.all(demos.map((demo) => demo.stop()))
  }
})

test('a taken port is said, and nothing is left behind', async () => {
  const first = await startDemo({ model: 'databases', size: 1 }, quiet)
  try {
    const databasePort = databaseOf(first, 'db-1').spec.port
    await assert.rejects(
      startDemo({ model: 'databases', size: 1, databasePort }, quiet),
      /port \d+ of 127\.0\.0\.1 is taken/,
    )
  } finally {
    await first.stop()
  }
})
