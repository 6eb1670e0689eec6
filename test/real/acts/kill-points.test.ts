// An act whose process is killed with SIGKILL after any line of its journal goes on from there when it is resumed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withLane } from './killing.ts'

/** Clusters at a time: a run mostly waits. */
const LANES = 3

test('a promotion killed after every second line of its journal', async () => {
  const counts = await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      let last = 0
      await withLane('promote', async ({ point }) => {
        // Every second line here; scripts/kill-points.ts takes them all.
        for (let lines = 2 * lane + 1; await point({ lines }); lines += 2 * LANES) last = lines
      })
      return last
    }),
  )
  assert.ok(Math.max(...counts) > 15, `its journal had ${Math.max(...counts)} lines`)
})

test('a switchover killed at points of every step', () =>
  withLane('switchover', async ({ point }) => {
    for (const lines of [5, 8, 11]) assert.equal(await point({ lines }), true)
  }))
