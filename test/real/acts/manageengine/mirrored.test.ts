// How the vendor's older model is set up: the plan's order and texts, whom it is for, and the whole of it on real servers.

import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startDemo } from '../../../../src/demo/demo.ts'
import { actingOn } from '../../../fakes/acting.ts'
import { until } from '../../../wait.ts'
import { line, meanwhile } from '../promoting.ts'
import { actingOnSite, type Cluster, type ProfileSite, told, withProfile } from './site.ts'

test('ha-setup: the pack on the primary, unpacked on the secondary, the key, secondary before primary', async () => {
  const demo = await startDemo({ model: 'mirrored', size: 1 }, () => {})
  const { databases, servers } = (JSON.parse(demo.describe()) as { clusters: readonly [Cluster] }).clusters[0]
  const hosts = [
    { name: 'db-1', installDirectory: '/opt/pam360', start: ['systemctl', 'start', 'pam360'], stop: ['true'] },
    { name: 'db-2', installDirectory: 'C:\\PAM360', platform: 'windows' },
  ]
  const cluster = { model: 'mirrored', profile: 'pam360' }
  // Their audit files are read through hosts that are reached.
  const silent = servers.map((each) => ({ ...each, audit: undefined }))
  const acting = await actingOn({ databases, servers: silent, hosts, cluster }).catch(async (error) => {
    await demo.stop()
    throw error
  })
  try {
    const run = await acting.executor.propose({ action: 'ha-setup', target: null, input: {} })
    assert.equal(run.state, 'planned', run.why ?? '')
    assert.equal(run.plan.confirm, 'test')
    assert.equal(run.plan.danger, 'data-loss')
    assert.equal(run.plan.impact.lossBytes, null)
    assert.match(run.plan.impact.statement, /The data of db-2 is replaced: what .* is lost/)
    assert.deepEqual(
      run.plan.steps.map(({ id }) => id),
      [
        'stop-secondary',
        'stop-primary',
        'ha-pack',
        'pack-made',
        'start-primary',
        'transfer',
        'unpack',
        'key-file',
        'certificate',
        'stop-primary-again',
        'start-secondary',
        'start-primary-last',
      ],
    )
    const details = Object.fromEntries(run.plan.steps.map(({ id, detail }) => [id, detail]))
    assert.equal(details['ha-pack'], 'cd /opt/pam360/bin\nsh HASetup.sh 127.0.0.1 127.0.0.1')
    assert.match(details['key-file'] ?? '', /^In C:\\PAM360\\conf\\manage_key\.conf: the full path/)
    assert.match(details.transfer ?? '', /^scp \/opt\/pam360\/replication\/HAPack\.zip 'db-2:C:/)
    await assert.rejects(
      acting.executor.propose({ action: 'build-read-only', target: 'pmp-b', input: {} }),
      /select a read-only server first/,
    )
  } finally {
    await acting.close()
    await demo.stop()
  }
})

const ROWS = 'select count(*)::int as rows from journal'

async function rowsOf(site: ProfileSite, database: string): Promise<number> {
  return (await site.sql<{ rows: number }>(database, ROWS))[0]?.rows ?? 0
}

test('ha-setup makes the second database a copy of the first one, and both exchange what is written then', () =>
  withProfile({ model: 'mirrored', profile: 'pam360' }, async (site) => {
    // What the second one has and the first one has not is gone afterwards: its data files are those of the pack.
    await site.sql('db-2', 'create table of_before (i int)')
    let skip: (reason: string) => void = () => {}
    const leaveOut = meanwhile(line('step-started', 'certificate'), async () => skip('of a well-known authority'))
    const acting = await actingOnSite(site, { executor: { openJournal: leaveOut, isInteractive: true } })
    skip = (reason) => void setTimeout(() => acting.executor.skipManualStep('certificate', reason), 0)
    try {
      const run = await acting.act('ha-setup', null)
      assert.equal(run.state, 'done', told(run))
      assert.deepEqual(
        run.steps.filter(({ state }) => state !== 'done').map(({ id, state, note }) => [id, state, note]),
        [['certificate', 'skipped', 'of a well-known authority']],
      )
      const identity = 'select system_identifier::text as id from pg_control_system()'
      assert.deepEqual(await site.sql('db-1', identity), await site.sql('db-2', identity))
      assert.deepEqual(await site.sql('db-2', "select to_regclass('of_before')::text as found"), [{ found: null }])
      const data = join(site.folder('pmp-b'), 'pgsql/data')
      assert.equal(statSync(join(data, 'PG_VERSION')).uid, statSync(data).uid)

      for (const [from, to] of [
        ['db-1', 'db-2'],
        ['db-2', 'db-1'],
      ] as const) {
        await site.sql(from, `insert into journal (note) values ('from ${from}')`)
        await until(`${to} has it`, 30_000, async () => {
          const found = await site.sql<{ n: number }>(
            to,
            `select count(*)::int as n from journal where note = 'from ${from}'`,
          )
          return found[0]?.n === 1
        })
      }
      await until('both have as many rows', 30_000, async () => {
        const [one, other] = [await rowsOf(site, 'db-1'), await rowsOf(site, 'db-2')]
        return Math.abs(one - other) < 20
      })
      assert.deepEqual(
        acting.store.latest().clusters[0]?.picture?.alerts.filter(({ rule }) => rule === 'split-brain'),
        [],
      )
    } finally {
      await acting.close()
    }
  }))
