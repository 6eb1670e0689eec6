// A view may have a digit, a letter, or only its place in the palette.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withCustomBindings } from '../../../../src/ui/keys/bindings/custom-keys.ts'
import { viewBindings } from '../../../../src/ui/keys/bindings/view-bindings.ts'
import { customKeyProblems } from '../../../../src/ui/keys/keymap/custom-key-problems.ts'
import { VIEWS } from '../../../../src/ui/views/index.ts'

const BY_LETTER = { id: 'statements', key: 'w', title: 'statements' }
const BY_PALETTE = { id: 'waits', key: ':waits', title: 'waits by event' }
const ALL = viewBindings([...VIEWS, BY_LETTER, BY_PALETTE])

describe('the bindings of views', () => {
  test('a letter opens a view, and the footer names it', () => {
    assert.deepEqual(ALL.find(({ id }) => id === 'view-statements')?.keys, ['w'])
    assert.equal(ALL[0]?.footer?.keys, '0-9,w')
  })

  test('a view without a key is in the palette, and the footer names no key for it', () => {
    const binding = ALL.find(({ id }) => id === 'view-waits')
    assert.equal(binding?.inPalette, true)
    assert.equal(viewBindings([...VIEWS, BY_PALETTE])[0]?.footer?.keys, '0-9')
  })

  test('the user can give it a key, which the footer then names', () => {
    const laid = withCustomBindings(ALL, { 'view-waits': 'v' })
    assert.deepEqual(laid.find(({ id }) => id === 'view-waits')?.keys, ['v', ':waits'])
    assert.equal(laid[0]?.footer?.keys, '0-9,v,w')
  })

  test('too many keys give way to the first view', () => {
    const many = ['c', 'i', 'n', 'o', 'p', 'w'].map((key) => ({ id: `view${key}`, key, title: key }))
    assert.deepEqual(viewBindings([...VIEWS, ...many])[0]?.footer, { label: 'topology', rank: 2, alone: 'topology' })
  })

  test('the letter of the example is free', () => {
    assert.deepEqual(customKeyProblems({ 'view-fleet': BY_LETTER.key }), [])
  })
})
