// The looks at real servers of every major that is here, held against what the test itself has brought about.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { LockSession, LockWaits, OnDemandResults } from '../../src/model/measured/on-demand.ts'
import { syncWaitReason } from '../../src/model/replication/sync/sync-wait-reason.ts'
import { heldUp } from '../../src/model/sessions/held-up.ts'
import { lockTree } from '../../src/model/sessions/lock-graph.ts'
import { ON_DEMAND_PROBES, pulseProbe } from '../../src/probes/database/index.ts'
import { patiently } from '../wait.ts'
import { majorsToTry, type TestCluster, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'
import { GRANT, linked, look, MB, ROLES, SEEING } from './look.ts'
import { type LockPids, lockUp, onStage, type Stage, waitForNobody } from './situations.ts'
import { checkSizes, checkWork } from './storage-checks.ts'

const SETTINGS = {
  archive_mode: 'on',
  archive_command: 'false',
  autovacuum: 'off',
  max_prepared_transactions: '5',
  max_slot_wal_keep_size: '256MB',
  synchronous_commit: 'local',
  synchronous_standby_names: 'nobody',
  track_activity_query_size: '1MB',
}

/** More than the test takes; what is counted in other units, or from another beginning, is far beyond. */
const MOST_SECONDS = patiently(30)

// Two at a time: the machine's cores are few, and most of the time is waiting for files.
describe('the looks', { concurrency: 2 }, () => {
  for (const major of majorsToTry())
    test(`on PostgreSQL ${major}`, () => withCluster({ major, standbys: 1, settings: SETTINGS }, check))
})

async function check({ primary, standbys, caughtUp }: TestCluster): Promise<void> {
  const [standby] = standbys
  assert.ok(standby)
  await primary.createRole('plain"quoted', 'LOGIN')
  await caughtUp()
  await onStage(primary, async (stage) => {
    await checkSizes(primary)
    await checkWork(stage)
    const pids = await lockUp(stage)
    const committer = await waitForNobody(stage)
    await checkLocks(primary, pids, committer)
    await checkActivity(stage, pids, committer)
    await checkEncodings(stage)
  })
  await checkStandby(primary, standby)
}

async function checkLocks(node: PostgresNode, pids: LockPids, committer: number): Promise<void> {
  for (const role of ROLES) {
    const sees = role !== 'plain"quoted'
    const locks = await look(node, 'locks', role)
    checkTree(locks, pids)
    const waits = nodeOf(locks, pids.second)
    assert.deepEqual(waits.waitsFor, { type: 'transactionid', mode: 'ShareLock', relation: 'item' })
    assert.deepEqual(nodeOf(locks, pids.behindSharers).waitsFor, {
      type: 'relation',
      mode: 'AccessExclusiveLock',
      relation: 'stock',
    })
    assert.deepEqual(nodeOf(locks, pids.behindPrepared).preparedBlockers, ['ours "quoted"'])
    const startKnown = sees || node.binaries.major >= 14
    assert.ok(startKnown ? waits.waitSeconds !== null && waits.waitSeconds < MOST_SECONDS : waits.waitSeconds === null)
    assert.deepEqual(
      locks.prepared.map(({ gid, owner, database }) => [gid, owner, database]),
      [
        ['ours "quoted"', 'postgres', 'postgres'],
        ['another', 'postgres', 'postgres'],
      ],
    )
    assert.deepEqual([locks.synchronousStandbyNames, locks.seesAll], ['nobody', sees])
    assert.deepEqual(
      locks.missing.map(({ grant }) => grant),
      sees ? [] : [GRANT],
    )
    assert.deepEqual(
      locks.syncRepWaits.map(({ pid }) => pid),
      sees ? [committer] : [],
    )
    const holder = nodeOf(locks, pids.holder)
    assert.deepEqual([holder.state, holder.query === null], sees ? ['idle in transaction', false] : [null, true])
  }
  const { senders, synchronousStandbyNames } = await linked(node, (link) => pulseProbe.read({ session: link }, NEVER))
  assert.equal(
    syncWaitReason(synchronousStandbyNames, senders).text,
    "no standby qualifies: synchronous_standby_names = 'nobody' asks for 1, and it does not name standby-1",
  )
}

function nodeOf(locks: LockWaits, pid: number): LockSession {
  return locks.nodes.find((node) => node.pid === pid) ?? assert.fail(`no node ${pid}`)
}

function checkTree(locks: LockWaits, pids: LockPids): void {
  const rows = lockTree(locks)
  const drawn = rows.map((row) => {
    const who = row.kind === 'session' ? row.session.pid : row.kind === 'prepared' ? row.transaction?.gid : row.pid
    return `${' '.repeat(row.depth)}${who} ${row.waitingBehind}${row.inCycle ? ' cycle' : ''}`
  })
  const [first, second] = pids.sharers.toSorted((one, other) => one - other)
  const under = drawn.includes(`${first} 1`) && rows.findIndex((row) => row.key.startsWith(`${first} `))
  const chain = [`${pids.holder} 2`, ` ${pids.second} 1`, `  ${pids.third} 0`]
  assert.deepEqual(drawn.slice(0, 3), chain)
  assert.equal(rows.length, 8, drawn.join('\n'))
  assert.ok(typeof under === 'number' && drawn.includes(`${second} 1`), drawn.join('\n'))
  assert.equal(drawn[drawn.indexOf('ours "quoted" 1') + 1], ` ${pids.behindPrepared} 0`)
  const shared = rows.find((row) => row.key.startsWith(`${pids.behindSharers} `))
  assert.deepEqual([shared?.depth, shared?.otherBlockers.length], [1, 1])
}

async function checkActivity(
  { node, session, hang, untilTrue }: Stage,
  pids: LockPids,
  committer: number,
): Promise<void> {
  const hostile = await session('\x1b]0;owned\x07app\u202e')
  const evil = `select '\x1b[2J\x1b]52;c;AAAA\x07\u202eabc', pg_sleep(600) -- `
  hang(hostile, evil + 'ä'.repeat(MB / 4))
  await untilTrue('it sleeps', `(select wait_event = 'PgSleep' from pg_stat_activity where pid = ${hostile.pid})`)
  const apart = linkTo(node.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
  await ON_DEMAND_PROBES.activity.read({ session: apart }, NEVER)
  const of = (found: OnDemandResults['activity'], pid: number) => found.sessions.find((row) => row.pid === pid)
  for (const role of SEEING) {
    const found = await look(node, 'activity', role)
    assert.deepEqual([found.seesAll, found.missing], [true, []])
    assert.equal(
      found.sessions.some((row) => row.user === role && row.application === 'pgdeck'),
      false,
      'our own are hidden',
    )
    assert.equal(
      found.sessions.some((row) => row.application === 'pgdeck'),
      role === 'postgres',
      'those of others are not',
    )
    const lying = of(found, hostile.pid)
    assert.ok(lying?.query && lying.query.length < 5_100 && lying.query.length > 4_900)
    assert.match(lying.query, /^select 'abc', pg_sleep\(600\) -- ä+…$/)
    assert.match(lying.application, /^[\x20-\x7e]*app[\x20-\x7e]*$/)
    const { kind, state, wait, database, user, client, querySeconds, transactionSeconds } = lying
    assert.deepEqual(
      [kind, state, wait, database, user, client],
      ['client backend', 'active', 'PgSleep', 'postgres', 'postgres', '127.0.0.1'],
    )
    assert.ok(
      querySeconds !== null &&
        querySeconds < MOST_SECONDS &&
        transactionSeconds !== null &&
        transactionSeconds < MOST_SECONDS,
    )
    const idle = of(found, pids.holder)
    assert.deepEqual([idle?.state, idle?.querySeconds, idle?.wait], ['idle in transaction', null, 'ClientRead'])
    assert.ok(
      idle?.transactionSeconds != null && idle.stateSeconds !== null && idle.stateSeconds <= idle.transactionSeconds,
    )
    assert.deepEqual([of(found, committer)?.wait, of(found, pids.third)?.waitType], ['SyncRep', 'Lock'])
    assert.deepEqual([of(found, pids.holder)?.blockers, of(found, committer)?.blockers], [null, null], 'were not asked')
    const held = heldUp(found.sessions)
    assert.deepEqual(held.get(pids.second)?.blockers, [pids.holder])
    assert.deepEqual(held.get(pids.holder), { holds: 2, blockers: [] })
    assert.equal(held.get(pids.sharers[0])?.holds, 1)
    const checkpointer = found.sessions.find((row) => row.kind === 'checkpointer')
    assert.deepEqual(
      [checkpointer?.database, checkpointer?.transactionSeconds, checkpointer?.query],
      [null, null, null],
    )
    assert.ok(found.sessions.some((row) => row.kind === 'walsender' && row.application === 'standby-1'))
  }
  const found = await look(node, 'activity', 'plain"quoted')
  assert.equal(found.seesAll, false)
  assert.deepEqual(
    found.missing.map(({ grant }) => grant),
    [GRANT],
  )
  const { pid, user, database, kind, ...rest } = of(found, pids.third) ?? assert.fail('no row')
  assert.deepEqual([pid, user, database, kind], [pids.third, 'postgres', 'postgres', 'client backend'])
  const { application, ...hidden } = rest
  assert.equal(application, 'third')
  assert.deepEqual([...new Set(Object.values(hidden))], [null])
  assert.ok(
    found.sessions.every((row) => row.user !== null),
    'rows of which nothing is known are left out',
  )
  await apart.close()
}

/** Text of a database in another encoding is no valid text here, and must not take the others with it. */
async function checkEncodings({ node, session, hang, untilTrue }: Stage): Promise<void> {
  for (const encoding of ['LATIN1', 'SQL_ASCII']) {
    await node.query(
      `create database "${encoding}" encoding '${encoding}' template template0 lc_collate 'C' lc_ctype 'C'`,
    )
  }
  const odd = await session('odd', 'LATIN1')
  hang(odd, 'select pg_sleep(600) /* ä */ -- ends cut: ä')
  await untilTrue('it sleeps', `(select wait_event = 'PgSleep' from pg_stat_activity where pid = ${odd.pid})`)
  const texts = {
    postgres: /^select pg_sleep\(600\) \/\* \ufffd/,
    LATIN1: /ends cut: ä$/,
    SQL_ASCII: /^select pg_sleep\(600\) \/\* \? \*\/ -- ends cut: \?$/,
  }
  for (const [database, expected] of Object.entries(texts)) {
    const { sessions } = await look(node, 'activity', 'pgdeck', database)
    assert.match(sessions.find(({ pid }) => pid === odd.pid)?.query ?? '', expected)
    await look(node, 'locks', 'pgdeck', database)
  }
}

/** Replay that waits for a query of the standby, and everything else for every role. */
async function checkStandby(primary: PostgresNode, standby: PostgresNode): Promise<void> {
  await onStage(standby, async ({ session, untilTrue }) => {
    const reader = await session('reader')
    await reader.client.query('begin; select * from heavy limit 1')
    await primary.query('truncate heavy')
    await untilTrue('replay waits', 'exists (select from pg_locks where not granted)')
    for (const role of ROLES) {
      const sees = role !== 'plain"quoted'
      const locks = await look(standby, 'locks', role)
      const rows = lockTree(locks)
      const pids = rows.map((row) => [row.depth, row.kind === 'session' ? row.session.pid : null])
      assert.equal(rows.length, 2)
      assert.deepEqual(pids[0], [0, reader.pid])
      const replay = locks.nodes.find(({ pid }) => pid === pids[1]?.[1])
      assert.deepEqual([replay?.kind, replay?.waitsFor?.relation], [sees ? 'startup' : null, 'heavy'])
      const { sessions, seesAll } = await look(standby, 'activity', role)
      assert.deepEqual(
        [seesAll, sessions.find(({ pid }) => pid === reader.pid)?.state],
        [sees, sees ? 'idle in transaction' : null],
      )
      const { databases, walDirectoryBytes, checkpoints, missing } = await look(standby, 'storage', role)
      assert.ok(databases.every(({ name, bytes }) => bytes !== null || (name === 'template1' && !sees)))
      assert.equal(walDirectoryBytes === null, !sees)
      assert.ok(checkpoints.bytesSince !== null && checkpoints.redoLsn !== null)
      assert.equal(missing.length, sees ? 0 : 4)
    }
  })
}
