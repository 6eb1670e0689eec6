// The default of new sessions costs a session of its own: which readings wait for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ReadOnlyDefault, ReadOnlyDefaults } from '../../../src/io/postgres/read-only-default.ts'

const READ_ONLY: ReadOnlyDefault = { readOnly: true, source: 'configuration file' }
const READ_WRITE: ReadOnlyDefault = { readOnly: false, source: 'default' }
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

test('a first reading that others follow does not wait; the next comes at once if sessions are read-only', async () => {
  for (const [found, calls] of [
    [READ_ONLY, 1],
    [READ_WRITE, 0],
    [null, 0],
  ] as const) {
    const defaults = new ReadOnlyDefaults()
    const answer = Promise.withResolvers<ReadOnlyDefault | null>()
    let again = 0
    const ask = () => answer.promise
    const count = () => {
      again++
    }
    assert.equal(await defaults.at('1', ask, count), null)
    assert.equal(await defaults.at('1', ask, count), null)
    answer.resolve(found)
    await nextTurn()
    assert.equal(again, calls)
    assert.equal(await defaults.at('1', ask, count), found?.readOnly ?? null)
  }
})

test('the only reading waits, and so does one after a reload: its alert is not over meanwhile', async () => {
  const defaults = new ReadOnlyDefaults()
  const soon = async () => {
    await nextTurn()
    return READ_ONLY
  }
  assert.equal(await defaults.at('1', soon), true)
  assert.equal(await defaults.at('2', soon, assert.fail), true)
})
