// The vendor's promotion where further standbys replicate: they follow the read-only server's database, admitted by a line
// that the plan adds, and the failback says what becomes of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actingOnSite, caughtUp, noteOf, told, withProfile } from './site.ts'

test('with three standbys the plan adds the line of the one that moves, and the failback names those to build anew', () =>
  withProfile({ size: 3 }, async (site) => {
    await caughtUp(site)
    const acting = await actingOnSite(site)
    try {
      await site.losePrimary()
      const run = await acting.act('promote', 'pmp-ro')
      assert.equal(run.state, 'done', told(run))
      assert.equal(run.plan.steps[0]?.id, 'add-hba-lines')
      assert.match(run.plan.steps[0]?.title ?? '', /^add the missing line for db-ro-3 to pg_hba\.conf of db-ro$/)
      assert.match(run.plan.impact.statement, /Added to pg_hba\.conf: host replication ro_user_3 127\.0\.0\.1\/32/)
      // Nothing but the run reads the record that it has made.
      assert.equal(run.served?.words, 'users are served by pmp-ro (read-write)')
      assert.match(noteOf(run, 'report'), /; schedules run on pmp-ro;/)
      assert.match(noteOf(run, 'repoint-followers'), /db-ro-3 streams from db-ro/)
      const { plan } = await acting.executor.propose({ action: 'failback', target: 'pmp-ro', input: {} })
      const left = plan.impact.orphans.filter((each) => /build it anew/.test(each))
      assert.deepEqual(left.toSorted(), [
        'db-ro-2 holds the data of db-ro: build it anew from db-1',
        'db-ro-3 holds the data of db-ro: build it anew from db-1',
      ])
      const planned = await acting.executor.propose({ action: 'failback', target: 'pmp-ro', input: {} })
      await site.service('db-ro', 'stop')
      const answer = { kind: 'typed', text: planned.plan.confirm } as const
      await assert.rejects(
        acting.executor.start(planned, { answer, givenBy: 'test', skips: {} }),
        /blocked now by whether db-ro is still writable is unknown: /,
      )
    } finally {
      await acting.close()
    }
  }))
