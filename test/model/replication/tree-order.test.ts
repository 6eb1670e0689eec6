import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { treeOrder } from '../../../src/model/replication/tree-order.ts'

const drawn = (ids: readonly string[], upstreams: Readonly<Record<string, string>>) =>
  treeOrder(ids, new Map(Object.entries(upstreams))).map(
    ({ id, depth, lastChild }) => `${'  '.repeat(depth)}${id}${lastChild ? '.' : ''}`,
  )

test('each source is followed by what replicates from it', () => {
  assert.deepEqual(drawn(['c', 'a', 'b', 'd'], { b: 'a', c: 'b', d: 'a' }), ['a.', '  b', '    c.', '  d.'])
})

test('a source that is not watched makes a root', () => {
  assert.deepEqual(drawn(['a', 'b'], { b: 'elsewhere' }), ['a', 'b.'])
})

test('a circle is cut, nobody is lost', () => {
  assert.deepEqual(drawn(['a', 'b', 'c'], { a: 'b', b: 'a', c: 'c' }), ['c.', 'a.', '  b.'])
})

test('whatever the sources, every id is drawn once and below its source or as a root', () => {
  const graph = fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(graph, (sources) => {
      const ids = sources.map((_, index) => `n${index}`)
      const upstreamOf = new Map(ids.map((id, index) => [id, `n${sources[index]}`]))
      const places = treeOrder(ids, upstreamOf)
      assert.deepEqual(places.map(({ id }) => id).toSorted(), ids.toSorted())
      const path: string[] = []
      for (const { id, depth } of places) {
        assert.ok(depth <= path.length)
        path.length = depth
        if (depth > 0) assert.equal(path[depth - 1], upstreamOf.get(id))
        path.push(id)
      }
    }),
  )
})
