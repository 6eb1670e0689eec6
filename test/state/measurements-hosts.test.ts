// Samples of hosts in the state: readings, short pasts, and nothing of them in the status document.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HISTORY_LENGTH } from '../../src/model/measured/snapshot.ts'
import { statusDocument } from '../../src/state/documents/status-json.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore } from '../../src/state/store.ts'
import { aHost, aHostFacts } from '../builders/hosts.ts'
import { aCluster, aFault, NOW } from '../builders/snapshot.ts'

function watched() {
  const { spec } = aCluster({ hosts: [aHost(), aHost({ id: 'h2', access: { kind: 'local' } })] })
  return createStore(initialState({ clusters: [spec], now: NOW }), { clock: () => NOW, schedule: () => {} })
}

const sample = (id: string, at: number, value = aHostFacts()) =>
  ({ type: 'host-probed', cluster: 'vault', id, at, outcome: { ok: true, value } }) as const

describe('samples of hosts', () => {
  test('are kept by host, with a past that does not grow for ever', () => {
    const store = watched()
    for (let turn = 0; turn < HISTORY_LENGTH + 10; turn++) store.dispatch(sample('h1', NOW + turn))
    const [first, second] = store.latest().clusters[0]?.hosts ?? []
    assert.equal(first?.facts.state, 'fresh')
    assert.equal(first?.history.length, HISTORY_LENGTH)
    assert.equal(first?.history.at(-1)?.at, NOW + HISTORY_LENGTH + 9)
    assert.equal(second?.facts.state, 'waiting')
  })

  test('survive a failure, with its reason and its beginning', () => {
    const store = watched()
    store.dispatch(sample('h1', NOW))
    for (const at of [NOW + 5_000, NOW + 10_000]) {
      const outcome = { ok: false, fault: aFault('timeout') } as const
      store.dispatch({ type: 'host-probed', cluster: 'vault', id: 'h1', at, outcome })
    }
    const facts = store.latest().clusters[0]?.hosts[0]?.facts
    assert.ok(facts?.state === 'stale')
    assert.equal(facts.at, NOW)
    assert.equal(facts.since, NOW + 5_000)
  })

  test('are in the picture after a publish, and nowhere in the status document', () => {
    const store = watched()
    store.dispatch(sample('h1', NOW))
    store.flush()
    const [cluster] = store.published().clusters
    assert.equal(cluster?.picture?.hosts[0]?.facts?.hostname, 'db-host-1')
    assert.doesNotMatch(JSON.stringify(statusDocument(store.published(), NOW)), /db-host-1|"hosts"/)
  })

  test('are kept when the cluster grows', () => {
    const store = watched()
    store.dispatch(sample('h1', NOW))
    const { spec } = store.latest().clusters[0] ?? assert.fail()
    store.dispatch({ type: 'spec-changed', cluster: 'vault', spec })
    assert.equal(store.latest().clusters[0]?.hosts[0]?.facts.state, 'fresh')
  })
})
