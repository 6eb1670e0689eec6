// What a terminal is given by what it says of itself.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ASCII_GLYPHS, glyphsFor, UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { colourLevel } from '../../../src/ui/frame/format/theme.ts'
import { sparkline } from '../../../src/ui/frame/format/values.ts'

describe('glyphs', () => {
  test('Unicode needs a UTF-8 locale; LC_ALL wins over LANG', () => {
    assert.equal(glyphsFor({ LANG: 'de_DE.UTF-8' }, 'linux'), UNICODE_GLYPHS)
    assert.equal(glyphsFor({ LANG: 'C.utf8' }, 'linux'), UNICODE_GLYPHS)
    assert.equal(glyphsFor({ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'linux'), ASCII_GLYPHS)
    assert.equal(glyphsFor({}, 'linux'), ASCII_GLYPHS)
    assert.equal(glyphsFor({}, 'darwin'), UNICODE_GLYPHS)
    assert.equal(glyphsFor({ LANG: 'en_US.ISO-8859-1' }, 'darwin'), ASCII_GLYPHS)
  })
})

describe('colour', () => {
  test('NO_COLOR takes it away unless empty', () => {
    assert.equal(colourLevel({ TERM: 'xterm', NO_COLOR: '1' }), 0)
    assert.equal(colourLevel({ TERM: 'xterm', NO_COLOR: '' }), 1)
    assert.equal(colourLevel({ TERM: 'vt220' }), 0)
  })
})

describe('sparkline', () => {
  test('noise below the floor stays flat; gaps stay gaps; the newest is last', () => {
    assert.equal(sparkline([1, null, 20], 4, UNICODE_GLYPHS.levels, 20), ' ▁ █')
    assert.equal(sparkline([1, 2, 3], 3, UNICODE_GLYPHS.levels, 100), '▁▁▁')
    assert.equal(sparkline([1, 2], 4, '', 1), '')
  })
})
