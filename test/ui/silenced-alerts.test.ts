// Muted alerts stay on the screen and are marked there.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Silence } from '../../src/model/alerts/silence.ts'
import { subjectRecord } from '../../src/model/picture/subject.ts'
import type { State } from '../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { demoFaults, lagging, primaryDown } from '../builders/screens.ts'
import { NOW } from '../builders/snapshot.ts'

function withSilence(state: State, over: Partial<Silence>): State {
  const silence: Silence = {
    id: 's1',
    cluster: 'vault',
    rule: null,
    subject: null,
    reason: 'index build',
    by: 'ann',
    kind: 'acknowledged',
    at: NOW,
    until: null,
    ...over,
  }
  return { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, silences: [silence] })) }
}

function shown(state: State): string {
  const lines = frame(state, { columns: 200, rows: 60, glyphs: UNICODE_GLYPHS }, demoFaults())
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
}

describe('a muted alert', () => {
  test('counts in the header and says who, why and for how long among the alerts', () => {
    const silenced = withSilence(lagging(), { kind: 'silenced', until: NOW + 3_600_000 })
    const text = shown(silenced)
    assert.match(text, /1 alert, 1 muted/)
    assert.match(text, /\(silenced\) replication lag .* silenced by ann for 1 h more: index build/)
    assert.doesNotMatch(shown(lagging()), /muted|silenced/)
  })

  test('in the banner is marked, and gives way to one that is not', () => {
    assert.match(shown(withSilence(primaryDown(), {})), /USERS CAN ONLY READ .*\(acknowledged\)/)
    assert.doesNotMatch(shown(withSilence(primaryDown(), { subject: 'other' })), /acknowledged/)
  })

  test('beside another view and among all clusters is marked, and gives way too', () => {
    const elsewhere = (state: State) => {
      const text = shown({ ...state, navigation: { ...state.navigation, view: 'activity' } })
      return text.split('\n').find((line) => line.includes('Served by')) ?? ''
    }
    assert.match(elsewhere(withSilence(primaryDown(), {})), /Served by .* ✖ \(acknowledged\) /)
    assert.match(elsewhere(primaryDown()), /Served by .* ✖ db-1 inactive/)
    const [first] = primaryDown().clusters[0]?.picture?.alerts ?? []
    assert.ok(first)
    const others = elsewhere(withSilence(primaryDown(), { rule: first.rule, ...subjectRecord(first.subject) }))
    assert.doesNotMatch(others, /acknowledged|db-1 inactive/)
    const fleet = { ...lagging().navigation, view: 'fleet' }
    assert.match(
      shown({ ...withSilence(lagging(), {}), navigation: fleet }),
      /worst alert +\(acknowledged\) |\(acknowledged\) db-ro/,
    )
  })

  test('is counted in the colour of what is not muted', () => {
    const style = (state: State) =>
      frame(state, { columns: 200, rows: 60, glyphs: UNICODE_GLYPHS }, [])[0]?.find(({ text }) =>
        / alerts?$/.test(text),
      )?.style
    assert.equal(style(primaryDown()), 'critical')
    assert.equal(style(withSilence(primaryDown(), {})), 'dim')
    assert.equal(style(withSilence(primaryDown(), { rule: 'database-inactive' })), 'warning')
  })

  test('in the details says the same', () => {
    const state = withSilence(lagging(), {})
    const details = { view: 'topology', pane: 'databases', id: 'db-ro', scroll: 0 } as const
    const text = shown({ ...state, navigation: { ...state.navigation, details } })
    assert.match(text, /acknowledged by ann: index build/)
    assert.match(text, /2 the link from both ends/)
  })
})
