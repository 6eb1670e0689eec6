// One poll of a cluster from nothing, as `status` does it: the picture, who is in charge, and the document.

import assert from 'node:assert/strict'
import type { ClusterConfig } from '../../src/config/config.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import { statusDocument } from '../../src/state/documents/status-json.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore } from '../../src/state/store.ts'
import { patiently } from '../wait.ts'

/** With patience: whoever is slow is read all the same. */
export async function pollOnce(given: ClusterConfig) {
  const config = { ...given, spec: { ...given.spec, timeoutMs: patiently(1_500) } }
  const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [config] })
  try {
    await poller.once()
    store.flush()
    const state = store.latest()
    const [cluster] = state.clusters
    const [document] = statusDocument(state, Date.now()).clusters
    assert.ok(cluster?.picture && document)
    return { picture: cluster.picture, manager: cluster.picture.manager, document, state }
  } finally {
    await poller.stop()
  }
}
