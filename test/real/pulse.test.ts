// The pulse of real servers of every major that is here, held against what the test itself has brought about.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { type DatabaseSession, openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import { formatLsn, parseLsn } from '../../src/model/values/lsn.ts'
import { pulseProbe, pulseSql } from '../../src/probes/database/pulse/pulse.ts'
import { patiently, until } from '../wait.ts'
import { MAJORS, type TestCluster, withCluster } from './embedded.ts'

const NEVER = new AbortController().signal
const ROLES = ['postgres', 'pgdeck', 'plain"quoted'] as const
type Role = (typeof ROLES)[number]

async function withLink<Value>(
  node: PostgresNode,
  role: Role,
  body: (link: DatabaseSession) => Promise<Value>,
): Promise<Value> {
  const link = openDatabaseSession({
    connection: parseDsn(node.dsn(role), {}),
    passwordCommand: null,
    timeoutMs: patiently(5_000),
  })
  try {
    return await body(link)
  } finally {
    await link.close()
  }
}

const pulseOf = (node: PostgresNode, role: Role = 'pgdeck') =>
  withLink(node, role, (link) => pulseProbe.read({ session: link }, NEVER))

/** The server lets go of closed sessions a moment later: until then they count. */
async function pulseOnceQuiet(node: PostgresNode, role: Role): Promise<DatabasePulse> {
  await until('sessions of earlier readings are gone', 5_000, async () => {
    const { sessions } = await pulseOf(node)
    return sessions.total === 1 && sessions.active === 0
  })
  return pulseWhere('it is alone', node, role, ({ sessions }) => sessions.total === 1)
}

/** The first pulse that is so. */
async function pulseWhere(
  what: string,
  node: PostgresNode,
  role: Role,
  isSo: (found: DatabasePulse) => boolean,
): Promise<DatabasePulse> {
  let found: DatabasePulse | null = null
  await until(what, 10_000, async () => {
    found = await pulseOf(node, role)
    return isSo(found)
  })
  return found ?? assert.fail(what)
}

async function single<Value>(node: PostgresNode, expression: string): Promise<Value> {
  const [row] = await node.query<{ value: Value }>(`select ${expression} as value`)
  assert.ok(row)
  return row.value
}

/** A session of an application, which stays until it is ended. */
async function appSession(node: PostgresNode, name: string, text: string): Promise<Client> {
  const client = new Client({ connectionString: node.dsn(), application_name: name })
  client.on('error', () => {})
  await client.connect()
  await client.query(text)
  return client
}

function positionAs<Kind extends 'primary' | 'standby'>(found: DatabasePulse, kind: Kind) {
  assert.equal(found.position.kind, kind)
  return found.position as Extract<DatabasePulse['position'], { kind: Kind }>
}

// Two at a time: the machine's cores are few, and most of the time is waiting for files.
describe('the pulse', { concurrency: 2 }, () => {
  for (const major of MAJORS) {
    test(`on PostgreSQL ${major}`, () =>
      withCluster(
        { major, standbys: 1, settings: { max_slot_wal_keep_size: '32MB', max_locks_per_transaction: '96' } },
        check,
      ))
  }
})

async function check(cluster: TestCluster): Promise<void> {
  const [standby] = cluster.standbys
  assert.ok(standby)
  await cluster.primary.createRole('plain"quoted', 'LOGIN')
  await cluster.caughtUp()
  await checkIdentity(cluster.primary, standby)
  await checkSessions(cluster.primary)
  await checkReplication(cluster, standby)
  await checkSlots(cluster)
  await checkPause(cluster, standby)
  await checkOldSql(cluster.primary, standby)
  await checkPromotion(standby)
}

async function checkIdentity(primary: PostgresNode, standby: PostgresNode): Promise<void> {
  const systemIdentifier = await single<string>(primary, '(select system_identifier::text from pg_control_system())')
  for (const node of [primary, standby]) {
    const port = await single<string>(node, `current_setting('port')`)
    const postmasterStart = await single<string>(
      node,
      `to_char(extract(epoch from pg_postmaster_start_time()) * 1000000, 'FM9999999999999999')`,
    )
    const startedAt = await single<string>(node, 'extract(epoch from pg_postmaster_start_time()) * 1000')
    for (const role of ROLES) {
      const found = await pulseOnceQuiet(node, role)
      const { version, major } = node.binaries
      assert.deepEqual(
        [found.version, Math.floor(found.versionNumber / 10_000), found.systemIdentifier, found.timeline],
        [version.split('-')[0], major, systemIdentifier, 1],
      )
      assert.deepEqual([found.serverAddress, found.serverPort, found.clusterName], ['127.0.0.1', node.port, node.name])
      assert.ok(Math.abs((found.startedAt ?? 0) - Number(startedAt)) < 1)
      assert.equal(found.postmasterStart, postmasterStart)
      assert.equal(String(found.port), port)
      assert.ok(Math.abs(found.clockOffsetMs) < found.roundTripMs / 2 + 5, `clock ${found.clockOffsetMs}`)
      assert.ok(found.roundTripMs > 0 && found.roundTripMs < patiently(2_000))
      assert.deepEqual(found.settings, {
        max_connections: 50,
        max_worker_processes: 8,
        max_wal_senders: 10,
        max_prepared_transactions: 0,
        max_locks_per_transaction: 96,
      })
      assert.deepEqual(
        [found.synchronousStandbyNames, found.synchronousCommit, found.maxSlotKeepBytes],
        ['', 'on', 32 * 1024 * 1024],
      )
      assert.deepEqual(found.archiver, {
        mode: 'off',
        failing: false,
        lastArchivedWal: null,
        lastFailedWal: null,
        lastFailedAt: null,
        lastArchivedAt: null,
        failedCount: 0,
        waiting: null,
        commandless: false,
        keepsNothing: false,
        quietSeconds: null,
      })
      assert.ok(found.oldestTransactionAge !== null && found.oldestTransactionAge >= 0)
      assert.equal(found.mayUseReserved, role === 'postgres')
      checkPrivileges(found, role, node === standby)
    }
  }
  if (primary.binaries.major >= 16) {
    await primary.query('grant pg_use_reserved_connections to pgdeck')
    assert.equal((await pulseOf(primary)).mayUseReserved, true)
  }
}

function checkPrivileges(found: DatabasePulse, role: Role, isStandby: boolean): void {
  const { active, idleInTransaction, waiting, longestIdleInTransactionSeconds } = found.sessions
  if (role !== 'plain"quoted') {
    assert.deepEqual([found.missing, active, idleInTransaction, waiting, found.clients], [[], 0, 0, 0, []])
    return
  }
  assert.deepEqual(
    [active, idleInTransaction, waiting, longestIdleInTransactionSeconds, found.clients],
    [null, null, null, null, null],
  )
  assert.equal(found.missing.length, 2)
  for (const { grant } of found.missing) assert.equal(grant, 'GRANT pg_monitor TO "plain""quoted"')
  assert.match(found.missing[1]?.what ?? '', isStandby ? /WAL receiver/ : /WAL senders/)
}

async function checkSessions(primary: PostgresNode): Promise<void> {
  const apps = [
    await appSession(primary, 'vault', 'begin; lock table pg_description in access exclusive mode'),
    await appSession(primary, 'vault', 'begin'),
    await appSession(primary, 'other', 'select 1'),
  ]
  const waiting = await appSession(primary, 'waiter', 'select 1')
  const blocked = waiting.query('select count(*) from pg_description').catch(() => {})
  await until('the session waits', 5_000, async () => (await pulseOf(primary)).sessions.waiting === 1)
  await until(
    '0.2 s idle in transaction',
    5_000,
    async () => ((await pulseOf(primary)).sessions.longestIdleInTransactionSeconds ?? 0) > 0.2,
  )
  // The server lets go of a closed session a moment later.
  const hasFive = ({ sessions }: DatabasePulse) => sessions.total === 5
  const found = await pulseWhere('sessions of earlier readings are gone', primary, 'pgdeck', hasFive)
  const { longestIdleInTransactionSeconds: longest, ...counts } = found.sessions
  assert.deepEqual(counts, { total: 5, max: 50, reserved: 3, active: 1, idleInTransaction: 2, waiting: 1 })
  assert.ok(longest !== null && longest < patiently(20))
  const clients = (found.clients ?? []).map(
    ({ applicationName, address, count }) => `${applicationName} ${address} ${count}`,
  )
  assert.deepEqual(clients.sort(), ['other 127.0.0.1 1', 'vault 127.0.0.1 2', 'waiter 127.0.0.1 1'])
  await pulseWhere('how many there are is no secret', primary, 'plain"quoted', hasFive)
  for (const app of apps) await app.end()
  await blocked
  await waiting.end()
  await until('they are gone', 5_000, async () => (await pulseOf(primary)).sessions.total === 1)
}

async function checkReplication({ primary, caughtUp }: TestCluster, standby: PostgresNode): Promise<void> {
  await primary.query('create table if not exists written (a int)')
  await caughtUp()
  const above = await pulseWhere('the positions meet', primary, 'pgdeck', (found) => {
    const { lsn, flushedLsn } = positionAs(found, 'primary')
    return found.senders[0]?.state === 'streaming' && found.senders[0].replayedLsn === lsn && flushedLsn === lsn
  })
  const [sender] = above.senders
  assert.ok(sender && above.senders.length === 1)
  assert.deepEqual(
    [sender.applicationName, sender.userName, sender.address, sender.state, sender.sync, sender.slot],
    [standby.name, 'postgres', '127.0.0.1', 'streaming', 'async', 'standby_1'],
  )
  assert.equal(sender.pid, await single<number>(primary, '(select pid from pg_stat_replication)'))
  assert.equal(sender.port, await single<number>(primary, '(select client_port from pg_stat_replication)'))
  assert.ok(sender.startedAt !== null && sender.startedAt >= (above.startedAt ?? Infinity))
  assert.ok(sender.replyAgeSeconds !== null && sender.replyAgeSeconds >= 0 && sender.replyAgeSeconds < patiently(15))

  const below = await pulseWhere('all that has come is applied', standby, 'pgdeck', (found) => {
    const { receivedLsn, replayedLsn, applyLagSeconds } = positionAs(found, 'standby')
    return receivedLsn === replayedLsn && applyLagSeconds === 0
  })
  const position = positionAs(below, 'standby')
  assert.deepEqual(
    [position.pause, position.applyLagSeconds, below.applyDelayMs, below.senders],
    ['not paused', 0, 0, []],
  )
  assert.ok(position.receivedLsn !== null && position.receivedLsn === position.replayedLsn)
  assert.ok(
    position.lastReplayedCommitAt !== null && Math.abs(position.lastReplayedCommitAt - Date.now()) < patiently(60_000),
  )
  const { receiver } = position
  assert.ok(receiver)
  assert.deepEqual(
    [receiver.status, receiver.slot, receiver.senderHost, receiver.senderPort, receiver.receivedTimeline],
    ['streaming', 'standby_1', '127.0.0.1', primary.port, 1],
  )
  assert.ok(receiver.lastMessageAgeSeconds !== null && receiver.lastMessageAgeSeconds < patiently(60))
  assert.deepEqual(position.walSources, { archive: false, upstream: true, slot: 'standby_1' })
  // The receiver's process connects as its first act.
  const gap = (sender.startedAt ?? 0) - (receiver.startedAt ?? 0)
  assert.ok(gap >= 0 && gap < patiently(1_000), `the sender began ${gap} ms after its receiver`)
  assert.ok(receiver.flushedLsn !== null && receiver.latestEndLsn !== null && receiver.latestEndAt !== null)

  const hidden = (await pulseOf(primary, 'plain"quoted')).senders[0]
  assert.deepEqual(
    [hidden?.applicationName, hidden?.slot, hidden?.state, hidden?.sentLsn],
    [standby.name, 'standby_1', null, null],
  )
  const plain = positionAs(await pulseOf(standby, 'plain"quoted'), 'standby')
  assert.deepEqual(plain.walSources, { archive: false, upstream: null, slot: 'standby_1' })
  const unseen = plain.receiver
  assert.ok(unseen, 'that a receiver runs is visible')
  assert.deepEqual([unseen.status, unseen.startedAt], [null, null])
}

async function checkSlots(cluster: TestCluster): Promise<void> {
  const { primary } = cluster
  await primary.query(`select pg_create_physical_replication_slot('left_behind', true)`)
  await primary.query(
    `select pg_switch_wal() from (select count(*) from pg_logical_emit_message(false, 'x', 'y')) written`,
  )
  await primary.query(`select pg_logical_emit_message(false, 'x', 'z')`)
  const { slots, position } = await pulseOf(primary, 'plain"quoted')
  const slot = slots.find(({ name }) => name === 'left_behind')
  const restart = parseLsn(
    await single<string>(
      primary,
      `(select restart_lsn::text from pg_replication_slots where slot_name = 'left_behind')`,
    ),
  )
  assert.ok(slot && restart !== null && position.kind === 'primary')
  assert.deepEqual(
    [slot.type, slot.active, slot.activePid, slot.temporary, slot.walStatus, slot.invalidationReason],
    ['physical', false, null, false, 'reserved', null],
  )
  assert.equal(slot.restartLsn, restart, formatLsn(restart))
  assert.equal(slot.retainedBytes, Number(position.lsn - restart))
  assert.ok(slot.safeBytes !== null && slot.safeBytes > 0 && slot.safeBytes < 64 * 1024 * 1024)
  if (primary.binaries.major >= 17)
    assert.ok(slot.inactiveSince !== null && Math.abs(slot.inactiveSince - Date.now()) < patiently(60_000))
  else assert.equal(slot.inactiveSince, null)
  const used = slots.find(({ name }) => name === 'standby_1')
  assert.ok(used?.active && used.activePid !== null)
  await checkSubscriptions(primary)
  await checkLostSlot(cluster)
  await primary.query(`select pg_drop_replication_slot('left_behind')`)
}

/** Any role may know that there is one, where to it connects none but its owner. */
async function checkSubscriptions(primary: PostgresNode): Promise<void> {
  const nowhere = `connection 'host=127.0.0.1 port=1' publication theirs with (connect = false, slot_name = 'far')`
  await primary.query(`create subscription ours ${nowhere}`)
  const { subscriptions } = await pulseOf(primary, 'plain"quoted')
  assert.deepEqual(subscriptions, [{ name: 'ours', slot: 'far', enabled: false }])
  await primary.query('alter subscription ours set (slot_name = none)')
  await primary.query('drop subscription ours')
}

/** One slot is lost, and not the standby's, which must have come along before the checkpoint takes old files away. */
async function checkLostSlot({ primary, caughtUp }: TestCluster): Promise<void> {
  for (let file = 0; file < 4; file++) {
    await primary.query(`select pg_switch_wal() from (select pg_logical_emit_message(false, 'x', 'y')) written`)
  }
  await caughtUp()
  await primary.query('checkpoint')
  const slot = (await pulseOf(primary)).slots.find(({ name }) => name === 'left_behind')
  assert.deepEqual(
    [slot?.walStatus, slot?.retainedBytes, slot?.safeBytes, slot?.restartLsn],
    ['lost', null, null, null],
  )
  assert.equal(slot?.invalidationReason, primary.binaries.major >= 17 ? 'wal_removed' : null)
}

async function checkPause({ primary, caughtUp }: TestCluster, standby: PostgresNode): Promise<void> {
  await standby.query('select pg_wal_replay_pause()')
  // It is only asked for yet: what is written before replay has stopped would still be applied.
  await until(
    'replay has stopped',
    10_000,
    async () => positionAs(await pulseOf(standby), 'standby').pause !== 'pause requested',
  )
  await primary.query('insert into written select generate_series(1, 1000)')
  const written = parseLsn(await single<string>(primary, 'pg_current_wal_lsn()::text')) ?? 0n
  await until('what was written has come but is not applied', 10_000, async () => {
    const { pause, receivedLsn, applyLagSeconds } = positionAs(await pulseOf(standby), 'standby')
    return pause === 'paused' && receivedLsn !== null && receivedLsn >= written && (applyLagSeconds ?? 0) > 0
  })
  const { replayedLsn } = positionAs(await pulseOf(standby), 'standby')
  assert.ok(replayedLsn !== null && replayedLsn < written)
  await pulseWhere('the primary has heard of it', primary, 'pgdeck', ({ senders: [sender] }) => {
    return sender?.flushedLsn != null && sender.flushedLsn >= written && sender.replayedLsn === replayedLsn
  })
  await standby.query('select pg_wal_replay_resume()')
  await caughtUp()
  const isApplied = (found: DatabasePulse) => positionAs(found, 'standby').applyLagSeconds === 0
  await pulseWhere('nothing waits to be applied', standby, 'pgdeck', isApplied)
}

/** The form for 13, on the oldest server that is here. */
async function checkOldSql(primary: PostgresNode, standby: PostgresNode): Promise<void> {
  for (const node of [primary, standby]) {
    const [row] = await node.query<{ pulse: { standby: { pause: string } | null } }>(pulseSql(130_000))
    assert.equal(row?.pulse.standby?.pause ?? null, node === standby ? 'not paused' : null)
  }
}

/** Within one session: the control file's timeline lags behind a promotion, this one must not. */
async function checkPromotion(standby: PostgresNode): Promise<void> {
  await withLink(standby, 'pgdeck', async (link) => {
    assert.equal((await pulseProbe.read({ session: link }, NEVER)).timeline, 1)
    await standby.promote()
    const after = await pulseProbe.read({ session: link }, NEVER)
    assert.deepEqual([after.position.kind, after.timeline, after.applyDelayMs], ['primary', 2, null])
  })
}
