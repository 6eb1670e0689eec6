// Which recorded parts follow each other: other processes, holes, and a clock that was set back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partsInOrder } from '../../../src/runtime/recording/parts-in-order.ts'

const MINUTE = 60_000
const part = (path: string, segment: number, from: number, to: number) => {
  return { path, segment, started: from * MINUTE, ended: to * MINUTE, clusters: ['vault'] }
}
const told = (parts: ReturnType<typeof partsInOrder>) =>
  parts.map(({ place, after, gap }) => [
    `${place.path}${place.segment}`,
    after / MINUTE,
    gap?.split(' ').slice(0, 4).join(' '),
  ])

test('what another process recorded too is left out, and what it has beyond that follows', () => {
  const both = [part('a', 1, 0, 5), part('a', 2, 5, 10), part('b', 1, 3, 8), part('b', 2, 8, 13)]
  assert.deepEqual(told(partsInOrder(both, Number.NEGATIVE_INFINITY)), [
    ['a1', Number.NEGATIVE_INFINITY, undefined],
    ['b1', 5, undefined],
    ['a2', 8, undefined],
    ['b2', 10, undefined],
  ])
  assert.deepEqual(
    told(partsInOrder(both, 9 * MINUTE)).map(([name]) => name),
    ['a2', 'b2'],
  )
})

test('a hole is told, and time before the first part where a beginning was asked for', () => {
  const parts = [part('a', 1, 10, 15), part('a', 2, 25, 30)]
  assert.deepEqual(
    told(partsInOrder(parts, Number.NEGATIVE_INFINITY)).map(([, , gap]) => gap),
    [undefined, 'nothing was recorded from'],
  )
  assert.deepEqual(
    told(partsInOrder(parts, 0)).map(([, , gap]) => gap),
    ['nothing was recorded from', 'nothing was recorded from'],
  )
})

test('time that was lived twice is there twice, in the order in which it was lived', () => {
  const parts = [part('a', 1, 60, 65), part('a', 2, 65, 70), part('a', 3, 62, 67), part('a', 4, 67, 72)]
  assert.deepEqual(told(partsInOrder(parts, Number.NEGATIVE_INFINITY)), [
    ['a1', Number.NEGATIVE_INFINITY, undefined],
    ['a2', 65, undefined],
    ['a3', Number.NEGATIVE_INFINITY, 'the clock was set'],
    ['a4', 67, undefined],
  ])
})
