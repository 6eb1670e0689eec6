// A mirrored pair whose changes a configured query counts: when the exchange flows, is cut, merges, and is unknown.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../../src/model/events/derive-events.ts'
import type { ExchangeBacklog } from '../../../../src/model/measured/exchange/exchange-backlog.ts'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../../src/model/picture/picture.ts'
import { exchangeRate } from '../../../../src/model/replication/mirroring/exchange-rate.ts'
import type { Reading } from '../../../../src/model/values/reading.ts'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { mirroringText } from '../../../../src/ui/frame/format/mirroring.ts'
import { aMirror, aSide, exchangedByQuery } from '../../../builders/mirroring-screens.ts'
import { aFault, aStale, NOW } from '../../../builders/snapshot.ts'

/** A backlog of so many changes, the oldest so many seconds old when it is read. */
const backlog = (changes: number, oldestSeconds: number | null = null, bytes: number | null = null) =>
  [changes, oldestSeconds, bytes] as const

type Given = ReturnType<typeof backlog> | Reading<ExchangeBacklog>

function side(index: 1 | 2, given: Given, at: number): DatabaseRecord {
  const record = aSide(index, { slot: null, at })
  if (!Array.isArray(given)) return { ...record, exchange: given as Reading<ExchangeBacklog> }
  const [changes, oldestSeconds, bytes] = given as ReturnType<typeof backlog>
  const oldestAt = oldestSeconds === null ? null : at - oldestSeconds * 1000
  return { ...record, exchange: { state: 'fresh', value: { changes, bytes, oldestAt }, at } }
}

const NOTHING = backlog(0)

function after(previous: Picture | null, seconds: number, first: Given, second: Given = NOTHING): Picture {
  const at = NOW + seconds * 1000
  const snapshot = exchangedByQuery(aMirror(side(1, first, at), side(2, second, at), at))
  return derivePicture(snapshot, previous, at)
}

const first = ({ mirroring }: Picture) => mirroring[0] ?? assert.fail('no direction')
const lineOf = (picture: Picture) => mirroringText(picture, UNICODE_GLYPHS)?.text
const diverging = ({ alerts }: Picture) =>
  alerts.filter(({ rule }) => rule === 'replica-disconnected').map(({ message }) => message)

describe('by a query', () => {
  test('it flows while what waits is taken over, however much there is', () => {
    const one = after(null, 0, backlog(57, 12, 4096))
    assert.equal(lineOf(one), 'flowing, 57 changes (4 kB) / 0 changes unexchanged')
    // The oldest is a later one each time, though all are older than a minute.
    const two = after(one, 5, backlog(900, 70))
    const three = after(two, 10, backlog(1200, 69))
    assert.deepEqual([first(three).state, diverging(three)], ['flowing', []])
    assert.equal(exchangeRate(first(three)), (1200 - 57) / 10)
  })

  test('it is cut when the oldest waits for longer than the limit, since that was made', () => {
    const picture = after(null, 0, backlog(57, 90))
    assert.deepEqual([first(picture).state, first(picture).since], ['cut', NOW - 90_000])
    assert.match(lineOf(picture) ?? '', /^db-1 → db-2 cut for 1 min: db-1 wrote 57 changes since; db-2 → db-1 flowing/)
    assert.deepEqual(diverging(picture), [
      'db-2 receives no changes from db-1: they diverge, 57 changes of db-1 not merged',
    ])
  })

  test('without the time of the oldest, when nothing became less for so long', () => {
    let picture = after(null, 0, backlog(5))
    for (const seconds of [20, 40, 59]) picture = after(picture, seconds, backlog(5 + seconds))
    assert.equal(first(picture).state, 'flowing')
    const cut = after(picture, 60, backlog(66))
    assert.deepEqual([first(cut).state, first(cut).since], ['cut', NOW])
    const less = after(picture, 60, backlog(64, null))
    assert.equal(first(less).state, 'cut')
    assert.equal(first(after(picture, 60, backlog(63))).state, 'flowing')
  })

  test('after a cut it merges until what was written alone has been taken over, and that is an event', () => {
    const flowing = after(null, 0, backlog(1, 1))
    const cut = after(flowing, 100, backlog(40, 101))
    assert.deepEqual(
      deriveEvents(flowing, cut).map(({ text }) => text),
      ['receives no changes from db-1 any more: they diverge'],
    )
    const merging = after(cut, 105, backlog(30, 80))
    assert.deepEqual(
      [first(merging).state, lineOf(merging)?.split(';')[0]],
      ['merging', 'db-1 → db-2 merging, 30 changes to go'],
    )
    assert.equal(first(merging).since, first(cut).since)
    // New ones wait, but none of before.
    const merged = after(merging, 120, backlog(3, 2))
    assert.equal(first(merged).state, 'flowing')
    const news = deriveEvents(merging, merged).map(({ text }) => text)
    assert.equal(news.length, 1)
    assert.match(news[0] ?? '', /^merged after .*: has all 40 changes that db-1 wrote meanwhile$/)
  })

  test('while one of them is down it is cut, and says so', () => {
    const before = after(null, 0, backlog(3, 1))
    const at = NOW + 5_000
    const other = side(2, NOTHING, NOW)
    assert.ok(other.pulse.state === 'fresh')
    const down = { ...other, pulse: aStale(other.pulse.value, NOW, aFault('refused')) }
    const picture = derivePicture(exchangedByQuery(aMirror(side(1, backlog(9, 4), at), down, at)), before, at)
    assert.deepEqual(
      [first(picture).state, first(picture).reason, first(picture).divergedChanges],
      ['cut', 'db-2 is down', 9],
    )
  })

  test('an answer that can’t be used makes it unknown, with the reason; a missing one leaves it as it was', () => {
    const flowing = after(null, 0, backlog(1, 1))
    const odd = after(flowing, 5, { state: 'failed', fault: aFault('protocol', 'the query gave 2 rows'), since: NOW })
    assert.deepEqual([first(odd).state, first(odd).reason], ['unknown', 'the query gave 2 rows'])
    const late = after(flowing, 5, { state: 'failed', fault: aFault('timeout', 'no answer'), since: NOW })
    assert.equal(first(late).state, 'flowing')
    const slow = { state: 'failed', fault: aFault('slow', 'statement timeout'), since: NOW } as const
    const long = after(after(flowing, 59, slow), 60, slow)
    assert.deepEqual([first(long).state, first(long).reason], ['unknown', 'statement timeout'])
    const cut = after(flowing, 100, backlog(40, 101))
    assert.equal(first(after(cut, 300, slow)).state, 'cut')
    const none = after(null, 0, { state: 'waiting' })
    assert.equal(first(after(none, 5, slow)).reason, 'statement timeout')
    assert.deepEqual(
      [first(none).state, first(none).reason],
      ['unknown', 'db-1 has not answered the query of the exchange'],
    )
  })

  test('the clock of the database does not count', () => {
    const at = NOW
    const record = side(1, backlog(5, 3600), at)
    const { pulse } = record
    assert.ok(pulse.state === 'fresh')
    const ahead = { ...record, pulse: { ...pulse, value: { ...pulse.value, clockOffsetMs: -3_590_000 } } }
    const picture = derivePicture(exchangedByQuery(aMirror(ahead, side(2, NOTHING, at), at)), null, at)
    assert.deepEqual([first(picture).state, first(picture).oldestAt], ['flowing', NOW - 10_000])
  })
})
