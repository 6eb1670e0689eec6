// Before everything has answered, what is not read yet is not told as if it were so.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lastGood } from '../../src/model/values/reading.ts'
import { reduce } from '../../src/state/reduce.ts'
import type { State } from '../../src/state/state.ts'
import { banner } from '../../src/ui/frame/banner.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { firstSeconds, healthy } from '../builders/screens.ts'
import { NOW } from '../builders/snapshot.ts'

const SCREEN = { columns: 160, rows: 40, glyphs: UNICODE_GLYPHS }

/** Nobody has answered; the state directory knows db-1 as the primary of an hour ago. */
function remembered(): State {
  const position = healthy().clusters[0]?.databases[0]?.pulse
  const pulse = position ? lastGood(position) : null
  assert.ok(pulse && pulse.position.kind === 'primary' && pulse.systemIdentifier !== null)
  const { timeline, systemIdentifier, settings } = pulse
  const seen = { at: NOW - 3_600_000, lsn: pulse.position.lsn, timeline, systemIdentifier, settings }
  const loaded = reduce(firstSeconds(), { type: 'last-seen-loaded', cluster: 'vault', seen: { 'db-1': seen } })
  return reduce(loaded, { type: 'derive-requested', at: NOW })
}

const told = (state: State) => {
  const [cluster] = state.clusters
  assert.ok(cluster)
  return banner(state, cluster, SCREEN, 3).map((line) => line.map(({ text }) => text).join(''))
}

describe('the first answers', () => {
  test('a primary that has not answered yet is not told to stay down', () => {
    const lines = told(remembered())
    assert.match(lines.join('\n'), /Failover {3,}\? not read yet/)
    assert.doesNotMatch(lines.join('\n'), /Promote|stays down|no standby/)
    const fleet = { ...remembered(), navigation: { ...remembered().navigation, view: 'fleet' } }
    const text = frame(fleet, SCREEN, [])
      .map((line) => line.map(({ text }) => text).join(''))
      .join('\n')
    assert.doesNotMatch(text, /have no candidate/)
  })

  test('what those who answered make certain is told', () => {
    const state = healthy()
    const early = { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, complete: false })) }
    assert.match(told(early).join('\n'), /If db-1 fails now {3,}promote db-ro: lose 0 B/)
  })

  test('once all have answered or failed, the worst is told', () => {
    const state = remembered()
    const done = { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, complete: true })) }
    assert.match(told(done).join('\n'), /Promote|stays down|the primary is unknown/)
  })
})
