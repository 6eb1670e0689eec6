// Which rows a pane shows, in which order, and which is selected.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { paneWithFocus, shownCluster, shownPanes } from '../../../src/state/select/cluster.ts'
import {
  databasePaneRows,
  entryPointPaneRows,
  eventPaneRows,
  selectedRowIndex,
  serverPaneRows,
} from '../../../src/state/select/rows.ts'
import type { ClusterState, State } from '../../../src/state/state.ts'
import { anAddress, aPooler, behind, REACHED_STANDBY } from '../../builders/entry-points.ts'
import { cascade, healthy, primaryDown, stateOf } from '../../builders/screens.ts'
import { aFault, aVault } from '../../builders/snapshot.ts'

function only(state: State): ClusterState {
  const cluster = shownCluster(state)
  assert.ok(cluster)
  return cluster
}

const at = (state: State, navigation: Partial<State['navigation']>): State => {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

describe('rows', () => {
  test('an end that is not watched comes right below the node it receives from', () => {
    const state = cascade()
    const rows = databasePaneRows(state, only(state))
    assert.deepEqual(
      rows.map(({ kind, depth }) => `${kind} ${depth}`),
      ['database 0', 'stranger 1', 'database 1', 'database 2', 'database 2', 'database 1', 'database 2'],
    )
  })

  test('each row knows which branches go on below it', () => {
    const state = cascade()
    assert.deepEqual(
      databasePaneRows(state, only(state)).map(({ continues }) => continues),
      [[], [true], [true], [true, true], [true, false], [false], [false, false]],
    )
  })

  test('entry points that need attention come first, all else as configured', () => {
    const fault = aFault('timeout', 'no answer')
    const records = [
      aPooler(),
      anAddress({ id: 'b' }),
      anAddress({ id: 'a', fault }),
      anAddress({ ...REACHED_STANDBY, id: 'c' }),
    ]
    const state = stateOf([behind(aVault(), records)])
    const ids = entryPointPaneRows(state, only(state)).map(({ id }) => id)
    assert.deepEqual(ids, ['a', 'c', 'pool-1', 'b'])
  })

  test('sorted rows are flat; unknowns come last whichever way', () => {
    for (const descending of [false, true]) {
      const state = at(cascade(), { sort: { databases: { column: 'lag', descending } } })
      const rows = databasePaneRows(state, only(state))
      assert.ok(rows.every(({ depth }) => depth === 0))
      // The primary has no lag.
      assert.equal(rows.filter(({ kind }) => kind === 'database').at(-1)?.id, 'db-1')
    }
  })

  test('every word of the filter must occur, in any field and case', () => {
    const names = (filter: string) => {
      const state = at(healthy(), { filter })
      return serverPaneRows(state, only(state)).map(({ id }) => id)
    }
    assert.deepEqual(names('ACTIVE pmp'), ['pmp-a', 'pmp-b'])
    assert.deepEqual(names('redirects'), ['pmp-ro'])
    assert.deepEqual(names('pmp nowhere'), [])
    assert.deepEqual(names('  '), ['pmp-a', 'pmp-b', 'pmp-ro'])
  })

  test('alerts come before events, the critical ones first; ids are unique', () => {
    const state = primaryDown()
    const rows = eventPaneRows(state, only(state))
    const weights = rows.map((row) => (row.kind === 'event' ? 2 : row.alert.severity === 'critical' ? 0 : 1))
    assert.deepEqual(weights, [...weights].sort())
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
  })
})

describe('selection', () => {
  test('is the row chosen, else the first, else none', () => {
    const rows = [{ id: 'a' }, { id: 'b' }]
    const chosen = at(healthy(), { selected: { servers: 'b', databases: null, events: 'gone' } })
    assert.equal(selectedRowIndex(chosen, 'servers', rows), 1)
    assert.equal(selectedRowIndex(chosen, 'databases', rows), 0)
    assert.equal(selectedRowIndex(chosen, 'events', rows), 0)
    assert.equal(selectedRowIndex(chosen, 'servers', []), -1)
  })

  test('a cluster without servers has its databases in focus', () => {
    const state = cascade()
    assert.equal(paneWithFocus(state, shownPanes(only(state))), 'databases')
  })
})
