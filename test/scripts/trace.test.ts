// `npm run trace`: what is printed of a recorded trace.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { replayed } from '../../scripts/trace.ts'
import { traceLine } from '../../src/state/trace/trace-format.ts'

const TRACE = readFileSync(new URL('../traces/primary-lost.jsonl', import.meta.url), 'utf8')
const ASKED = { at: undefined, size: { columns: 100, rows: 24 }, list: false }

describe('npm run trace', () => {
  test('prints the screen at a moment, by seconds or by a time', () => {
    const [head = '', ...lines] = replayed(TRACE, { ...ASKED, at: '4s' }).split('\n')
    assert.match(head, /^── 4\.000s {2}2026-/)
    assert.equal(lines.length, 25, '24 rows and the end of the last')
    assert.match(lines.join('\n'), /db-a .* inactive/)
    const [, at = ''] = head.split('  ')
    assert.equal(replayed(TRACE, { ...ASKED, at }), [head, ...lines].join('\n'))
  })

  test('prints each screen that differs from the one before', () => {
    const screens = replayed(TRACE, ASKED).split(/^── /m).slice(1)
    assert.ok(screens.length > 3)
    const bodies = screens.map((each) => each.split('\n').slice(1).join('\n'))
    for (const [index, each] of bodies.entries()) assert.notEqual(each, bodies[index - 1])
  })

  test('lists events with their times and outcomes', () => {
    const list = replayed(TRACE, { ...ASKED, list: true })
    assert.match(list, /^\d\.\d{3}s {2}database-probed vault db-a ok$/m)
    assert.match(list, /^\d\.\d{3}s {2}database-probed vault db-a refused$/m)
  })

  test('says what it can’t do, and sends nothing to the terminal that a trace may hold', () => {
    assert.throws(() => replayed(TRACE, { ...ASKED, at: 'noon' }), /--at noon: allowed are/)
    assert.match(replayed(`${TRACE}{"at":1`, { ...ASKED, list: true }), /the last line is not whole/)
    const evil = traceLine({ at: 0, event: { type: 'filtered', text: '\x1b]52;c;ZXZpbA==\x07' } })
    for (const list of [true, false]) assert.doesNotMatch(replayed(TRACE + evil, { ...ASKED, list }), /[\x1b\x07]/)
  })
})
