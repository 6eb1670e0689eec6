// The databases pane: a lag that nobody can know is no lag of zero.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import { lastGood } from '../../../../src/model/values/reading.ts'
import { shownCluster } from '../../../../src/state/select/cluster.ts'
import { databasePaneRows } from '../../../../src/state/select/rows.ts'
import type { State } from '../../../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { databaseColumns } from '../../../../src/ui/views/topology/database-columns.ts'
import { cascade, stateOf } from '../../../builders/screens.ts'
import { aCluster, aFault, NOW } from '../../../builders/snapshot.ts'

/** The cell of a database's lag: its text and its style. */
function lagOf(state: State, id: string): readonly string[] {
  const cluster = shownCluster(state)
  assert.ok(cluster?.picture)
  const { picture } = cluster
  const sight = { picture, worst: new Map(), now: state.now, glyphs: UNICODE_GLYPHS, narrow: false, shortTypes: false }
  const column = databaseColumns(sight).find((each) => each.id === 'lag')
  const row = databasePaneRows(state, cluster).find((each) => each.id === id)
  assert.ok(column && row)
  const { text, style } = column.cell(row)
  return [text, style]
}

function frozen(record: DatabaseRecord): DatabaseRecord {
  const value = lastGood(record.pulse)
  assert.ok(value)
  const at = NOW - 6_000
  return { ...record, pulse: { state: 'stale', value, at, fault: aFault('timeout'), since: NOW - 4_000 } }
}

test('below a replica that can’t be read the lag is unknown, and elsewhere it is told', () => {
  const healthy = cascade()
  assert.deepEqual(lagOf(healthy, 'west-3'), ['0 B · 0 s', 'plain'])
  const databases = shownCluster(healthy)?.databases ?? []
  const state = stateOf([
    aCluster({
      name: 'orders',
      databases: databases.map((record) => (record.spec.id === 'west-1' ? frozen(record) : record)),
    }),
  ])
  assert.deepEqual(lagOf(state, 'west-3'), ['?', 'dim'])
  assert.deepEqual(lagOf(state, 'east-2'), ['0 B · 0 s', 'plain'])
})
