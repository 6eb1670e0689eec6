// Looking for nodes that join: only when there is somebody new, ever later where nobody lets us in, each change told once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ClusterConfig } from '../../../src/config/config.ts'
import { configFromDsns } from '../../../src/config/from-dsns.ts'
import { discoveryCandidates } from '../../../src/runtime/discovery/discovery-candidates.ts'
import { DiscoveryRetries, runDiscoveryLoop } from '../../../src/runtime/discovery/discovery-loop.ts'
import { createPoller } from '../../../src/runtime/polling/poller.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aKnownNode } from '../../builders/known-node.ts'
import { aPrimaryPulse, aSender } from '../../builders/snapshot.ts'
import { withCluster } from '../../real/embedded.ts'
import { patiently, until } from '../../wait.ts'

const MINUTE = 60_000
const strangers = (...addresses: readonly string[]) => {
  const senders = addresses.map((address, pid) => aSender({ pid, address, applicationName: address }))
  return discoveryCandidates([aKnownNode('p', '10.0.0.11:5432', aPrimaryPulse({ senders }))], 'postgres')
}

describe('when to look again', () => {
  test('never while all are known', () => {
    assert.equal(new DiscoveryRetries().areDue([], 0), false)
  })

  test('ever later, up to five minutes', () => {
    const retries = new DiscoveryRetries()
    const looks: number[] = []
    for (let now = 0; now < 30 * MINUTE; now += 5_000) if (retries.areDue(strangers('10.0.0.13'), now)) looks.push(now)
    const pauses = looks.slice(1).map((at, index) => (at - (looks[index] ?? 0)) / 1000)
    assert.deepEqual(pauses.slice(0, 6), [15, 30, 60, 120, 240, 300])
    assert.ok(pauses.slice(6).every((pause) => pause === 300))
  })

  test('at once for somebody new, and for one that comes back', () => {
    const retries = new DiscoveryRetries()
    assert.equal(retries.areDue(strangers('10.0.0.13'), 0), true)
    assert.equal(retries.areDue(strangers('10.0.0.13'), 1_000), false)
    assert.equal(retries.areDue(strangers('10.0.0.13', '10.0.0.14'), 2_000), true)
    assert.equal(retries.areDue(strangers('10.0.0.13'), 3_000), false)
    assert.equal(retries.areDue(strangers('10.0.0.13', '10.0.0.14'), 4_000), true)
  })

  test('not at once for a new connection of the same standby', () => {
    const retries = new DiscoveryRetries()
    const again = strangers('10.0.0.13').map((one) => ({ ...one, sender: aSender({ ...one.sender, pid: 9, port: 9 }) }))
    assert.equal(retries.areDue(strangers('10.0.0.13'), 0), true)
    assert.equal(retries.areDue(again, 1_000), false)
  })
})

test('a standby that turns us away is told once, and taken up when it lets us in', async () => {
  await withCluster({ standbys: 1 }, async ({ primary, standbys: [standby], caughtUp }) => {
    assert.ok(standby)
    await caughtUp()
    const open = standby.hba()
    await standby.setHba('local all all trust\n')
    const [read] = configFromDsns([primary.dsn('pgdeck')], {}).clusters
    assert.ok(read)
    // A slow machine is to make nobody silent.
    const given = { ...read, spec: { ...read.spec, timeoutMs: patiently(1_500) } }
    const store = createStore(initialState({ clusters: [given.spec], now: Date.now() }))
    const poller = createPoller({ store, clusters: [given], intervalMs: 200 })
    const told: string[] = []
    store.subscribe(() => {
      const text = store.published().notice?.text
      if (text !== undefined && told.at(-1) !== text) told.push(text)
    })
    let grown: ClusterConfig = given
    const end = new AbortController()
    const adopt = (cluster: ClusterConfig) => {
      grown = cluster
    }
    poller.start()
    const looking = runDiscoveryLoop({ store, clusters: [given], adopt, signal: end.signal, everyMs: 50 })
    try {
      await until('it is told', 20_000, () => told.length > 0)
      assert.match(told[0] ?? '', /^not reached: 127\.0\.0\.1.*application_name standby-1.*pg_hba/)
      await standby.setHba(open)
      // The first pause is a quarter of a minute: a reconnection under another name makes the standby somebody new.
      await standby.setSetting('primary_conninfo', conninfo(primary.port, primary.password))
      await until('it is taken up', 30_000, () => grown.databases.length === 2)
      assert.equal(told.length, 1)
    } finally {
      end.abort()
      await Promise.all([looking, poller.stop()])
    }
  })
})

function conninfo(port: number, password: string): string {
  return `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=renamed`
}
