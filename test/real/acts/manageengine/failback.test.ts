// The way back of the vendor's product on real servers: the gate that watches the old primary, backup, restore, proof.

import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sendRequest } from '../../../../src/demo/app-server/http-client.ts'
import { subjectText } from '../../../../src/model/picture/subject.ts'
import { createActingPrimaryWatch } from '../../../../src/runtime/stores/acting-primary-watch.ts'
import type { Acting } from '../../../fakes/acting.ts'
import { until } from '../../../wait.ts'
import { line, meanwhile } from '../promoting.ts'
import { actingOnSite, caughtUp, failing, handsOn, noteOf, told, withProfile } from './site.ts'

function alerts({ store }: Acting): readonly string[] {
  const found = store.latest().clusters[0]?.picture?.alerts ?? []
  return found
    .filter(({ rule }) => rule === 'started-without-restore')
    .map(({ subject, severity }) => `${severity} ${subjectText(subject)}`)
}

test('promoted, then back: the old primary may not start before the restore, and has everything after it', () =>
  withProfile({}, async (site) => {
    await caughtUp(site)
    const acting = await actingOnSite(site)
    const follower = createActingPrimaryWatch({ store: acting.store, folder: acting.folder })
    try {
      await site.losePrimary()
      const promoted = await acting.act('promote', 'pmp-ro')
      assert.equal(promoted.state, 'done', told(promoted))
      await site.sql('db-ro', 'create table taken_meanwhile as select 42 as answer')
      follower.load()
      assert.deepEqual(alerts(acting), [])

      // Somebody takes the fence away and starts the old primary: what pmp-ro took would be lost.
      const signal = join(site.folder('pmp-a'), 'pgsql/data/standby.signal')
      const fence = readFileSync(signal, 'utf8')
      rmSync(signal)
      await site.service('db-1', 'start')
      const early = await acting.executor.propose({ action: 'failback', target: 'pmp-ro', input: {} })
      assert.equal(early.state, 'blocked')
      assert.match(failing(early).join('\n'), /^started-without-restore: db-1, pmp-a runs without the restore$/m)
      assert.deepEqual(alerts(acting), ['critical db-1', 'critical pmp-a'])
      await site.service('db-1', 'stop')
      writeFileSync(signal, fence)

      // In the middle of the way back somebody starts it once more: the run goes no further, and can be gone on with.
      const openEarly = meanwhile(line('step-done', 'backup'), async () => {
        rmSync(signal)
        await site.service('db-1', 'start')
      })
      const disturbed = await actingOnSite(site, { executor: { openJournal: openEarly } })
      const cut = await disturbed.act('failback', 'pmp-ro')
      await disturbed.close()
      assert.equal(cut.state, 'stopped', told(cut))
      assert.match(cut.why ?? '', /db-1/)
      assert.equal(cut.steps.find(({ id }) => id === 'stop-acting')?.state, 'pending')
      await site.service('db-1', 'stop')
      writeFileSync(signal, fence)

      const run = await acting.act('failback', 'pmp-ro')
      assert.equal(run.state, 'done', told(run))
      assert.equal(run.plan.danger, 'data-loss')
      assert.match(
        run.plan.impact.statement,
        /no server serves the users from then on.*Writes between the backup and the stop are lost/,
      )
      assert.deepEqual(
        run.plan.steps.map(({ id }) => id),
        [
          'measure',
          'backup',
          'stop-acting',
          'written-since',
          'transfer',
          'restore',
          'start-primary',
          'verify-restored',
          'note-restored',
        ],
      )
      assert.match(noteOf(run, 'backup'), /Backup-\d+\.tar, .* MB, is readable/)
      assert.match(noteOf(run, 'written-since'), /db-ro wrote at most .* of WAL since the backup began, .* lacks that/)
      assert.match(
        noteOf(run, 'verify-restored'),
        // Sessions of the application end meanwhile.
        /rows, before the backup \d+; (?:no table has fewer|fewer in public\.app_sessions .*); db-ro wrote at most/,
      )
      assert.match(noteOf(run, 'transfer'), /SHA-256 [0-9a-f]{16}… on both/)
      assert.match(
        noteOf(run, 'verify-restored'),
        /db-1 is writable and has .* on timeline \d+; before the backup it was/,
      )
      assert.match(noteOf(run, 'note-restored'), /pmp-ro is to be decommissioned/)
      assert.deepEqual(await site.sql('db-1', 'select answer from taken_meanwhile'), [{ answer: 42 }])
      const url = site.cluster.servers.find(({ name }) => name === 'pmp-a')?.url ?? ''
      await until('pmp-a serves', 10_000, async () => (await sendRequest('GET', url, 2_000)).status === 200)
      const closed = site.cluster.servers.find(({ name }) => name === 'pmp-ro')?.url ?? ''
      await assert.rejects(sendRequest('GET', closed, 1_000))
      follower.load()
      await acting.executor.propose({ action: 'checkpoint', target: 'db-1', input: {} })
      assert.deepEqual(alerts(acting), [], 'after the restore the old primary may run')
      await assert.rejects(
        acting.executor.propose({ action: 'failback', target: 'pmp-ro', input: {} }),
        /the backup of the acting primary is already restored/,
      )

      // The acting primary goes for good: it can't be a read-only server again.
      await site.sql('db-1', "select pg_create_physical_replication_slot('ro_slot', true)")
      const gone = await acting.act('decommission', 'pmp-ro')
      assert.equal(gone.state, 'done', told(gone))
      assert.deepEqual(
        gone.plan.steps.map(({ id }) => id),
        ['stop-service', 'drop-slot', 'remove-hba-entry', 'reload', 'forget'],
      )
      assert.deepEqual(await site.sql('db-1', 'select slot_name from pg_replication_slots'), [])
      assert.doesNotMatch(site.file('pmp-a', 'pgsql/data/pg_hba.conf'), /ro_user/)
      assert.match(noteOf(gone, 'forget'), /delete from the config: clusters "test", servers "pmp-ro", .*hosts "db-ro"/)
      follower.load()
      assert.equal(acting.store.latest().clusters[0]?.actingPrimary, undefined)

      // A new one in its place: the product's own tools are run by hand, and their effect is watched for.
      const name = 'ReadOnlyPack.properties'
      const pack = join(site.folder('pmp-a'), 'replication', name)
      const openJournal = handsOn({
        'setup-pack': () => site.script('pmp-a', 'MakeReadOnlyPack', 'pmp-ro'),
        configure: () => site.script('pmp-ro', 'ConfigureReadOnly', join(site.folder('pmp-ro'), name)),
      })
      const builder = await actingOnSite(site, { executor: { openJournal } })
      try {
        const built = await builder.act('build-read-only', 'pmp-ro', { pack })
        assert.equal(built.state, 'done', told(built))
        assert.match(site.file('pmp-ro', name), /^user=ro_user$/m)
        assert.match(noteOf(built, 'configure'), /its three files make it a read-only server/)
        assert.match(noteOf(built, 'verify-streaming'), /db-ro streams from db-1/)
      } finally {
        await builder.close()
      }
    } finally {
      follower.close()
      await acting.close()
    }
  }))
