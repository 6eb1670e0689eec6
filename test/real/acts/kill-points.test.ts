// An act whose process is killed with SIGKILL after any line of its journal continues from there when it is resumed, or is undone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KilledActName } from './killed-acts.ts'
import { type Ending, withLane } from './killing.ts'

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

const POINTS: readonly (readonly [KilledActName, Ending, readonly number[]])[] = [
  ['start', 'resume', [4, 6]],
  ['start', 'undo', [6]],
  ['restart', 'resume', [7, 14]],
  ['restart', 'undo', [9, 13]],
  ['restart-standby', 'undo', [13]],
  ['rolling-restart', 'resume', [22, 33]],
  ['rolling-restart', 'undo', [13, 31]],
  ['change-setting', 'resume', [5]],
  ['change-setting', 'undo', [4, 7]],
]

for (const [name, then, lines] of POINTS) {
  test(`${name}, killed after lines ${lines.join(' and ')} of its journal, then ${then}`, () =>
    withLane(name, async ({ point }) => {
      for (const line of lines) assert.equal(await point({ lines: line }, then), true)
    }))
}
