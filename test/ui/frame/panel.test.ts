// Menus say how much of them is out of sight.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DemoFault } from '../../../src/state/controller.ts'
import { type Glyphs, SCREEN_READER_GLYPHS, UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { panel } from '../../../src/ui/frame/panel.ts'
import { healthy } from '../../builders/screens.ts'

const faults = Array.from({ length: 17 }, (_, index): DemoFault => {
  return { id: `${index}`, title: `fault ${index}`, explains: '', make: async () => {} }
})

function titleWith(chosen: number, shown = faults, glyphs: Glyphs = UNICODE_GLYPHS): string {
  const state = healthy()
  const navigation = { ...state.navigation, overlay: { kind: 'faults', chosen } as const }
  const lines = panel({ state: { ...state, navigation }, faults: shown.length }, shown, {
    columns: 120,
    rows: 30,
    glyphs,
  })
  return (lines[1] ?? []).map(({ text }) => text).join('')
}

test('a menu that does not fit counts what is below, above, or both', () => {
  assert.match(titleWith(0), / ↓ 5 more /)
  assert.match(titleWith(16), / ↑ 5 more /)
  assert.match(titleWith(8), / ↑ 2 {2}↓ 3 more /)
  assert.match(titleWith(8, faults, SCREEN_READER_GLYPHS), / 2 more above, 3 more below /)
})

test('one that fits says nothing of it', () => {
  assert.doesNotMatch(titleWith(0, faults.slice(0, 12)), /more/)
})
