// `[` and `]` by keys: what was recorded is shown as of then, says so, and nothing can be done to it.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { reduce } from '../../src/state/reduce.ts'
import { demoFaults, healthy, lagging, primaryDown } from '../builders/screens.ts'
import { NOW } from '../builders/snapshot.ts'
import { ENTER, ESC, openScreen } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

/** A session that saw all well at 14:32:07, the lag at :27, and the primary down at :47. */
function open(t: TestContext, columns = 120, rows = 40) {
  const well = reduce(healthy(), { type: 'derive-requested', at: NOW })
  const lags = reduce({ ...well, clusters: lagging().clusters }, { type: 'derive-requested', at: NOW + 20_000 })
  const down = reduce({ ...lags, clusters: primaryDown().clusters }, { type: 'derive-requested', at: NOW + 40_000 })
  return openScreen(t, down, { columns, rows, controller: () => ({ faults: demoFaults() }) })
}

describe('looking back', () => {
  test('[ shows earlier moments, ] later ones, and after the newest comes now', async (t) => {
    const { shows } = open(t)
    await shows('', /live {2}?.*14:32:47|live · every 2 s/)
    const lags = await shows('[', /AS OF 14:32:27 {2}.*20 s ago.*esc live.*\] forward/)
    assert.match(lags, /12\.4 MB/)
    const well = await shows('[', /AS OF 14:32:07 {2}.*40 s ago/)
    assert.match(well, /● OK/)
    await shows('[', /\[: nothing was recorded before this/)
    await shows(']', /AS OF 14:32:27/)
    await shows(']', /live · every 2 s/)
    await shows(']', /\]: this is now/)
  })

  test('esc goes back to now from wherever one is, first of all', async (t) => {
    const { shows } = open(t)
    await shows('/ro\r[', /AS OF 14:32:27[\s\S]*filter "ro"/)
    await shows(ESC, /live · every 2 s[\s\S]*filter "ro"/)
    await shows(ESC, /pmp-a/)
    await shows('\tj', /▸ .*db-ro/)
    await shows(`${ENTER}[`, /AS OF 14:32:27[\s\S]*DATABASE db-ro[\s\S]*esc to now/)
    await shows(ESC, /live · every 2 s[\s\S]*DATABASE db-ro[\s\S]*esc back/)
  })

  test('every view shows that moment', async (t) => {
    const { shows } = open(t)
    await shows('[[', /AS OF 14:32:07/)
    assert.match(await shows('2', /REPLICATION/), /AS OF 14:32:07/)
    await shows('3', /not read then/)
    assert.match(await shows('0', /FLEET|CLUSTERS/), /AS OF 14:32:07/)
  })

  test('nothing is done to the past: rename and faults say why', async (t) => {
    const { shows, engine } = open(t)
    await shows('[', /AS OF/)
    await shows('r', /r: this is the state of 14:32:27: esc returns to now/)
    await shows('f', /f: this is the state of/)
    await shows(':kill', /demo: kill the primary database .*not now: this is the state of/)
    await shows(ENTER, /not now: this is the state of/)
    assert.deepEqual(
      engine.calls.filter((call) => /rename|kill/.test(call)),
      [],
    )
  })

  test('a form that opens over the past confirms nothing, and esc leaves it', async (t) => {
    const { shows, store, engine } = open(t)
    await shows('[', /AS OF 14:32:27/)
    const [cluster] = store.latest().clusters
    const asked = { cluster: cluster?.spec.name ?? '', action: 'create-slot', target: 'db-1', input: {}, overrides: {} }
    store.dispatch({ type: 'action-asked', asked, field: 0 })
    await shows('spare', /spare/)
    await shows(ENTER, /this is the state of 14:32:27: esc returns to now/)
    await shows(ESC, /AS OF 14:32:27[\s\S]*esc to now/)
    assert.equal(store.latest().action, null)
    assert.deepEqual(
      engine.calls.filter((call) => /plan|start/.test(call)),
      [],
    )
  })

  test('polling goes on meanwhile, and the age grows', async (t) => {
    const { shows, store } = open(t)
    await shows('[', /20 s ago/)
    store.dispatch({ type: 'derive-requested', at: NOW + 43_000 })
    await shows('', /AS OF 14:32:27 {2}.*23 s ago/)
    assert.equal(store.latest().history.length, 4)
    await shows(ESC, /live/)
  })

  test('it is unmistakable on a narrow screen too', async (t) => {
    const { shows } = open(t, 60, 24)
    await shows('[', /AS OF 14:32:27/)
  })
})

describe('marks, and what earlier sessions recorded', () => {
  test('N goes to what happened before and says it, n to what came after', async (t) => {
    const { shows } = open(t)
    await shows('n', /n: this is now: N goes to the last mark/)
    await shows('N', /AS OF 14:32:47[\s\S]*14:32:47 {2}/)
    await shows('N', /AS OF 14:32:27[\s\S]*replication-lag/)
    await shows('N', /N: there is no mark before this/)
    await shows('n', /AS OF 14:32:47/)
    await shows('n', /n: there is no mark after this/)
  })

  test('the scale replaces the upper rule', async (t) => {
    const { shows } = open(t)
    const text = await shows('[', /AS OF 14:32:27/)
    assert.match(text.split('\n')[1] ?? '', /^ 14:32:07 ─+▲─+✖ now/)
  })

  test('beyond this session [ asks for recordings, and so does ] inside of them', async (t) => {
    const { shows, store, engine } = open(t)
    const moments = [NOW - 9_000, NOW - 7_000].map((at) => ({
      at,
      clusters: healthy().clusters,
      host: healthy().host,
      weight: 1,
    }))
    store.dispatch({ type: 'past-loaded', past: { file: null, range: null, moments: [], marks: [] } })
    await shows('[[', /AS OF 14:32:07/)
    await shows('[', /AS OF 14:32:07/)
    await until('it asks', 1_000, () => engine.calls.includes(`showRecorded {"before":${NOW}}`))
    const range = { from: NOW - 9_000, to: NOW - 7_000 }
    store.dispatch({ type: 'past-loaded', past: { file: null, range, moments, marks: [] } })
    store.dispatch({ type: 'history-shown', at: NOW - 7_000 })
    await shows('[', /AS OF 14:31:58/)
    await shows('[', /\[: nothing was recorded before this/)
    await shows(']', /AS OF 14:32:00/)
    await shows(']', /AS OF 14:32:00/)
    await until('it asks', 1_000, () => engine.calls.includes(`showRecorded {"after":${NOW - 7_000}}`))
    await shows(ESC, /live · every 2 s/)
  })

  test('a recording of somebody else has no present, and nothing is polled or done', async (t) => {
    const { shows, store } = open(t)
    const moments = [{ at: NOW - 9_000, clusters: healthy().clusters, host: healthy().host, weight: 1 }]
    const range = { from: NOW - 9_000, to: NOW - 8_500 }
    store.dispatch({ type: 'past-loaded', past: { file: 'incident.pgdeck', range, moments, marks: [] } })
    store.dispatch({ type: 'history-shown', at: NOW - 9_000 })
    await shows('', /AS OF 14:31:58.*of incident\.pgdeck/)
    await shows(ESC, /AS OF 14:31:58/)
    await shows('r', /r: this is a recording, as of 14:31:58: nothing can be done to it/)
    await shows('+', /\+: this is a recording: nothing is polled/)
    await shows(']', /\]: this is the end of the recording/)
  })
})
