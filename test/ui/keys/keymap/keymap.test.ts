// The key table holds together, and released keys keep their meaning.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ACTIONS } from '../../../../src/profiles/actions.ts'
import { FIXED_BINDING_IDS } from '../../../../src/ui/keys/binding-id.ts'
import { KEY_MODES } from '../../../../src/ui/keys/bindings/binding.ts'
import { parsePressedKeys, textOfKey } from '../../../../src/ui/keys/input.ts'
import { keyTable } from '../../../../src/ui/keys/keymap/key-table.ts'
import { BINDINGS, bindingFor } from '../../../../src/ui/keys/keymap/keymap.ts'
import { paletteEntries } from '../../../../src/ui/keys/keymap/palette.ts'
import { isPaletteCommand } from '../../../../src/ui/keys/names.ts'
import { matchScore } from '../../../../src/ui/keys/word-match.ts'
import { stateOf } from '../../../builders/screens.ts'
import { aVault } from '../../../builders/snapshot.ts'

describe('the key table', () => {
  test('no key means two things in one mode', () => {
    for (const mode of KEY_MODES) {
      const keys = BINDINGS.filter(({ modes }) => modes.includes(mode)).flatMap(({ keys }) => keys)
      assert.deepEqual(keys, [...new Set(keys)], `in ${mode}`)
    }
  })

  test('text entries bind no key that types text', () => {
    for (const mode of ['entry', 'palette'] as const) {
      const keys = BINDINGS.filter(({ modes }) => modes.includes(mode)).flatMap(({ keys }) => keys)
      assert.deepEqual(
        keys.filter((key) => textOfKey(key) !== null),
        [],
        `in ${mode}`,
      )
    }
  })

  test('every action of a key has a binding', () => {
    const bound = new Set(BINDINGS.map(({ id }) => id))
    assert.deepEqual(
      FIXED_BINDING_IDS.filter((id) => !bound.has(id)),
      [],
    )
  })

  test('every binding is listed, and every mode can be left', () => {
    assert.equal(keyTable().length, BINDINGS.length)
    for (const mode of KEY_MODES) {
      assert.equal(bindingFor('ctrl+c', mode)?.id, 'interrupt')
      assert.ok(bindingFor('esc', mode), mode)
    }
  })

  test('released keys keep their meaning', () => {
    const meaning = (key: string) => bindingFor(key, 'rows')?.id
    const keys = [
      'j',
      'k',
      'g',
      'G',
      'enter',
      'esc',
      'tab',
      '/',
      ':',
      's',
      'S',
      'space',
      '+',
      '-',
      '?',
      'q',
      'r',
      'f',
      '1',
      '2',
      '3',
    ]
    assert.deepEqual(keys.map(meaning), [
      'down',
      'up',
      'first',
      'last',
      'open',
      'back',
      'next-pane',
      'filter',
      'palette',
      'sort',
      'sort-reverse',
      'pause',
      'faster',
      'slower',
      'help',
      'quit',
      'rename',
      'faults',
      'view-topology',
      'view-replication',
      'view-activity',
    ])
  })
})

describe('--press', () => {
  test('names of keys are keys, other words are typed', () => {
    assert.deepEqual(parsePressedKeys('3 / vac enter  ctrl+u esc'), ['3', '/', 'v', 'a', 'c', 'enter', 'ctrl+u', 'esc'])
    assert.deepEqual(parsePressedKeys('  '), [])
  })
})

describe('the palette', () => {
  test('finds words, not letters scattered over a title', () => {
    const title = 'unsilence the selected alert'
    assert.equal(matchScore('zz', { title }), null)
    assert.equal(matchScore('schedule', { title: 'silence the selected alert until a time' }), null)
    assert.equal(matchScore('restart', { title }), null)
    assert.equal(matchScore('', { title }), 0)
    assert.ok(matchScore('sel al', { title }) !== null)
    assert.ok((matchScore('rebuild replica', { title: 'x', names: ['rebuild-replica'] }) ?? 0) >= 100)
  })

  test('finds every documented name and every synonym first', () => {
    const context = { state: stateOf([aVault()]), faults: 0 }
    const first = (typed: string) => paletteEntries(context, [], typed)[0]?.command
    for (const { keys, id } of BINDINGS)
      for (const key of keys.filter(isPaletteCommand))
        assert.deepEqual(first(key.slice(1)), { kind: 'action', id }, key)
    for (const { name, key } of ACTIONS) {
      const found = first(name)
      const id = found?.kind === 'action' ? found.id : null
      assert.ok(id === `do-${name}` || (key !== null && ['rename', 'collect-logs'].includes(String(id))), name)
    }
    assert.deepEqual(first('audit user'), { kind: 'pane', view: 'audit', pane: 'audit:user' })
    assert.deepEqual(first('audit'), { kind: 'action', id: 'view-audit' })
    const wanted: Readonly<Record<string, string>> = {
      kill: 'do-terminate-session',
      start: 'do-start',
      ack: 'acknowledge',
      tls: 'view-access',
      certificate: 'view-access',
      sessions: 'view-activity',
      vacuum: 'view-storage',
      failover: 'do-promote',
      pg_hba: 'hba',
      logs: 'collect-logs',
      idle: 'view-activity',
      blocking: 'view-locks',
      bloat: 'view-storage',
      schedules: 'view-alerts',
    }
    for (const [typed, id] of Object.entries(wanted)) assert.deepEqual(first(typed), { kind: 'action', id }, typed)
  })

  test('go and a name lead to a server or database', () => {
    const context = { state: stateOf([aVault()]), faults: 0 }
    const first = (typed: string) => paletteEntries(context, [], typed)[0]?.command
    assert.deepEqual(first('go db-ro'), { kind: 'node', name: 'db-ro' })
    assert.deepEqual(first('db-ro'), { kind: 'node', name: 'db-ro' })
    assert.deepEqual(first('go pmp-b'), { kind: 'node', name: 'pmp-b' })
    assert.equal(paletteEntries(context, [], 'go nowhere').length, 0)
  })

  test('what `pgdeck keys` says to type into the palette is found there', () => {
    const context = { state: stateOf([aVault()]), faults: 0 }
    for (const { keys, id } of BINDINGS) {
      for (const key of keys.filter(isPaletteCommand)) {
        const found = paletteEntries(context, [], key.slice(1)).map(({ command }) => command)
        assert.ok(
          found.some((command) => command.kind === 'action' && command.id === id),
          key,
        )
      }
    }
  })
})
