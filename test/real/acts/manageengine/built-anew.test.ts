// A read-only server in the place of a former one: the files that the former one left are not those of the new one.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Acting } from '../../../fakes/acting.ts'
import { actingOnSite, caughtUp, handsOn, noteOf, told, withProfile } from './site.ts'

test('decommissioned and built anew in its place: the run waits until the pack is used', () =>
  withProfile({}, async (site) => {
    await caughtUp(site)
    let builder: Acting | null = null
    const name = 'ReadOnlyPack.properties'
    const pack = join(site.folder('pmp-a'), 'replication', name)
    let configures = false
    const openJournal = handsOn({
      'setup-pack': () => site.script('pmp-a', 'MakeReadOnlyPack', 'pmp-ro'),
      async configure() {
        if (configures) await site.script('pmp-ro', 'ConfigureReadOnly', join(site.folder('pmp-ro'), name))
        else builder?.executor.stop()
      },
    })
    const acting = await actingOnSite(site, { executor: { openJournal, isInteractive: true } })
    builder = acting
    try {
      const gone = await acting.act('decommission', 'pmp-ro')
      assert.equal(gone.state, 'done', told(gone))
      const waiting = await acting.act('build-read-only', 'pmp-ro', { pack })
      assert.equal(waiting.state, 'stopped', told(waiting))
      assert.notEqual(waiting.steps.find(({ id }) => id === 'configure')?.state, 'done')
      configures = true
      const built = await acting.executor.resume(waiting.id, { skips: {} })
      assert.equal(built.state, 'done', told(built))
      assert.match(noteOf(built, 'verify-streaming'), /db-ro streams from db-1/)
    } finally {
      await acting.close()
    }
  }))
