// What enter opens on the home screen: also what is about no server and no database has details.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shownCluster } from '../../../../src/state/select/cluster.ts'
import type { State } from '../../../../src/state/state.ts'
import { viewById } from '../../../../src/ui/keys/bindings/selection.ts'
import { topologyView } from '../../../../src/ui/views/topology/view.ts'
import { manyAlerts } from '../../../builders/alert-screens.ts'

function openings(state: State) {
  const cluster = shownCluster(state)
  assert.ok(cluster)
  return topologyView.rows(state, cluster, 'events').map((row) => ({
    row,
    opened: topologyView.opens(state, cluster, 'events', row),
    cluster,
  }))
}

describe('enter on an alert or an event', () => {
  test('always opens something, and what it opens is there', () => {
    const state = manyAlerts()
    const all = openings(state)
    assert.ok(all.length > 0)
    for (const { row, opened, cluster } of all) {
      assert.equal(opened.kind, 'details', row.id)
      if (opened.kind !== 'details') continue
      const ids = viewById(opened.view)
        .rows(state, cluster, opened.pane)
        .map(({ id }) => id)
      assert.ok(ids.includes(opened.id), `${opened.id} is not in ${opened.view}`)
    }
  })

  test('of a slot opens the alert, and keys act on its database', () => {
    const slots = openings(manyAlerts()).filter(({ row }) => row.alert && row.alert.subject.part !== null)
    assert.ok(slots.length > 0)
    for (const { row, opened } of slots) {
      assert.equal(opened.kind === 'details' && opened.view, 'alerts')
      assert.equal(row.subject, row.alert?.subject.owner)
    }
  })
})
