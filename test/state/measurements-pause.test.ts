// A pause that somebody asked for is no failure: nothing is concluded from readings that get old in it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { subjectText } from '../../src/model/picture/subject.ts'
import { aFault } from '../builders/snapshot.ts'
import { polled } from '../fakes/polled.ts'

const MINUTE = 60_000
type Watched = ReturnType<typeof polled>

const alerts = (watched: Watched) =>
  watched
    .state()
    .clusters.flatMap(({ picture }) => picture?.alerts.map(({ rule, subject }) => `${rule} ${subjectText(subject)}`))
const told = (watched: Watched) => watched.state().clusters.flatMap(({ events }) => events)

/** A cluster of two databases, read at 10 000 ms and again at 12 000 ms. */
function watched(): Watched {
  const one = polled(1, 2)
  for (const at of [10_000, 12_000]) {
    one.poll(0, at)
    one.assess(at)
  }
  return one
}

const roundEnds = (one: Watched) => one.send({ type: 'poll-ended', cluster: 'cluster-0', tookMs: 5 })

describe('while polling is paused', () => {
  test('readings get old and are dimmed, and no alert and no entry of the trail comes of it', () => {
    const one = watched()
    assert.deepEqual(alerts(one), [])
    one.send({ type: 'pause-set', paused: true })
    roundEnds(one)
    const before = told(one)
    for (const at of [30_000, 5 * MINUTE, 60 * MINUTE]) one.assess(at)
    assert.deepEqual(alerts(one), [])
    assert.deepEqual(told(one), before)
    assert.equal(one.state().clusters[0]?.picture?.databases[0]?.stale, true)
  })

  test('what was told before stays', () => {
    const one = watched()
    one.assess(40_000)
    const before = alerts(one)
    assert.deepEqual(before, ['stale db-1', 'stale db-2'])
    one.send({ type: 'pause-set', paused: true })
    one.assess(60 * MINUTE)
    assert.deepEqual(alerts(one), before)
  })

  test('a database that failed just before is not found down by time alone', () => {
    const one = watched()
    const fault = { ok: false, fault: aFault('timeout') } as const
    one.send({ type: 'database-probed', cluster: 'cluster-0', id: 'db-1', at: 13_000, outcome: fault })
    one.assess(13_000)
    const before = alerts(one)
    one.send({ type: 'pause-set', paused: true })
    one.assess(60 * MINUTE)
    assert.deepEqual(alerts(one), before)
  })
})

describe('when polling goes on', () => {
  function resumed(): Watched {
    const one = watched()
    one.send({ type: 'pause-set', paused: true })
    one.assess(60 * MINUTE)
    one.send({ type: 'pause-set', paused: false })
    return one
  }

  test('nothing is told before the first round, nor after one that all answered', () => {
    const one = resumed()
    one.assess(60 * MINUTE + 500)
    assert.deepEqual(alerts(one), [])
    one.poll(0, 60 * MINUTE + 800)
    roundEnds(one)
    one.assess(60 * MINUTE + 900)
    assert.deepEqual(alerts(one), [])
    one.assess(61 * MINUTE)
    assert.deepEqual(alerts(one), ['stale db-1', 'stale db-2'], 'old readings are told of again')
  })

  test('what that round did not read is told of', () => {
    const one = resumed()
    roundEnds(one)
    one.assess(60 * MINUTE + 900)
    assert.deepEqual(alerts(one), ['stale db-1', 'stale db-2'])
  })
})
