import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore } from '../../src/state/store.ts'
import { aVault } from '../builders/snapshot.ts'

/** A store on a hand-driven clock: `run` lets the time pass to the next scheduled flush. */
function byHand() {
  let now = 1_000
  const due: { run: () => void; at: number }[] = []
  const store = createStore(initialState({ clusters: [], now }), {
    clock: () => now,
    schedule: (run, afterMs) => void due.push({ run, at: now + afterMs }),
  })
  let publishes = 0
  store.subscribe(() => publishes++)
  const run = () => {
    const next = due.shift()
    if (!next) return null
    now = Math.max(now, next.at)
    next.run()
    return now
  }
  return { store, run, publishes: () => publishes, waiting: () => due.length }
}

const MEASURED = {
  type: 'own-host-probed',
  at: 1_000,
  outcome: { ok: false, fault: { code: 'timeout', message: 'm', hint: null } },
} as const

describe('store', () => {
  test('what the user does is published at once', () => {
    const { store, publishes } = byHand()
    store.dispatch({ type: 'pause-set', paused: true })
    assert.equal(store.published().paused, true)
    assert.equal(publishes(), 1)
  })

  test('a backup that was found is derived though nothing else is measured', () => {
    const { spec } = aVault()
    const store = createStore(initialState({ clusters: [spec], now: 1_000 }))
    const outcome = { ok: true, value: { newest: null } } as const
    store.dispatch({ type: 'backup-checked', cluster: spec.name, id: 'db-1', at: 1_000, outcome })
    store.flush()
    assert.notEqual(store.published().clusters[0]?.picture, null)
  })

  test('measurements are read at once but published together', () => {
    const { store, run, publishes, waiting } = byHand()
    store.dispatch(MEASURED)
    store.dispatch(MEASURED)
    assert.equal(store.latest().host.state, 'failed')
    assert.equal(store.published().host.state, 'waiting')
    assert.equal(publishes(), 0)
    assert.equal(waiting(), 1)
    run()
    assert.equal(publishes(), 1)
    assert.equal(store.published().host.state, 'failed')
  })

  test('a stream of answers is published at most every 200 ms', () => {
    const { store, run } = byHand()
    store.dispatch(MEASURED)
    const first = run() ?? 0
    store.dispatch(MEASURED)
    const second = run() ?? 0
    assert.equal(second - first, 200)
  })

  test('the end of a round publishes what is pending without waiting, once', () => {
    const { store, run, publishes } = byHand()
    store.dispatch(MEASURED)
    store.dispatch({ type: 'poll-ended', cluster: 'none', tookMs: 5 })
    assert.equal(store.published().host.state, 'failed')
    const before = publishes()
    run()
    assert.equal(publishes(), before)
  })

  test('a listener that left is not called', () => {
    const { store } = byHand()
    let calls = 0
    const leave = store.subscribe(() => calls++)
    leave()
    store.dispatch({ type: 'pause-set', paused: true })
    assert.equal(calls, 0)
  })
})
