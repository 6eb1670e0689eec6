// `[` and `]` by keys: what was recorded is shown as of then, says so, and nothing can be done to it.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { reduce } from '../../src/state/reduce.ts'
import { demoFaults, healthy, lagging, primaryDown } from '../builders/screens.ts'
import { NOW } from '../builders/snapshot.ts'
import { ENTER, ESC, openScreen } from '../fakes/open-screen.ts'

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
