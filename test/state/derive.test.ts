// Which pictures are made anew, and that nothing grows however long it is watched.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { serialize } from 'node:v8'
import { reduce } from '../../src/state/reduce.ts'
import type { State } from '../../src/state/state.ts'
import { polled } from '../fakes/polled.ts'

const pictures = (state: State) => state.clusters.map(({ picture }) => picture)

/** Three clusters of two databases, all read and assessed at 10 000 ms. */
function three() {
  const watched = polled(3, 2)
  for (const cluster of [0, 1, 2]) watched.poll(cluster, 10_000)
  watched.assess(10_000)
  return watched
}

describe('derive', () => {
  test('a cluster of which nothing was read keeps its picture, the others get theirs', () => {
    const watched = three()
    const before = watched.state()
    watched.poll(1, 10_500)
    watched.assess(10_510)
    const [first, second, third] = pictures(watched.state())
    assert.equal(first, before.clusters[0]?.picture)
    assert.equal(third, before.clusters[2]?.picture)
    assert.equal(watched.state().clusters[0], before.clusters[0])
    assert.equal(second?.at, 10_510)
    assert.equal(watched.state().now, 10_510)
  })

  test('after an interval every picture is made anew: a silent cluster gets old', () => {
    const watched = three()
    watched.assess(11_999)
    assert.deepEqual(
      pictures(watched.state()).map((picture) => picture?.at),
      [10_000, 10_000, 10_000],
    )
    watched.assess(14_100)
    assert.deepEqual(
      pictures(watched.state()).map((picture) => picture?.at),
      [14_100, 14_100, 14_100],
    )
    assert.equal(watched.state().clusters[0]?.picture?.databases[0]?.stale, true)
  })

  test('a long interval does not hold back what has lasted long enough to be told', () => {
    const { state } = three()
    const slow = reduce(reduce(state(), { type: 'interval-set', intervalMs: 60_000 }), {
      type: 'derive-requested',
      at: 10_100,
    })
    assert.equal(slow.clusters[0]?.picture?.at, 10_100)
    assert.equal(reduce(slow, { type: 'derive-requested', at: 15_000 }).clusters[0]?.picture?.at, 10_100)
    assert.equal(reduce(slow, { type: 'derive-requested', at: 15_100 }).clusters[0]?.picture?.at, 15_100)
  })

  test('another interval, another spec or a clock that was set back make it anew', () => {
    const { state } = three()
    const faster = reduce(state(), { type: 'interval-set', intervalMs: 1_000 })
    assert.equal(reduce(faster, { type: 'derive-requested', at: 10_001 }).clusters[0]?.picture?.at, 10_001)
    const [cluster] = state().clusters
    assert.ok(cluster)
    const spec = { ...cluster.spec, timeoutMs: cluster.spec.timeoutMs + 1 }
    const other = reduce(state(), { type: 'spec-changed', cluster: spec.name, spec })
    assert.equal(reduce(other, { type: 'derive-requested', at: 10_001 }).clusters[0]?.picture?.at, 10_001)
    assert.equal(reduce(state(), { type: 'derive-requested', at: 9_000 }).clusters[0]?.picture?.at, 9_000)
  })
})

describe('a long watch', () => {
  test('over 10 000 polls the state grows until its histories are full, and no more', () => {
    const watched = polled(2, 2)
    const sizes: number[] = []
    for (let round = 1; round <= 2_500; round++) {
      const at = round * 2_000
      for (const cluster of [0, 1]) watched.poll(cluster, at)
      watched.assess(at + 12)
      if (round % 500 === 0) sizes.push(serialize(watched.state()).length)
    }
    const [first = 0] = sizes
    for (const size of sizes)
      assert.ok(Math.abs(size - first) < first * 0.05, `bytes at each fifth: ${sizes.join(', ')}`)
  })

  test('the moments to look back to are bounded too', () => {
    const watched = polled(1, 2, { records: true })
    for (let round = 1; round <= 2_500; round++) {
      watched.poll(0, round * 2_000)
      watched.assess(round * 2_000 + 12)
    }
    const { history } = watched.state()
    const weight = history.reduce((sum, moment) => sum + moment.weight, 0)
    assert.ok(history.length > 100 && history.length <= 900, `${history.length} moments`)
    assert.ok(weight <= 8 * 1024 ** 2 + 2 * 100 * 1024, `${weight} bytes`)
  })
})
