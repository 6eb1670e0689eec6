import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compileRegex } from '../../../../src/model/hba/regex/regex.ts'
import { patiently } from '../../../wait.ts'

function matches(pattern: string, name: string): boolean | null | string {
  const compiled = compileRegex(pattern)
  return 'error' in compiled ? compiled.error : compiled.matches(name)
}

const TABLE: readonly (readonly [string, string, boolean | null])[] = [
  ['', 'any', true],
  ['b', 'abc', true],
  ['^b', 'abc', false],
  ['^abc$', 'abc', true],
  ['^(a|bc)+$', 'abcbca', true],
  ['^a{2,3}$', 'aaaa', false],
  ['^a{2,}$', 'aaaa', true],
  ['^a{2}?$', 'aa', true],
  ['^[[:alpha:]_]+$', 'ab_', true],
  ['^[^0-9]+$', 'a1', false],
  ['^[]a]+$', 'a]', true],
  ['^\\w+-\\d\\d$', 'db-01', true],
  ['\\mdb\\M', 'the db', true],
  ['\\mdb\\M', 'thedb', false],
  ['^db(?=1)', 'db1', true],
  ['^db(?!1)', 'db1', false],
  ['(?i)^ALICE$', 'Alice', true],
  ['(?i)^[A-C]+$', 'abC', true],
  ['***=a.b', 'a.b', true],
  ['***=a.b', 'axb', false],
  ['a\\.b', 'axb', false],
  ['(a)\\1', 'aa', null],
  ['^\\x61\\u0062\\U00000063$', 'abc', true],
  ['^[\\x61-\\x63]+$', 'abcd', false],
  ['(?i)^\\x41$', 'a', true],
  ['^\\141\\0142$', 'a\nb', false],
  ['^\\141\\012b$', 'a\nb', true],
  ['^\\cJ$', '\n', true],
  ['^\\10$', '\b', true],
]

describe('patterns', () => {
  for (const [pattern, name, expected] of TABLE) {
    test(`${pattern || 'nothing'} in ${name}: ${expected}`, () => assert.equal(matches(pattern, name), expected))
  }

  for (const pattern of [
    '(',
    ')',
    '[a',
    '*a',
    'a**',
    '^*',
    'a{3,2}',
    'a{999}',
    '[b-a]',
    '[a-c-e]',
    '[\\d-z]',
    '[[:no:]]',
    'a{2',
    '\\q',
    'a\\',
    '\\1',
    '(a\\1)',
    '(?=(a))\\1',
    '(a)\\2',
    '[\\1]',
    '\\x',
    '\\u006',
    '\\Uffffffff',
    '\\8a',
    '(a)\\1)',
    '(?i.',
    '(?ia)b',
    '(?I)b',
  ]) {
    test(`${pattern} is wrong`, () => assert.equal(typeof matches(pattern, 'a'), 'string'))
  }

  test('those that would make a backtracking matcher hang end soon', () => {
    const began = performance.now()
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^((a*)*)*$', '^(a{1,255}){1,255}$', `${'('.repeat(5000)}`]) {
      matches(pattern, `${'a'.repeat(62)}b`)
    }
    assert.ok(performance.now() - began < patiently(5_000))
  })

  test('what both understand they answer alike', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '(a|b)', '(?:ab)', '(b|)')
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}')).map((parts) => parts.join(''))
    const pattern = fc
      .tuple(fc.constantFrom('', '^'), fc.array(piece, { maxLength: 5 }), fc.constantFrom('', '$'))
      .map(([start, pieces, end]) => `${start}${pieces.join('')}${end}`)
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }), (source, name) => {
        assert.equal(matches(source, name), new RegExp(source).test(name))
      }),
    )
  })
})
