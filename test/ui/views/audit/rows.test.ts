import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shownCluster } from '../../../../src/state/select/cluster.ts'
import type { State } from '../../../../src/state/state.ts'
import { auditPrincipalText, auditRows } from '../../../../src/ui/views/audit/rows.ts'
import { audited, ENTRIES } from '../../../builders/audit-screens.ts'
import { NOW } from '../../../builders/snapshot.ts'

function rows(state: State = audited()) {
  const cluster = shownCluster(state)
  assert.ok(cluster)
  return auditRows(state, cluster)
}

describe('entries of the trail', () => {
  test('are those of this cluster and of none, with what they are about now', () => {
    assert.deepEqual(
      rows().map(({ name, serverType }) => [name, serverType]),
      [
        ['db-1', 'database'],
        ['pmp-a', 'primary'],
        ['pmp-a', 'primary'],
        ['db-1', 'database'],
        ['pmp-b', 'secondary'],
        ['pmp-ro', 'read-only'],
        ['db-gone', null],
        [null, null],
        ['db-ro', 'database'],
      ],
    )
  })

  test('of what was only seen do not name who watched as who did it', () => {
    const told = rows().map(({ entry }) => `${entry.category}: ${auditPrincipalText(entry)}`)
    assert.deepEqual([...new Set(told)], ['user: ann from 10.0.0.9', 'resource: seen by pgdeck'])
  })

  test('that are alike in everything are told apart, and keep their ids when newer ones come', () => {
    const [twin, ...others] = ENTRIES
    assert.ok(twin)
    const ids = rows({ ...audited(), auditEntries: [twin, twin, ...others] }).map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    const more = rows({ ...audited(), auditEntries: [{ ...twin, at: NOW }, twin, twin, ...others] }).map(({ id }) => id)
    assert.deepEqual(more.slice(1), ids)
  })

  test('of later than the moment looked at are not there', () => {
    const state = audited()
    const moment = { at: NOW - 100_000, clusters: state.clusters, host: state.host, weight: 0 }
    const navigation = { ...state.navigation, historyAt: moment.at }
    const past = rows({ ...state, now: moment.at, history: [moment], navigation })
    assert.equal(past.length, 5)
    assert.ok(past.every(({ entry }) => entry.at <= moment.at))
  })
})
