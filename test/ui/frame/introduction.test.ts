// What a demo says in its first minute: for a minute, until the first fault, on the first view, and never over an alert.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reduce } from '../../../src/state/reduce.ts'
import type { State } from '../../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../../src/ui/frame/screen.ts'
import { mirroredHealthy } from '../../builders/mirroring-screens.ts'
import { demoFaults, healthy, lagging } from '../../builders/screens.ts'

const begun = (state: State): State => ({ ...state, startedAt: state.now - 20_000 })

function textOf(state: State, rows = 24, faults = demoFaults()): string {
  const lines = frame(state, { columns: 80, rows, glyphs: UNICODE_GLYPHS }, faults)
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
}

const SHOWN = /f {2}breaks something.*\n +d {2}says why.*\n +P {2}promotes/
const ANY = /breaks something|says why|promotes a standby/

test('the first minute of a demo says what f, d and P do, at 80x24 too', () => {
  assert.match(textOf(begun(healthy())), SHOWN)
  assert.match(textOf(begun(healthy()), 40), SHOWN)
})

test('it takes the place of “no event yet” where a demo has only just begun', () => {
  const state = begun(healthy())
  const quiet = { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, events: [] })) }
  assert.match(textOf({ ...quiet, startedAt: quiet.now - 60_000 }), /no event yet/)
  assert.match(textOf(quiet), SHOWN)
})

test('it is gone after a minute, after the first fault, in another view, in details, and without a demo', () => {
  const state = begun(healthy())
  assert.doesNotMatch(textOf({ ...state, startedAt: state.now - 60_000 }), ANY)
  assert.doesNotMatch(textOf(reduce(state, { type: 'fault-made' })), ANY)
  assert.doesNotMatch(textOf(reduce(state, { type: 'view-opened', view: 'activity' }), 40), ANY)
  const id = state.clusters[0]?.picture?.databases[0]?.id ?? ''
  const details = { view: 'topology', pane: 'databases' as const, id, scroll: 0 }
  assert.doesNotMatch(textOf({ ...state, navigation: { ...state.navigation, details } }, 40), ANY)
  assert.doesNotMatch(textOf(state, 24, []), ANY)
})

test('it covers no alert', () => {
  const state = begun(lagging())
  const quiet = textOf({ ...state, startedAt: state.now - 60_000 })
  const alerts = quiet.split('\n').filter((line) => /▲|✖/.test(line))
  const text = textOf(state)
  for (const line of alerts) assert.ok(text.includes(line), line)
})

test('without a standby nothing is said of promoting one', () => {
  const text = textOf(begun(mirroredHealthy()), 40)
  assert.match(text, /breaks something/)
  assert.doesNotMatch(text, /promotes a standby/)
})

test('it names the user’s own keys', () => {
  const text = textOf({ ...begun(healthy()), keys: { faults: 'F', diagnose: 'D', 'do-promote': 'X' } })
  assert.match(text, /F {2}breaks.*\n +D {2}says.*\n +X {2}promotes/)
})
