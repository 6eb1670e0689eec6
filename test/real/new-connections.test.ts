// What a pgdeck that runs already tells when a server takes no new connections, while its own session goes on.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { sendSignal } from '../../src/io/process/process.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore } from '../../src/state/store.ts'
import { patiently, until } from '../wait.ts'
import { withCluster } from './embedded.ts'

test('a stopped postmaster is told within seconds, and its return too', () =>
  withCluster({}, async ({ primary }) => {
    const [first] = configFromDsns([primary.dsn('pgdeck', 'postgres')], {}).clusters
    assert.ok(first)
    const config = { ...first, spec: { ...first.spec, intervalMs: 500, timeoutMs: patiently(1_000) } }
    const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
    const poller = createPoller({ store, clusters: [config] })
    const rules = () => store.published().clusters[0]?.picture?.alerts.map(({ rule }) => rule) ?? []
    const record = () => store.published().clusters[0]?.databases[0]
    const pid = Number(readFileSync(join(primary.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
    poller.start()
    try {
      await until('the first test has answered', 30_000, () => record()?.newConnections?.reading.state === 'fresh')
      sendSignal(pid, 'SIGSTOP')
      await until('it is told', 30_000, () => rules().includes('no-new-connections'))
      const told = store.published().clusters[0]?.picture?.alerts.find(({ rule }) => rule === 'no-new-connections')
      assert.match(told?.message ?? '', /accepted a new connection but did not answer on it/)
      assert.equal(record()?.pulse.state, 'fresh')
      assert.equal(store.published().clusters[0]?.picture?.health, 'critical')
      sendSignal(pid, 'SIGCONT')
      await until('its return is told', 30_000, () => !rules().includes('no-new-connections'))
    } finally {
      sendSignal(pid, 'SIGCONT')
      await poller.stop()
    }
  }))

test('a round that is asked for once makes no connection beside its session', () =>
  withCluster({}, async ({ primary }) => {
    const [config] = configFromDsns([primary.dsn('pgdeck', 'postgres')], {}).clusters
    assert.ok(config)
    const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
    const poller = createPoller({ store, clusters: [config] })
    try {
      await poller.once()
      await poller.once()
      assert.equal(store.latest().clusters[0]?.databases[0]?.pulse.state, 'fresh')
      assert.equal(store.latest().clusters[0]?.databases[0]?.newConnections, undefined)
    } finally {
      await poller.stop()
    }
  }))
