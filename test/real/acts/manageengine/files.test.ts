// What can be wrong with the product's files before and during a promotion, and what an abort leaves: nothing.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Acting } from '../../../fakes/acting.ts'
import { line, meanwhile } from '../promoting.ts'
import { actingOnSite, caughtUp, failing, noteOf, type ProfileSite, told, withProfile } from './site.ts'

const EXT = 'pgsql/ext_conf/postgres_ext.conf'
const PROPERTIES = 'conf/configurations.properties'
const STATE = 'conf/serverstate.conf'

/** Every file below the parts of the installation that are edited. */
function contents(site: ProfileSite): Readonly<Record<string, string>> {
  const folders = ['conf', 'pgsql/ext_conf']
  const names = folders.flatMap((folder) =>
    readdirSync(join(site.folder('pmp-ro'), folder)).map((name) => `${folder}/${name}`),
  )
  return Object.fromEntries(names.sort().map((name) => [name, site.file('pmp-ro', name)]))
}

const proposed = (acting: Acting) => acting.executor.propose({ action: 'promote', target: 'pmp-ro', input: {} })

test('before: each trouble with a file is told with its path, and blocks; what is done already is fine', () =>
  withProfile({}, async (site) => {
    await caughtUp(site)
    await site.losePrimary()
    const acting = await actingOnSite(site)
    const path = (name: string) => join(site.folder('pmp-ro'), name)
    const original = contents(site)
    const restore = () => {
      for (const [name, text] of Object.entries(original)) writeFileSync(path(name), text)
    }
    const blockedBy = async (wanted: RegExp) => {
      const run = await proposed(acting)
      assert.equal(run.state, 'blocked', `${wanted} did not block`)
      assert.match(failing(run).join('\n'), wanted)
      restore()
      return run
    }
    try {
      rmSync(path(PROPERTIES))
      const missing = await blockedBy(/^product-files: .*configurations\.properties: it does not exist$/)
      const step = missing.plan.steps.find(({ id }) => id === 'edit-readonly-mode')
      assert.deepEqual([step?.how, step?.maySkip], ['manual', true])
      writeFileSync(path(STATE), 'state of the server\n')
      await blockedBy(/^product-files: .*serverstate\.conf: it has neither "ro" nor "master"$/)
      writeFileSync(path(EXT), "primary_conninfo = 'host=a password=Sesam'\n")
      const stray = await blockedBy(/postgres_ext\.conf: it has 1 recovery settings, but no section "recovery props"$/)
      assert.doesNotMatch(JSON.stringify(stray), /Sesam/)
      writeFileSync(path(STATE), Buffer.from([0xff, 0xfe, 0x00]))
      await blockedBy(/^product-files: .*serverstate\.conf/)
      renameSync(path('conf/product_key.key'), path('key.away'))
      await blockedBy(/^key-file: .*manage_key\.conf names .*product_key\.key, which pgdeck can’t read$/)
      renameSync(path('key.away'), path('conf/product_key.key'))

      writeFileSync(path(STATE), '# was ro until the move\n  state : "master"\n')
      writeFileSync(path(PROPERTIES), '#readonly.mode=true\n readonly.mode = TRUE \nlast.line=1')
      const run = await proposed(acting)
      assert.equal(run.state, 'planned', told(run))
      const details = Object.fromEntries(run.plan.steps.map(({ id, detail }) => [id, detail]))
      assert.equal(details['edit-server-state'], 'nothing: it has "master" already')
      assert.match(details['edit-readonly-mode'] ?? '', /^- readonly\.mode = TRUE $/m)
      assert.match(details['edit-recovery-props'] ?? '', /^-primary_slot_name = 'ro_slot'$/m)
      restore()
      assert.deepEqual(contents(site), original, 'planning writes nothing')

      // Thought about for a while, and one of the files is another one by then: not by a diff that nobody has seen.
      const { plan, ...rest } = await proposed(acting)
      writeFileSync(path(STATE), 'ro\n# later\n')
      const late = { ...rest, plan: { ...plan, plannedAt: plan.plannedAt - 60_000 } }
      const consent = { answer: { kind: 'typed', text: 'pmp-ro' }, givenBy: 'test', skips: {} } as const
      const stopped = await acting.executor.start(late, consent)
      assert.equal(stopped.state, 'stopped', told(stopped))
      assert.match(stopped.why ?? '', /serverstate\.conf has changed since/)
      assert.equal(site.file('pmp-ro', STATE), 'ro\n# later\n')
    } finally {
      await acting.close()
    }
  }))

describe('during', () => {
  test('changed under us in the documented order: it stops, the abort puts all back, and it follows again', () =>
    withProfile({ model: 'primary-with-read-only' }, async (site) => {
      await caughtUp(site)
      const original = contents(site)
      const changedState = 'ro\n# somebody was here\n'
      const journal = meanwhile(line('step-done', 'edit-readonly-mode'), async () => {
        writeFileSync(join(site.folder('pmp-ro'), STATE), changedState)
      })
      await site.losePrimary()
      const acting = await actingOnSite(site, { decisions: [{ choice: 'undo' }], executor: { openJournal: journal } })
      try {
        const run = await acting.act('promote', 'pmp-ro', { 'vendor-order': 'true' })
        assert.equal(run.state, 'aborted', told(run))
        assert.match(acting.questions[0]?.why ?? '', /serverstate\.conf has changed since the plan/)
        assert.deepEqual(contents(site), { ...original, [STATE]: changedState })
        assert.equal(existsSync(join(site.folder('pmp-ro'), 'pgsql/data/standby.signal')), true)
        const [row] = await site.sql('db-ro', 'select pg_is_in_recovery() as standby')
        assert.deepEqual(row, { standby: true })
        assert.equal(noteOf(run, 'stop-service'), 'the service was started again')
      } finally {
        await acting.close()
      }
      // Once more, and nobody interferes: what was aborted leaves nothing in the way.
      const again = await actingOnSite(site)
      try {
        const run = await again.act('promote', 'pmp-ro')
        assert.equal(run.state, 'done', told(run))
        assert.equal(site.file('pmp-ro', STATE), 'master\n# somebody was here\n')
      } finally {
        await again.close()
      }
    }))

  test('after the promotion an abort puts the files back, and says what it can’t take back', () =>
    withProfile({ model: 'primary-with-read-only' }, async (site) => {
      await caughtUp(site)
      const original = contents(site)
      await site.losePrimary()
      const journal = meanwhile(line('step-done', 'edit-readonly-mode'), async () => {
        rmSync(join(site.folder('pmp-ro'), STATE))
      })
      const acting = await actingOnSite(site, { decisions: [{ choice: 'undo' }], executor: { openJournal: journal } })
      try {
        const run = await acting.act('promote', 'pmp-ro')
        assert.equal(run.state, 'aborted', told(run))
        assert.match(acting.questions[0]?.why ?? '', /serverstate\.conf no longer exists/)
        const { [STATE]: _, ...kept } = original
        assert.deepEqual(contents(site), kept)
        assert.match(run.why ?? '', /not undone: .*promote db-ro/)
      } finally {
        await acting.close()
      }
    }))

  test('the old primary comes back in the middle: no second one is started', () =>
    withProfile({ model: 'primary-with-read-only' }, async (site) => {
      await caughtUp(site)
      await site.losePrimary()
      const journal = meanwhile(line('step-done', 'edit-server-state'), async () => {
        rmSync(join(site.folder('pmp-a'), 'pgsql/data/standby.signal'))
        await site.service('db-1', 'start')
      })
      const acting = await actingOnSite(site, { executor: { openJournal: journal } })
      try {
        const run = await acting.act('promote', 'pmp-ro', { 'vendor-order': 'true' })
        assert.equal(run.state, 'stopped', told(run))
        assert.match(run.why ?? '', /db-1/)
        assert.equal(run.steps.find(({ id }) => id === 'start-service')?.state, 'pending')
        const undone = await acting.executor.abort(run.id, 'test')
        assert.equal(undone.state, 'aborted', told(undone))
        const [row] = await site.sql('db-ro', 'select pg_is_in_recovery() as standby')
        assert.deepEqual(row, { standby: true }, 'it follows the old primary again')
      } finally {
        await acting.close()
      }
    }))
})
