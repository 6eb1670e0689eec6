// The acts `decommission` and `collect-logs` on real servers.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { addStandby, type PostgresNode, startPrimary } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, noteOf, notPassed } from './promoting.ts'

const HBA = `local all postgres trust
local replication postgres trust
host all all 127.0.0.1/32 scram-sha-256
# the read-only server
host replication ro_user 127.0.0.1/32 scram-sha-256
host replication postgres 127.0.0.1/32 scram-sha-256
`

function told(run: Run): string {
  return `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}`
}

async function streams(primary: PostgresNode, name: string): Promise<boolean> {
  const rows = await primary.query('select from pg_stat_replication where application_name = $1', [name])
  return rows.length === 1
}

describe('decommission', () => {
  test('a standby is stopped, its slot dropped, its line taken out; a primary is refused', async () => {
    const primary = await startPrimary({ hba: HBA })
    try {
      await primary.createRole('ro_user', 'LOGIN REPLICATION')
      const leaving = await addStandby(primary, { name: 'leaving', replicationUser: 'ro_user' })
      const staying = await addStandby(primary, { name: 'staying' })
      await until('both stream', 10_000, async () => (await streams(primary, 'leaving')) && streams(primary, 'staying'))
      const acting = await actingOnCluster({ nodes: [primary, leaving, staying] }, 'hosts')
      try {
        const refused = await acting.executor.propose({ action: 'decommission', target: 'primary', input: {} })
        assert.equal(refused.state, 'blocked')
        assert.ok(notPassed(refused).includes('takes-no-writes:fail'))
        const run = await acting.act('decommission', 'leaving')
        assert.equal(run.state, 'done', told(run))
        assert.deepEqual(
          run.plan.steps.map(({ id, how }) => `${id}:${how}`),
          ['stop:local', 'drop-slot:sql', 'hba-primary:file', 'hba-staying:file', 'word:local'],
        )
        const slots = await primary.query<{ name: string }>('select slot_name as name from pg_replication_slots')
        assert.deepEqual(
          slots.map(({ name }) => name),
          ['staying'],
        )
        assert.equal(primary.hba(), HBA.replace(/host replication ro_user .*\n/, ''))
        assert.equal(readFileSync(join(primary.dataDirectory, `pg_hba.conf.pgdeck-${run.id}`), 'utf8'), HBA)
        assert.equal(await streams(primary, 'staying'), true)
        assert.match(noteOf(run, 'word'), /delete the entry of "databases" with "name": "leaving"/)
        assert.match(noteOf(run, 'word'), /"name": "host-leaving"/)
        assert.ok(existsSync(join(leaving.dataDirectory, 'PG_VERSION')), 'its data is left')
      } finally {
        await acting.close()
      }
    } finally {
      await primary.scratch.close()
    }
  })

  test('not while commits would hang without it, or others replicate from it', () =>
    withCluster({ standbys: 1, cascade: true }, async (cluster) => {
      await cluster.primary.setSetting('synchronous_standby_names', '*')
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        const run = await acting.executor.propose({ action: 'decommission', target: 'standby-1', input: {} })
        assert.equal(run.state, 'blocked')
        assert.ok(notPassed(run).includes('sync-standbys:fail'), told(run))
        assert.ok(notPassed(run).includes('standbys-below:fail'), told(run))
        assert.equal(run.plan.steps[0]?.how, 'manual')
      } finally {
        await acting.close()
      }
    }))
})

describe('collect-logs', () => {
  test('writes a new archive with the log of the server, and never over another file', () =>
    withCluster({ settings: { logging_collector: 'on' } }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const out = join(acting.folder, 'logs.tar.gz')
        const run = await acting.act('collect-logs', 'primary', { out })
        assert.equal(run.state, 'done', told(run))
        assert.equal(statSync(out).mode & 0o777, 0o600)
        assert.match(execFileSync('tar', ['-t', '-f', out], { encoding: 'utf8' }), /MANIFEST\.txt/)
        const again = await acting.act('collect-logs', 'primary', { out })
        assert.equal(again.state, 'blocked')
      } finally {
        await acting.close()
      }
    }))
})
