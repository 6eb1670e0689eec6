// Recorded time of a session: what was asked for before the screen began is still shown once polling has begun.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWatchSession } from '../../../src/cli/watching/session.ts'
import { configFromDsns } from '../../../src/config/from-dsns.ts'
import { isHistoryShown, shownState } from '../../../src/state/select/shown-state.ts'
import { NOW } from '../../builders/snapshot.ts'
import { RECORDED_CLUSTER, recordedOutage } from '../../fakes/recorded.ts'

test('--at shows that time also after polling has begun', async (t) => {
  const opened = recordedOutage(t)
  await opened.recorder.close()
  const env = { ...process.env, PGDECK_STATE_DIR: opened.folder }
  const config = configFromDsns(['postgresql://pgdeck@127.0.0.1:1/postgres'], env)
  const clusters = config.clusters.map((each) => ({ ...each, spec: { ...each.spec, name: RECORDED_CLUSTER.name } }))
  const session = openWatchSession({ config: { ...config, clusters }, env, records: true })
  t.after(() => session.close())
  assert.equal(await session.showRecorded({ at: NOW + 90_500 }), null)
  session.run()
  const state = session.store.latest()
  assert.ok(isHistoryShown(state))
  assert.equal(shownState(state).now, NOW + 90_000)
})
