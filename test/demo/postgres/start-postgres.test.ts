// Launched servers stream, and can be stopped, killed, frozen, promoted and configured as the demo and other tests need it.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createConnection } from 'node:net'
import { test } from 'node:test'
import { startPrimary } from '../../../src/demo/postgres/start-postgres.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { MAJORS, withCluster } from '../../real/embedded.ts'
import { until } from '../../wait.ts'

const ends = new Set([MAJORS.at(0), MAJORS.at(-1)])

for (const major of ends) {
  test(`a standby and a cascade of PostgreSQL ${major} replay what the primary writes`, async () => {
    await withCluster(
      { ...(major ? { major } : {}), standbys: 1, cascade: true },
      async ({ primary, nodes, caughtUp }) => {
        await primary.query('create table t as select generate_series(1, 1000) as i')
        await caughtUp()
        for (const node of nodes) {
          assert.deepEqual(await node.query('select count(*)::int as n from t'), [{ n: 1000 }], node.name)
        }
        const senders = await primary.query('select application_name, state from pg_stat_replication')
        assert.deepEqual(senders, [{ application_name: 'standby-1', state: 'streaming' }])
        const slots = await primary.query('select slot_name, active from pg_replication_slots')
        assert.deepEqual(slots, [{ slot_name: 'standby_1', active: true }])
      },
    )
  })
}

test('a node is stopped, killed, frozen, thawed and promoted for real', async () => {
  await withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
    assert.ok(standby)
    await primary.stop()
    assert.equal(primary.isRunning(), false)
    await assert.rejects(connect(primary.port), { code: 'ECONNREFUSED' })
    await primary.start()
    await primary.kill()
    await assert.rejects(connect(primary.port), { code: 'ECONNREFUSED' })
    await primary.start()
    await primary.freeze()
    const place = { host: primary.host, port: primary.port, user: 'pgdeck', password: primary.password }
    const asked = openDemoSession({ ...place, database: 'postgres', applicationName: 'test', limitMs: 300 })
    await assert.rejects(asked, /timeout/i)
    await primary.thaw()
    assert.deepEqual(await primary.query('select 1 as one'), [{ one: 1 }])
    await standby.promote()
    assert.deepEqual(await standby.query('select pg_is_in_recovery() as r'), [{ r: false }])
  })
})

test('pg_hba.conf and settings are in force once the call has ended', async () => {
  await withCluster({}, async ({ primary }) => {
    const place = { host: primary.host, port: primary.port, user: 'pgdeck', password: primary.password }
    const open = () => openDemoSession({ ...place, database: 'postgres', applicationName: 'test', limitMs: 2_000 })
    await (await open()).close()
    await primary.setHba(`host all pgdeck 127.0.0.1/32 reject\n${primary.hba()}`)
    await assert.rejects(open(), /pg_hba\.conf rejects/)
    await primary.setSetting('work_mem', '7MB')
    assert.deepEqual(await primary.query('show work_mem'), [{ work_mem: '7MB' }])
  })
})

test('closing the scratch folder ends the server and leaves nothing', async () => {
  const primary = await startPrimary()
  await primary.freeze()
  await primary.scratch.close()
  assert.equal(existsSync(primary.scratch.path), false)
  await until('the server has ended', 5_000, () => !primary.isRunning())
})

test('a server that cannot start says why', async () => {
  await assert.rejects(startPrimary({ settings: { shared_buffers: 'plenty' } }), /did not start:.*shared_buffers/s)
})

function connect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy()
      resolve()
    })
    socket.on('error', reject)
  })
}
