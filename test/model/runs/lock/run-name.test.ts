// Who runs what, in the 63 ASCII characters that a session has for its name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatRunName, parseRunName } from '../../../../src/model/runs/lock/run-name.ts'

const cases: readonly [user: string, hostname: string, action: string, target: string | null, name: string][] = [
  ['ann', 'jump-1', 'promote', 'db-ro', 'pgdeck run: ann@jump-1 promote db-ro'],
  ['ann as root', 'jump-1.example.net', 'fence', 'db-1', 'pgdeck run: ann@jump-1 fence db-1'],
  ['ann', 'jump-1', 'slow', null, 'pgdeck run: ann@jump-1 slow'],
  ['a b', 'j', 'my own', 'é b', 'pgdeck run: a_b@j my_own _b'],
  ['', '', 'promote', '', 'pgdeck run: @ promote _'],
]
for (const [user, hostname, action, target, name] of cases)
  test(`${name}`, () => {
    assert.equal(formatRunName({ user, hostname }, action, target), name)
    const read = parseRunName(name)
    assert.equal(read?.target === null, target === null)
  })

test('whatever is long is cut so that the act is whole and the rest is told apart', () => {
  const long = 'x'.repeat(200)
  for (const user of ['ann', long])
    for (const hostname of ['jump-1', long])
      for (const action of ['promote', 'rebuild-replica', long])
        for (const target of [null, 'db-ro', long]) {
          const name = formatRunName({ user, hostname }, action, target)
          assert.ok(name.length <= 63, name)
          assert.match(name, /^[ -~]+$/)
          const read = parseRunName(name)
          assert.ok(read && read.by.length > 5 && read.action === action.slice(0, 20), name)
          assert.equal(read.target === null, target === null)
          if (target === 'db-ro') assert.equal(read.target, 'db-ro')
        }
})

test('another name is none of a run', () => {
  for (const name of ['', 'pgdeck', 'pgdeck act', 'pgdeck run: ', 'pgdeck run: ann', ' pgdeck run: ann@a promote'])
    assert.equal(parseRunName(name), null, name)
})
