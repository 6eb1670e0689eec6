// Acting in a real terminal on the real demo: a switchover by keys, confirmed as its danger asks, seen to its end.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Pty } from '../fakes/pty.ts'
import { allUp, build, openDemo } from './demo-screen.ts'

async function select(pty: Pty, name: string): Promise<void> {
  pty.press('\t')
  await pty.until((now) => /▸ db-1/.test(now), 'the databases have the keys')
  pty.press('j')
  await pty.until((now) => new RegExp(`▸ └▶ ${name}`).test(now), `${name} is selected`)
}

/** Where a reading came too late on a busy machine a check fails, and it is planned again. */
async function planned(pty: Pty): Promise<string> {
  for (;;) {
    pty.press('P')
    const plan = await pty.until((now) => /Type db-ro: |✖ fail/.test(now), 'a plan')
    if (!/✖ fail/.test(plan)) return plan
    pty.press('\x1b')
    await pty.until((now) => !/✖ fail/.test(now), 'the topology again')
  }
}

describe('acting by keys', () => {
  before(build)

  test('P on a replica of a primary that answers is a switchover; the old primary follows', async (t) => {
    const pty = openDemo(t)
    await pty.until(allUp, 'the whole demo')
    await select(pty, 'db-ro')
    const plan = await planned(pty)
    assert.match(plan, /db-1 answers, so this is a switchover: stop db-1, promote db-ro/)
    assert.match(plan, /CHECKS +\d+ pass · \d+ warn · 0 fail/)
    pty.press('db-1\r')
    await pty.until((now) => /"db-1" is not "db-ro"/.test(now), 'that this is not the name')
    pty.press('\x15')
    await pty.until((now) => /Type db-ro: █/.test(now), 'the entry is empty again')
    pty.press('db-ro\r')
    const done = await pty.until(
      (now) =>
        /done, but pmp-a and pmp-b still use db-1: users can only read; next: point them at db-ro, or restart them/.test(
          now.replace(/\s+/g, ' '),
        ),
      'the end of the run',
    )
    assert.match(done, /db-1 streams from db-ro/)
    pty.press('\r')
    const after = await pty.until((now) => /db-ro +PostgreSQL \S+ +primary +● active/.test(now), 'the new primary')
    assert.match(after, /db-1 +PostgreSQL \S+ +replica/)
    pty.press('8')
    await pty.until((now) => /promote db-ro: done/.test(now), 'the trail tells of it')
  })
})
