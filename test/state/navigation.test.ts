// Where the user is after each event.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { navigate } from '../../src/state/navigate.ts'
import { NO_OVERLAY, START_NAVIGATION } from '../../src/state/navigation.ts'

describe('navigate', () => {
  test('answers with the same object when nothing changes', () => {
    assert.equal(navigate(START_NAVIGATION, { type: 'overlay-closed' }), START_NAVIGATION)
    assert.equal(navigate(START_NAVIGATION, { type: 'pane-focused', pane: 'servers' }), START_NAVIGATION)
    assert.equal(navigate(START_NAVIGATION, { type: 'filtered', text: '' }), START_NAVIGATION)
    assert.equal(navigate(START_NAVIGATION, { type: 'typed', text: 'x' }), START_NAVIGATION)
    assert.equal(navigate(START_NAVIGATION, { type: 'scrolled', to: 3 }), START_NAVIGATION)
  })

  test('keeps a selection per pane', () => {
    const one = navigate(START_NAVIGATION, { type: 'row-selected', pane: 'servers', id: 'a' })
    const two = navigate(one, { type: 'row-selected', pane: 'databases', id: 'b' })
    assert.deepEqual(two.selected, { servers: 'a', databases: 'b' })
    assert.equal(two.pane, 'databases')
  })

  test('another cluster begins without selections, filter and details', () => {
    const before = navigate(navigate(START_NAVIGATION, { type: 'filtered', text: 'x' }), {
      type: 'cluster-shown',
      cluster: 'b',
    })
    assert.deepEqual(before, { ...START_NAVIGATION, cluster: 'b' })
  })

  test('a view opens at its first pane with its filter; opened again, at the pane used last', () => {
    const left = { ...START_NAVIGATION, pane: 'databases', filter: 'ro', details: null } as const
    const other = navigate(left, { type: 'view-opened', view: 'activity' })
    assert.deepEqual([other.view, other.filter], ['activity', ''])
    const there = navigate(navigate(other, { type: 'pane-focused', pane: 'activity:all' }), {
      type: 'filtered',
      text: 'x',
    })
    const back = navigate(there, { type: 'view-opened', view: 'topology' })
    assert.deepEqual([back.view, back.pane, back.filter], ['topology', ':first', 'ro'])
    assert.equal(navigate(back, { type: 'view-opened', view: 'topology' }).pane, 'databases')
    const first = navigate(back, { type: 'view-opened', view: 'activity' })
    assert.deepEqual([first.pane, first.filter], [':first', 'x'])
    const last = navigate(first, { type: 'view-opened', view: 'activity' })
    assert.deepEqual([last.pane, last.filter], ['activity:all', 'x'])
    assert.equal(navigate(last, { type: 'view-opened', view: 'activity' }).pane, ':first')
    const home = navigate(first, { type: 'view-opened', view: 'topology' })
    assert.equal(home.left.activity?.pane, 'activity:all')
  })

  test('typing goes to the entry that is open, and takes a refusal away', () => {
    const overlay = { kind: 'rename', cluster: 'c', id: 'a', text: 'a', problem: null } as const
    const open = navigate(START_NAVIGATION, { type: 'overlay-opened', overlay })
    const refused = navigate(open, { type: 'entry-refused', problem: 'taken' })
    assert.deepEqual(refused.overlay, { ...overlay, problem: 'taken' })
    assert.deepEqual(navigate(refused, { type: 'typed', text: 'ab' }).overlay, { ...overlay, text: 'ab' })
  })

  test('the filter follows while it is typed; opening details closes what lies over the view', () => {
    const open = navigate(START_NAVIGATION, { type: 'overlay-opened', overlay: { kind: 'filter', text: '' } })
    assert.equal(navigate(open, { type: 'typed', text: 'db' }).filter, 'db')
    const details = navigate(open, { type: 'details-opened', view: 'topology', pane: 'servers', id: 'a' })
    assert.deepEqual(details.overlay, NO_OVERLAY)
    assert.equal(navigate(details, { type: 'scrolled', to: -3 }).details?.scroll, 0)
  })
})
