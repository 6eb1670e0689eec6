import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shownCluster } from '../../../../src/state/select/cluster.ts'
import type { State } from '../../../../src/state/state.ts'
import { auditRows } from '../../../../src/ui/views/audit/rows.ts'
import { audited, ENTRIES, outageAudited, withApplicationAudits } from '../../../builders/audit-screens.ts'
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
    const told = rows().map(({ category, who }) => `${category}: ${who}`)
    assert.deepEqual([...new Set(told)], ['user: ann from 10.0.0.9', 'resource: seen by pgdeck'])
  })

  test('of applications stand among them by time, one of a clock that is ahead where it belongs', () => {
    const all = rows(withApplicationAudits())
    const shown = all.filter(({ origin }) => origin.kind === 'application')
    assert.deepEqual(
      shown.map(({ server, categoryText, what }) => `${server} ${categoryText}: ${what}`),
      [
        'pmp-a user: password of root on web-1 retrieved',
        'pmp-b user: login',
        'pmp-a Password: password of root on web-1 changed',
        'pmp-a task: nightly backup',
      ],
    )
    assert.equal(shown[1]?.at, NOW - 20_000)
    assert.ok(all.every((row, index) => index === 0 || row.placedAt <= (all[index - 1]?.placedAt ?? 0)))
    assert.equal(all.length, rows().length + 4)
  })

  test('of an outage of the exchange have the side that wrote them', () => {
    const sides = rows(outageAudited()).map(({ outageSide, what }) => `${outageSide ?? '-'} ${what.slice(0, 12)}`)
    assert.deepEqual(sides, [
      '- login 30 s a',
      'db-1 merged after',
      'db-2 merged after',
      'db-1 login 80 s a',
      'db-2 password of ',
      'db-1 login 100 s ',
      'db-1 receives no ',
      'db-2 receives no ',
      '- login 200 s ',
    ])
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
    assert.ok(past.every(({ at }) => at <= moment.at))
  })
})
