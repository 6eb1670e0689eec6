// What is kept of a session, for how long, and the steps through it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { subjectOf } from '../../src/model/picture/subject.ts'
import { EMPTY_HISTORY, momentAt, recordMoment, stepBack, stepForward } from '../../src/state/history.ts'
import { reduce } from '../../src/state/reduce.ts'
import { isHistoryShown, shownState } from '../../src/state/select/shown-state.ts'
import type { ClusterState, StateHistory } from '../../src/state/state.ts'
import { healthy, primaryDown } from '../builders/screens.ts'

const clusters = (): readonly ClusterState[] => healthy().clusters
const host = healthy().host
const at = (...times: number[]): StateHistory =>
  times.reduce<StateHistory>(
    (moments, time) => recordMoment(moments, { at: time, clusters: clusters(), host }, 2_000),
    EMPTY_HISTORY,
  )
const times = (moments: StateHistory) => moments.map((moment) => moment.at)

describe('recorded', () => {
  test('one moment per interval: the last one of each', () => {
    assert.deepEqual(times(at(0, 500, 1_900, 2_000, 4_100, 5_999)), [1_900, 2_000, 5_999])
  })

  test('at most 900 are kept, the newest', () => {
    const same = clusters()
    let moments = EMPTY_HISTORY
    for (let time = 0; time < 2_000_000; time += 2_000)
      moments = recordMoment(moments, { at: time, clusters: same, host }, 2_000)
    assert.equal(moments.length, 900)
    assert.equal(moments.at(-1)?.at, 1_998_000)
  })

  test('heavy moments are kept for a shorter time, the newest always', () => {
    const heavy = (): readonly ClusterState[] =>
      clusters().map((cluster) => ({
        ...cluster,
        events: Array.from({ length: 500 }, (_, n) => ({
          at: n,
          severity: 'info',
          subject: subjectOf('db-1'),
          subjectName: 'db-1',
          text: 'x'.repeat(6_000),
        })),
      }))
    let moments = EMPTY_HISTORY
    for (let time = 0; time < 20_000; time += 2_000)
      moments = recordMoment(moments, { at: time, clusters: heavy(), host }, 2_000)
    assert.deepEqual(times(moments), [16_000, 18_000])
    const huge = heavy().flatMap((cluster) => [...Array(10)].map(() => structuredClone(cluster)))
    assert.deepEqual(times(recordMoment(moments, { at: 20_000, clusters: huge, host }, 2_000)), [20_000])
  })

  test('what did not change is kept once: a quiet session weighs little', () => {
    const [first, second] = [clusters(), clusters()]
    const moments = recordMoment(
      recordMoment(EMPTY_HISTORY, { at: 0, clusters: first, host }, 1_000),
      { at: 1_000, clusters: first, host },
      1_000,
    )
    assert.equal(moments[1]?.weight, 0)
    assert.ok((recordMoment(moments, { at: 2_000, clusters: second, host }, 1_000)[2]?.weight ?? 0) > 1_000)
  })
})

describe('steps', () => {
  const moments = at(2_000, 4_000, 6_000)

  test('back from now skips what is on the screen anyway', () => {
    assert.equal(stepBack(moments, null, moments.at(-1)?.clusters ?? []), 4_000)
    assert.equal(stepBack(moments, null, clusters()), 6_000)
    assert.equal(stepBack(moments, 4_000, clusters()), 2_000)
    assert.equal(stepBack(moments, 2_000, clusters()), null)
    assert.equal(stepBack(EMPTY_HISTORY, null, clusters()), null)
  })

  test('forward ends at now', () => {
    assert.equal(stepForward(moments, 2_000), 4_000)
    assert.equal(stepForward(moments, 4_000), null)
  })

  test('a moment that is gone is the oldest there is', () => {
    assert.equal(momentAt(moments, 1_000)?.at, 2_000)
    assert.equal(momentAt(moments, 4_500)?.at, 4_000)
    assert.equal(momentAt(EMPTY_HISTORY, 1), null)
  })
})

describe('the state shown', () => {
  test('is that of the moment, with its clock; the rest is that of now', () => {
    const before = reduce(healthy(), { type: 'derive-requested', at: healthy().now })
    const later = { ...before, clusters: primaryDown().clusters }
    const down = reduce(later, { type: 'derive-requested', at: before.now + 60_000 })
    assert.equal(shownState(down), down)
    const told = reduce(down, { type: 'notified', notice: { at: down.now - 1_000, severity: 'info', text: 'x' } })
    const back = reduce(told, { type: 'history-shown', at: before.now })
    const shown = shownState(back)
    assert.ok(isHistoryShown(back))
    assert.equal(shown.now, before.now)
    assert.equal(shown.clusters, before.clusters)
    assert.equal(shown.now - (shown.notice?.at ?? 0), 1_000)
    assert.deepEqual(shownState(shown), shown)
    assert.equal(shownState(reduce(back, { type: 'history-shown', at: null })).clusters, down.clusters)
  })

  test('nothing is recorded where nobody looks', () => {
    assert.deepEqual(reduce({ ...healthy(), recordsHistory: false }, { type: 'derive-requested', at: 1 }).history, [])
  })
})
