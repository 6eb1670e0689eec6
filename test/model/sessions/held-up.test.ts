// Who holds up whom among the sessions of one server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldUp } from '../../../src/model/sessions/held-up.ts'
import { aSession } from '../../builders/session-screens.ts'

const waiting = (pid: number, blockers: readonly number[]) => aSession({ pid, blockers })

test('sessions count for all that they hold up, also indirectly, each once', () => {
  const held = heldUp([
    aSession({ pid: 1 }),
    waiting(2, [1]),
    waiting(3, [2, 1]),
    waiting(4, [3]),
    aSession({ pid: 9 }),
  ])
  assert.deepEqual(held.get(1), { holds: 3, blockers: [] })
  assert.deepEqual(held.get(2), { holds: 2, blockers: [1] })
  assert.deepEqual(held.get(4), { holds: 0, blockers: [3] })
  assert.equal(held.get(9), undefined)
})

test('in a deadlock none holds up itself', () => {
  const held = heldUp([waiting(1, [2]), waiting(2, [1])])
  assert.deepEqual([held.get(1)?.holds, held.get(2)?.holds], [1, 1])
})

test('a parallel worker waits and blocks as its leader', () => {
  const held = heldUp([
    aSession({ pid: 1 }),
    { ...waiting(12, [1]), leader: 2 },
    aSession({ pid: 2 }),
    waiting(3, [12]),
  ])
  assert.equal(held.get(1)?.holds, 2)
  assert.deepEqual(held.get(2), { holds: 1, blockers: [1] })
})

test('a prepared transaction is no session', () => {
  assert.equal(heldUp([waiting(1, [0])]).size, 0)
})
