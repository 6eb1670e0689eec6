import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshReading, lastGood } from '../../../../src/model/values/reading.ts'
import type { ClusterState, State } from '../../../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { activityView } from '../../../../src/ui/views/activity/view.ts'
import { healthy } from '../../../builders/screens.ts'
import { anActivity, aSession, withActivity } from '../../../builders/session-screens.ts'
import { NOW } from '../../../builders/snapshot.ts'

function drawn(state: State, cluster: ClusterState): string {
  const lines = activityView.body(state, cluster, { columns: 120, rows: 20, glyphs: UNICODE_GLYPHS })
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
}

test('sessions that are not tracked are told: no list but that of all has them', () => {
  const state = withActivity(healthy(), { 'db-1': freshReading(anActivity([aSession({ pid: 1 })]), NOW) })
  const [cluster] = state.clusters
  assert.ok(cluster)
  assert.doesNotMatch(drawn(state, cluster), /track_activities/)
  const databases = cluster.databases.map((record) => {
    const pulse = lastGood(record.pulse)
    if (record.spec.id !== 'db-1' || !pulse) return record
    const sessions = { ...pulse.sessions, active: null, idleInTransaction: null, untracked: 2 }
    return { ...record, pulse: freshReading({ ...pulse, sessions }, NOW) }
  })
  const text = drawn({ ...state, clusters: [{ ...cluster, databases }] }, { ...cluster, databases })
  assert.match(text, /▲ db-1: track_activities is off for 2 of its sessions, what they do is unknown/)
})
