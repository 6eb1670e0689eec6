// The user's own keys: what they change in the table, on the screen and for dispatch, and which can't be taken.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { initialState } from '../../../../src/state/initial-state.ts'
import { glyphsFor } from '../../../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../../../src/ui/frame/screen.ts'
import { customKeyProblems } from '../../../../src/ui/keys/keymap/custom-key-problems.ts'
import { keyTable } from '../../../../src/ui/keys/keymap/key-table.ts'
import { bindingFor } from '../../../../src/ui/keys/keymap/keymap.ts'
import { paletteEntries } from '../../../../src/ui/keys/keymap/palette.ts'
import { currentKey, DEFAULT_KEY_ACTIONS } from '../../../../src/ui/keys/names.ts'
import { stateOf } from '../../../builders/screens.ts'
import { aVault } from '../../../builders/snapshot.ts'

const GLYPHS = glyphsFor({ LANG: 'C.UTF-8', TERM: 'xterm' })

function textOf(keys: Readonly<Record<string, string>>, overlay?: 'help'): string {
  const state = stateOf([aVault()], { keys })
  const shown = overlay
    ? { ...state, navigation: { ...state.navigation, overlay: { kind: overlay, scroll: 0 } as const } }
    : state
  const lines = frame(shown, { columns: 160, rows: 130, glyphs: GLYPHS }, [])
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
}

describe('own keys', () => {
  test('an own key takes the place of the first one; the others stay', () => {
    const own = { down: 'J', sort: 'f', faults: 's', psql: 'W' }
    assert.deepEqual(customKeyProblems(own), [])
    assert.equal(bindingFor('J', 'rows', own)?.id, 'down')
    assert.equal(bindingFor('down', 'rows', own)?.id, 'down')
    assert.equal(bindingFor('j', 'rows', own), null)
    assert.equal(bindingFor('f', 'rows', own)?.id, 'sort')
    assert.equal(bindingFor('s', 'rows', own)?.id, 'faults')
    assert.equal(bindingFor('W', 'rows', own)?.id, 'psql')
    assert.equal(bindingFor('j', 'rows')?.id, 'down', 'the table itself is as it was')
  })

  test('where text is typed, letters stay letters', () => {
    assert.equal(bindingFor('n', 'palette', { down: 'n' }), null)
    assert.equal(bindingFor('down', 'palette', { down: 'n' })?.id, 'down')
    assert.equal(bindingFor('ctrl+t', 'entry', { interrupt: 'ctrl+t' })?.id, 'interrupt')
  })

  test('every place that names keys names the own one', () => {
    const rowsOf = (action: string) => keyTable({ [action]: 'z' }).filter((row) => row.action === action)
    assert.deepEqual(rowsOf('quit')[0]?.keys, ['z'])
    assert.deepEqual(rowsOf('psql')[0]?.keys, ['z', ':psql'])
    const keys = { quit: 'z', 'view-activity': 'w', help: 'i' }
    assert.match(textOf(keys), / i help {2}z quit/)
    assert.match(textOf({}), /0-9 views/)
    assert.doesNotMatch(textOf(keys), /0-9 views/)
    assert.match(textOf(keys, 'help'), /^ {5}z {17}quit/m)
    const state = stateOf([aVault()], { keys })
    const entry = paletteEntries({ state, faults: 0 }, [], 'quit')[0]
    assert.equal(entry?.key, 'z')
  })

  test('the footer names the keys that views have now, and one view only where those are too many', () => {
    assert.match(textOf({ quit: 'z' }), / 0-9 views /)
    assert.match(textOf({ 'view-activity': 'w' }), / 0-2,4-9,w views /)
    assert.match(textOf({ 'view-topology': 't' }), / 0,2-9,t views /)
    assert.match(textOf({ 'view-topology': '0', 'view-fleet': '1' }), / 0-9 views /)
    const moved = textOf({ 'view-topology': 't', 'view-activity': 'w', 'view-hosts': 'H', 'view-alerts': 'A' })
    assert.match(moved, / t topology /)
    assert.doesNotMatch(moved, / views /)
  })

  test('the keys that sentences name are those of the table', () => {
    for (const [key, action] of Object.entries(DEFAULT_KEY_ACTIONS))
      assert.equal(bindingFor(key, 'rows')?.id, action, key)
    const state = initialState({ clusters: [], now: 0, keys: { open: 'o' } })
    assert.deepEqual([currentKey(state, 'enter'), currentKey(state, '3'), currentKey(state, 'r')], ['o', '3', 'r'])
  })
})

describe('own keys that can not be taken', () => {
  const CASES: readonly (readonly [string, Readonly<Record<string, string>>, 'key' | 'value', RegExp])[] = [
    ['an action that is none', { quti: 'Q' }, 'key', /^unknown action "quti"; the nearest known action is "quit"/],
    ['a word that is no key', { quit: 'F13' }, 'value', /^found "F13"; allowed: one character .*"ctrl\+" and a letter/],
    ['a space as a character', { quit: ' ' }, 'value', /^found " "; allowed: .*space/],
    ['what terminals can not tell apart', { quit: 'ctrl+i' }, 'value', /^found "ctrl\+i"; terminals send it for tab/],
    [
      'the key of another action',
      { quit: 's' },
      'value',
      /^found "s"; allowed: .*"sort" uses this one: sort by the next/,
    ],
    ['a letter where text is typed', { accept: 'Q' }, 'value', /^found "Q"; allowed: a key that types no text/],
    ['the key of a view', { filter: '3' }, 'value', /"view-activity" uses this one/],
  ]
  for (const [what, own, at, message] of CASES) {
    test(what, () => {
      const [problem, ...others] = customKeyProblems(own)
      assert.equal(problem?.at, at)
      assert.match(problem?.message ?? '', message)
      assert.equal(others.length, 0)
    })
  }

  test('two actions with one key are both told', () => {
    assert.equal(customKeyProblems({ quit: 'z', filter: 'z' }).length, 2)
  })
})
