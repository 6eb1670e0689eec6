// A vendor's promotion that is cut off again and again between two lines of its journal, and gone on with each time.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { openJournal } from '../../../../src/io/runs/journal.ts'
import { actingOnSite, caughtUp, told, withProfile } from './site.ts'

/** A journal that ends after so many lines, as a killed process does: what was begun then is not written down. */
function cutAfter(lines: number): typeof openJournal {
  return async (folder, run, options) => {
    const journal = await openJournal(folder, run, options)
    let left = lines
    return {
      close: () => journal.close(),
      async append(entry) {
        if (entry.type !== 'said' && left-- <= 0) throw new Error('cut off')
        await journal.append(entry)
      },
    }
  }
}

for (const order of ['false', 'true']) {
  test(`cut off after every few lines (documented order: ${order}), it comes to its end all the same`, () =>
    withProfile({ model: 'primary-with-read-only' }, async (site) => {
      await caughtUp(site)
      await site.losePrimary()
      const first = await actingOnSite(site, { executor: { openJournal: cutAfter(6) } })
      const { folder } = first
      try {
        await assert.rejects(first.act('promote', 'pmp-ro', { 'vendor-order': order }), /cut off/)
        const id = first.seen.at(-1)?.id ?? ''
        let cuts = 1
        for (;;) {
          // Enough lines for one step and a part of the next, another part each time.
          const again = await actingOnSite(site, { folder, executor: { openJournal: cutAfter(5 + (cuts % 4)) } })
          try {
            const run = await again.executor.resume(id, { skips: {} })
            assert.equal(run.state, 'done', told(run))
            break
          } catch (error) {
            assert.match(String(error), /cut off/)
            assert.ok(++cuts < 60, 'it never ends')
          } finally {
            await again.close()
          }
        }
        assert.ok(cuts > 5, `${cuts} cuts`)
        assert.equal(site.file('pmp-ro', 'conf/serverstate.conf'), 'master\n')
        assert.doesNotMatch(site.file('pmp-ro', 'conf/configurations.properties'), /readonly/)
        const [row] = await site.sql(
          'db-ro',
          `select pg_is_in_recovery() as standby, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline`,
        )
        assert.deepEqual(row, { standby: false, timeline: order === 'true' ? '00000001' : '00000002' })
      } finally {
        await first.close()
        rmSync(folder, { recursive: true, force: true })
      }
    }))
}
