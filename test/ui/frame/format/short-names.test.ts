import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { textWidth } from '../../../../src/ui/frame/format/line.ts'
import { shortName, shortNames } from '../../../../src/ui/frame/format/short-names.ts'

const cut = (names: readonly string[], width: number) => [...shortNames(names, width).values()]

describe('names that are too long for their place', () => {
  const nodes = [1, 2, 3].map((number) => `payments-prod-eu-central-1-postgresql-cluster-node-${number}`)
  const CASES: readonly (readonly [string, readonly string[], number, readonly string[]])[] = [
    ['what fits stays', ['db-1', 'db-2'], 10, ['db-1', 'db-2']],
    ['the end tells them apart', nodes, 19, ['payments-…er-node-1', 'payments-…er-node-2', 'payments-…er-node-3']],
    [
      'the middle does',
      ['orders-alpha-eu-central-1.example.com', 'orders-gamma-eu-central-1.example.com'],
      16,
      ['ord…s-alpha-eu-…', 'ord…s-gamma-eu-…'],
    ],
    [
      'branches of a tree are kept',
      nodes.map((name) => `├▶ ${name}`),
      16,
      nodes.map((_, at) => `├▶ paymen…node-${at + 1}`),
    ],
    [
      'both ends of a link are',
      [`${nodes[0]} → ${nodes[1]}`, `${nodes[1]} → ${nodes[2]}`],
      29,
      ['paymen…node-1 → paymen…node-2', 'paymen…node-2 → paymen…node-3'],
    ],
    [
      'a name of no letters is no branch',
      ['x', 'y'].map((end) => `${'🐘'.repeat(12)}-${end}`),
      18,
      ['🐘🐘🐘🐘…🐘🐘🐘-x', '🐘🐘🐘🐘…🐘🐘🐘-y'],
    ],
    ['a short end leaves its room to the other', [`a → ${nodes[0]}`], 23, ['a → payments-…er-node-1']],
  ]
  for (const [title, names, width, expected] of CASES)
    test(title, () => {
      assert.deepEqual(cut(names, width), expected)
    })

  test('nothing is wider than its place, whatever the letters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 6 }),
        fc.nat(24),
        (names, width) => {
          for (const short of cut(names, width)) {
            if (names.includes(short)) continue
            assert.ok(
              textWidth(short) <= Math.max(width, 0) || /^[\s│├└▶|`>]/u.test(short),
              JSON.stringify([short, width]),
            )
          }
        },
      ),
    )
  })

  test('names with numbers at any place stay different', () => {
    fc.assert(
      fc.property(fc.nat(40), (at) => {
        const names = [1, 2, 3].map(
          (number) => `${'abcdefghij'.repeat(5).slice(0, at)}${number}${'klmnopqrst'.repeat(5).slice(at)}`,
        )
        assert.equal(new Set(cut(names, 14)).size, 3, cut(names, 14).join(' '))
      }),
    )
  })

  test('one name is cut among the others', () => {
    assert.equal(shortName(nodes[0] ?? '', nodes, 12), 'payme…node-1')
  })
})
