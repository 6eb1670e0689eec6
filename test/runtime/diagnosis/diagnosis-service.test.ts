// Diagnoses beside the screen: told to the store as they go, a new one instead of the one before, ended with the program.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDiagnosisService } from '../../../src/runtime/diagnosis/diagnosis-service.ts'
import { createPoller } from '../../../src/runtime/polling/poller.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { clusterOf, serveHttp, serverConfig, serveTcp } from '../../fakes/web.ts'
import { until } from '../../wait.ts'

test('one after the other, of what is watched', async (context) => {
  const fine = serverConfig(await serveHttp(context, (_, answer) => answer.end('fine')))
  const hung = serverConfig(`http://127.0.0.1:${await serveTcp(context, () => {})}/`)
  const other = { ...hung, spec: { ...hung.spec, id: 'app-2' } }
  const config = { ...clusterOf(fine), servers: [fine, other] }
  const cluster = { ...config, spec: { ...config.spec, timeoutMs: 3_000, servers: [fine.spec, other.spec] } }
  const store = createStore(initialState({ clusters: [cluster.spec], now: Date.now() }))
  const diagnostics = createDiagnosisService({ store, clusters: () => [cluster] })
  diagnostics.begin('test', 'app-1')
  assert.equal(store.latest().diagnosis, undefined, 'nothing is known yet that it could begin with')
  const poller = createPoller({ store, clusters: [cluster] })
  context.after(() => poller.stop())
  await poller.once()
  store.flush()

  diagnostics.begin('test', 'nobody')
  assert.equal(store.latest().diagnosis, undefined)
  diagnostics.begin('test', 'app-2')
  diagnostics.begin('test', 'app-1')
  await until('the second has ended', 10_000, () => store.latest().diagnosis?.verdict != null)
  const run = store.latest().diagnosis
  assert.equal(run?.subject.id, 'app-1')
  assert.equal(run?.verdict?.health, 'ok')
  assert.equal(run?.findings.length, run?.checks.length)

  diagnostics.begin('test', 'app-2')
  await diagnostics.close()
  assert.equal(store.latest().diagnosis?.subject.id, 'app-2')
})
