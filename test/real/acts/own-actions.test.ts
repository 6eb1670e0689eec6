// Display names and the user's own commands, through the same door as everything else.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runEndLine } from '../../../src/ui/frame/format/run-lines.ts'
import { actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'

test('a rename is kept beside the config; names that are taken or hide something are refused', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      const run = await acting.act('rename', 'db-1', { name: 'vault' })
      assert.equal(run.state, 'done', run.why ?? '')
      assert.deepEqual(JSON.parse(readFileSync(join(acting.folder, 'names.json'), 'utf8')), {
        test: { 'db-1': 'vault' },
      })
      await assert.rejects(
        acting.act('rename', 'vault', { name: 'a\u001b[31mb' }),
        /no control and no invisible characters/,
      )
      assert.equal((await acting.act('rename', 'vault', { name: 'db-1' })).state, 'done')
      assert.deepEqual(JSON.parse(readFileSync(join(acting.folder, 'names.json'), 'utf8')), { test: {} })
    } finally {
      await acting.close()
    }
  })
})

test('an action of the config runs without a shell; its exit code and its words are kept', async () => {
  await withCluster({}, async ({ primary }) => {
    const note = 'it\'s; $(touch no) "here"'
    const acting = await actingOn({
      databases: [{ name: 'db-1', dsn: primary.dsn() }],
      hosts: [{ name: 'h1', local: true }],
      cluster: {
        actions: [
          {
            name: 'say',
            title: 'say something',
            host: 'h1',
            command: ['printf', '%s', note],
            danger: 'outage',
            confirm: 'speak',
          },
          { name: 'fail', title: 'fail', host: 'h1', command: ['ls', '/no/such/file'] },
        ],
      },
    })
    try {
      const proposed = await acting.executor.propose({ action: 'say', target: null, input: {} })
      const wrong = { answer: { kind: 'typed', text: 'say' }, givenBy: 'test', skips: {} } as const
      await assert.rejects(acting.executor.start(proposed, wrong), /"say" is not "speak"/)
      const run = await acting.act('say', null)
      assert.equal(run.state, 'done', run.why ?? '')
      assert.deepEqual(
        run.output.map(({ text }) => text),
        [note],
      )
      assert.equal(existsSync('no'), false)
      const failed = await acting.act('fail', null)
      assert.equal(failed.state, 'failed')
      // What the program did before it failed is not known.
      const told = runEndLine(failed).map(({ text }) => text)
      assert.match(told.join(''), /^failed, with no step done: fail: ls on h1/)
      assert.match(failed.why ?? '', /ls on h1 ended with exit code 2: .*no\/such\/file/)
      assert.equal(acting.questions.length, 1)
    } finally {
      await acting.close()
    }
  })
})
