// How an order is told fits what is sorted: nobody sorts health by the greatest.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VIEWS } from '../../../../src/ui/views/index.ts'
import { healthy } from '../../../builders/screens.ts'

/** `view pane column: words`, as `s` tells it first and after `S`. */
const told: ReadonlyMap<string, readonly (string | undefined)[]> = new Map(
  VIEWS.flatMap((view) => {
    const state = healthy()
    const [cluster] = state.clusters
    assert.ok(cluster)
    return view.panes(state, cluster).flatMap(({ id, ordering }) => {
      if (typeof ordering === 'string' || ordering.natural !== null) return []
      const { columns, greatestFirst } = ordering
      return columns.map((column) => {
        const says = (descending: boolean) => ordering.describe({ column, descending }).split(', ').at(-1)
        const first = greatestFirst.has(column)
        return [`${id} ${column}`, [says(first), says(!first)]] as const
      })
    })
  }),
)

describe('the order of a column is told', () => {
  const CASES: Readonly<Record<string, readonly [string, string]>> = {
    'fleet:clusters health': ['worst first', 'best first'],
    'fleet:clusters name': ['a to z', 'z to a'],
    'fleet:clusters alerts': ['most first', 'fewest first'],
    'servers status': ['worst first', 'best first'],
    'servers latency': ['longest first', 'shortest first'],
    'servers since': ['oldest first', 'newest first'],
    'databases lag': ['largest first', 'smallest first'],
    'databases port': ['lowest first', 'highest first'],
    'audit:all when': ['newest first', 'oldest first'],
    'alerts:alerts severity': ['worst first', 'mildest first'],
    'access:certificates days': ['soonest first', 'latest first'],
    'access:needed pairs age': ['oldest first', 'newest first'],
    'hosts:hosts data': ['least left first', 'most left first'],
  }
  for (const [column, words] of Object.entries(CASES)) {
    test(`${column}: ${words[0]}`, () => assert.deepEqual(told.get(column), words, [...told.keys()].join(', ')))
  }

  test('by no column as the greatest or smallest of something that has no size', () => {
    assert.ok(told.size > 60, `${told.size} columns`)
    for (const [column, words] of told) {
      assert.doesNotMatch(words.join(), /greatest/, column)
      assert.notEqual(words[0], words[1], column)
    }
  })
})
