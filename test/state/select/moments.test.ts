// Among which moments one steps: those of the session, of the recordings, or of a file.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentsAround } from '../../../src/state/select/moments.ts'
import type { State } from '../../../src/state/state.ts'

const moments = (...times: readonly number[]) => times.map((at) => ({ at })) as unknown as State['history']
const told = (state: Pick<State, 'history' | 'past'>, at: number) =>
  momentsAround(state as State, at).map((moment) => moment.at)
const past = (file: string | null, ...times: readonly number[]) => {
  return { file, range: null, moments: moments(...times), marks: [] }
}

test('a moment of the session that is no longer stored does not lead to a recorded night', () => {
  const state = { history: moments(500, 600), past: past(null, 100, 200) }
  assert.deepEqual(told(state, 550), [500, 600])
  assert.deepEqual(told(state, 150), [100, 200])
  assert.deepEqual(told(state, 450), [500, 600])
})

test('a file has no present, and without recordings there is the session alone', () => {
  assert.deepEqual(told({ history: moments(500), past: past('x.pgdeck', 100) }, 550), [100])
  assert.deepEqual(told({ history: moments(500) }, 100), [500])
  assert.deepEqual(told({ history: moments(500), past: past(null) }, 100), [500])
})
