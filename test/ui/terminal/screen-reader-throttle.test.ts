import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createStore } from '../../../src/state/store.ts'
import { throttleForScreenReader } from '../../../src/ui/terminal/screen-reader-throttle.ts'
import { healthy, primaryDown } from '../../builders/screens.ts'

describe('quietly', () => {
  test('figures alone change nothing; a status, a key and a message do', () => {
    const store = createStore({ ...healthy(), recordsHistory: false })
    const quiet = throttleForScreenReader(store)
    const first = quiet.published()
    store.dispatch({ type: 'derive-requested', at: first.now + 2_000 })
    assert.equal(quiet.published(), first)
    store.dispatch({ type: 'view-opened', view: 'activity' })
    const second = quiet.published()
    assert.equal(second.now, first.now + 2_000)
    store.dispatch({ type: 'notified', notice: { at: 1, severity: 'info', text: 'x' } })
    assert.notEqual(quiet.published(), second)
  })

  test('what broke is told at once', () => {
    const store = createStore({ ...healthy(), recordsHistory: false })
    const quiet = throttleForScreenReader(store)
    quiet.published()
    const down = throttleForScreenReader(createStore(primaryDown()))
    assert.notEqual(down.published(), quiet.published())
    const [cluster] = store.latest().clusters
    assert.ok(cluster)
    const { databases } = primaryDown().clusters[0] ?? cluster
    for (const { spec, pulse } of databases) {
      if (pulse.state !== 'stale') continue
      const outcome = { ok: false, fault: pulse.fault } as const
      store.dispatch({
        type: 'database-probed',
        cluster: cluster.spec.name,
        id: spec.id,
        at: store.latest().now,
        outcome,
      })
    }
    store.flush()
    const told = quiet.published().clusters[0]?.picture?.databases.find(({ id }) => id === 'db-1')
    assert.equal(told?.status, 'inactive')
  })

  test('on demand everything is read anew', () => {
    const store = createStore({ ...healthy(), recordsHistory: false })
    const quiet = throttleForScreenReader(store)
    const { now } = quiet.published()
    store.dispatch({ type: 'derive-requested', at: now + 2_000 })
    quiet.refresh()
    assert.equal(quiet.published().now, now + 2_000)
  })
})
