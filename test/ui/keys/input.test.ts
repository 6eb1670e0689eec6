import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Key } from 'ink'
import { keysFromInput } from '../../../src/ui/keys/input.ts'
import { separateEscapes } from '../../../src/ui/terminal/lone-escape.ts'

const NO_KEY = Object.fromEntries(
  ['upArrow', 'return', 'escape', 'ctrl', 'shift', 'tab', 'backspace', 'meta', 'super'].map((name) => [name, false]),
) as unknown as Key

describe('an escape and a key that arrive together', () => {
  const CASES: readonly (readonly [string, string, Partial<Key>, readonly string[]])[] = [
    ['a digit', '5', { meta: true }, ['esc', '5']],
    ['a letter', 'j', { meta: true }, ['esc', 'j']],
    ['enter, which must not confirm what was left', '', { meta: true, return: true }, ['esc', 'enter']],
    ['tab', '', { meta: true, tab: true }, ['esc', 'tab']],
    ['a capital, which may be meant as Alt and would begin an action', 'P', { meta: true }, ['esc']],
    ['an arrow with Alt is one key', '', { meta: true, upArrow: true }, ['up']],
    ['Alt and backspace erase', '', { meta: true, backspace: true }, ['backspace']],
    ['a terminal that names Alt means it', '5', { meta: true, eventType: 'press' }, []],
    ['the escape alone', '', { escape: true }, ['esc']],
    ['several keys of one packet', '55', {}, ['5', '5']],
  ]
  for (const [title, input, key, expected] of CASES)
    test(title, () => {
      assert.deepEqual(keysFromInput(input, { ...NO_KEY, ...key }), expected)
    })

  test('before an arrow it is told apart as bytes', () => {
    assert.equal(separateEscapes('\x1b\x1b[A'), '\x1b[27u\x1b[A')
    assert.equal(separateEscapes('\x1b\x1bOB'), '\x1b[27u\x1bOB')
    assert.equal(separateEscapes('\x1b[A\x1b5\x1b'), '\x1b[A\x1b5\x1b')
  })
})
