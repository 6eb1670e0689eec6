// A command of the config that was cut off is not run a second time unasked.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openJournal } from '../../../src/io/runs/journal.ts'
import type { JournalEntry } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'

/** A journal whose process is gone after the line of that type. */
function endingAfter(type: JournalEntry['type']): typeof openJournal {
  return async (...args) => {
    const journal = await openJournal(...args)
    let isOver = false
    const append: typeof journal.append = async (entry) => {
      if (isOver) throw new Error('it was killed')
      await journal.append(entry)
      isOver = entry.type === type
      // What the line announces does not come about any more.
      if (isOver && type === 'step-started') throw new Error('it was killed')
    }
    return { ...journal, append }
  }
}

for (const [type, state, times] of [
  ['step-started', 'unknown', 0],
  ['step-ran', 'done', 1],
] as const) {
  test(`cut off after ${type}: resumed it is ${state}`, async () => {
    await withCluster({}, async ({ primary }) => {
      const first = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
      const { folder } = first
      const done = join(folder, 'done')
      const options = {
        databases: [{ name: 'db-1', dsn: primary.dsn() }],
        hosts: [{ name: 'h1', local: true }],
        cluster: {
          actions: [
            {
              name: 'add',
              title: 'add',
              host: 'h1',
              command: ['sh', '-c', 'echo once >>"$0"', done],
              danger: 'routine',
            },
          ],
        },
        folder,
      }
      writeFileSync(done, '')
      try {
        const begun = await actingOn({ ...options, executor: { openJournal: endingAfter(type) } })
        const proposed = await begun.executor.propose({ action: 'add', target: null, input: {} })
        const yes = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const
        await assert.rejects(begun.executor.start(proposed, yes), /can’t write the journal of the run/)
        await begun.close()
        const again = await actingOn(options)
        const resumed = await again.executor.resume(proposed.id, { skips: {} })
        await again.close()
        assert.equal(resumed.state, state, resumed.why ?? '')
        assert.equal(readFileSync(done, 'utf8').split('once').length - 1, times)
      } finally {
        await first.close()
      }
    })
  })
}
