// What the storage look is to find: sizes that grow, an archiver that fails, a slot that keeps, work in progress.

import assert from 'node:assert/strict'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DatabaseSizeSample } from '../../src/model/measured/on-demand.ts'
import {
  addSizeSample,
  archiverState,
  databaseGrowth,
  slotForecast,
  wraparoundProgress,
} from '../../src/model/storage/storage-forecast.ts'
import { pulseProbe } from '../../src/probes/database/index.ts'
import { patiently, until } from '../wait.ts'
import { NEVER } from './links.ts'
import { GRANT, linked, look, MB, SEEING } from './look.ts'
import { type Stage, slowVacuum } from './situations.ts'

/** The archiver fails from the first switch on; a slot keeps what is written, and a database grows. */
export async function checkSizes(primary: PostgresNode): Promise<void> {
  await primary.query("select pg_create_physical_replication_slot('kept', true)")
  const before = await look(primary, 'storage')
  await primary.query('create table heavy as select repeat(md5(n::text), 30) as note from generate_series(1, 3000) n')
  await primary.query('select pg_switch_wal()')
  await until(
    'the archiver has failed',
    20_000,
    async () => (await look(primary, 'storage')).archiver?.failedCount !== 0,
  )
  const after = await look(primary, 'storage')
  let sizes: readonly DatabaseSizeSample[] = addSizeSample([], before, 1_000)
  sizes = addSizeSample(sizes, after, 11_000)
  const growth = databaseGrowth('postgres', sizes)
  assert.ok(growth && growth.bytes > 2.5 * MB && growth.bytes < 20 * MB, `grew ${growth?.bytes}`)
  assert.equal(databaseGrowth('template0', sizes)?.bytes, 0)

  const state = archiverState(after)
  assert.deepEqual([state.state, state.failingSince], ['failing', null])
  assert.match(state.failedWal ?? '', /^[0-9A-F]{24}$/)
  assert.ok(
    state.backlogFiles !== null && state.backlogFiles >= 1 && state.backlogBytes === state.backlogFiles * 16 * MB,
  )
  assert.ok(Math.abs((after.archiver?.lastFailedAt ?? 0) - Date.now()) < patiently(30_000))
  assert.equal(after.walDirectoryBytes, (after.walFiles ?? 0) * 16 * MB + (await smallFiles(primary)))
  assert.ok((after.walFiles ?? 0) >= 2)

  const found = await linked(primary, (link) => pulseProbe.read({ session: link }, NEVER))
  const slot = found.slots.find(({ name }) => name === 'kept') ?? assert.fail('no slot')
  assert.ok((slot.retainedBytes ?? 0) >= 3 * MB && slot.safeBytes !== null && slot.safeBytes > 0)
  const forecast = slotForecast(slot, { walBytesPerSecond: MB, freeBytes: null })
  assert.deepEqual(forecast, { kind: 'limit', seconds: slot.safeBytes / MB, bytes: slot.safeBytes })
}

/** Histories and backup labels lie in the WAL directory as well. */
async function smallFiles(primary: PostgresNode): Promise<number> {
  const [row] = await primary.query<{ bytes: string }>(
    "select coalesce(sum(size), 0) as bytes from pg_ls_waldir() where name !~ '^[0-9A-F]{24}$'",
  )
  return Number(row?.bytes)
}

/** A base backup and a vacuum in the midst of their work. */
export async function checkWork(stage: Stage): Promise<void> {
  const { node } = stage
  const vacuumPid = await slowVacuum(stage)
  await stage.slowBackup()
  for (const role of SEEING) {
    const { backups, vacuums, databases, checkpoints, freezeMaxAge, missing, maxWalBytes } = await look(
      node,
      'storage',
      role,
    )
    const [backup] = backups
    assert.ok(backup && backups.length === 1)
    assert.deepEqual(
      [backup.application, backup.client, backup.phase],
      ['slow backup', '127.0.0.1', 'streaming database files'],
    )
    assert.ok(
      (backup.totalBytes ?? 0) > 20 * MB && backup.sentBytes !== null && backup.sentBytes < (backup.totalBytes ?? 0),
    )
    assert.ok(backup.seconds !== null && backup.seconds < patiently(60))
    const [vacuum] = vacuums
    assert.ok(vacuum && vacuums.length === 1)
    const { pid, database, relation, phase, isAutovacuum } = vacuum
    assert.deepEqual(
      [pid, database, relation, phase, isAutovacuum],
      [vacuumPid, 'postgres', 'dusty', 'scanning heap', false],
    )
    assert.ok((vacuum.blocksScanned ?? 0) > 0 && (vacuum.blocksTotal ?? 0) > (vacuum.blocksScanned ?? 0))
    assert.deepEqual(
      databases.map(({ name }) => name),
      ['postgres', 'template0', 'template1'],
    )
    for (const database of databases) {
      assert.ok((database.bytes ?? 0) > 5 * MB)
      const { percent, vacuumPercent } = wraparoundProgress(database, freezeMaxAge) ?? assert.fail()
      assert.ok(percent >= 0 && percent < 0.001 && vacuumPercent >= percent)
    }
    assert.deepEqual([freezeMaxAge, maxWalBytes, missing], [200_000_000, 128 * MB, []])
    assert.ok((checkpoints.requested ?? 0) >= 1 && checkpoints.timeoutSeconds === 300)
    assert.ok(checkpoints.redoLsn !== null && checkpoints.redoLsn > 0n && checkpoints.bytesSince !== null)
    assert.ok(Math.abs((checkpoints.lastAt ?? 0) - Date.now()) < patiently(60_000))
  }
  const hidden = await look(node, 'storage', 'plain"quoted')
  assert.deepEqual(
    [hidden.walDirectoryBytes, hidden.walFiles, hidden.archiveReady, archiverState(hidden).state],
    [null, null, null, 'failing'],
  )
  const [backup] = hidden.backups
  assert.deepEqual([backup?.phase, backup?.totalBytes, backup?.sentBytes, backup?.seconds], [null, null, null, null])
  const [vacuum] = hidden.vacuums
  assert.ok(vacuum && vacuum.database === 'postgres')
  assert.deepEqual([vacuum.relation, vacuum.phase, vacuum.blocksScanned, vacuum.isAutovacuum], [null, null, null, null])
  assert.equal(hidden.missing.length, 3)
  assert.ok(hidden.missing.every(({ grant }) => grant === GRANT))
  await checkClosedDatabase(node)
}

/** What this role may not connect to, it may not measure. */
async function checkClosedDatabase(node: PostgresNode): Promise<void> {
  await node.query('revoke connect on database template1 from public')
  const { databases, missing } = await look(node, 'storage', 'plain"quoted')
  assert.equal(databases.find(({ name }) => name === 'template1')?.bytes, null)
  assert.equal(missing.length, 4)
  assert.notEqual((await look(node, 'storage')).databases.find(({ name }) => name === 'template1')?.bytes, null)
}
