// Widths, cuts and lines, with text from any script.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { wrapText } from '../../../../src/ui/frame/format/fit-text.ts'
import {
  cutLine,
  cutText,
  fitText,
  line,
  lineWidth,
  span,
  spreadLine,
  textWidth,
} from '../../../../src/ui/frame/format/line.ts'

const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('日本語', '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}', 'e\u0301'.repeat(3), '─●▸'),
)

describe('widths', () => {
  test('are never less than string-width says, which knows clusters that not every terminal joins', () => {
    fc.assert(fc.property(TEXT, (text) => textWidth(span(text).text) >= stringWidth(span(text).text)))
  })

  test('are the same wherever a text is put together', () => {
    fc.assert(
      fc.property(TEXT, TEXT, (one, other) => {
        const [before, after] = [span(one).text, span(other).text]
        return textWidth(before + after) === textWidth(before) + textWidth(after)
      }),
    )
  })

  test('nothing but visible text is in a span', () => {
    fc.assert(fc.property(TEXT, (text) => !/\p{Cc}|\p{Bidi_Control}/u.test(span(text).text)))
  })
})

describe('cut and fit', () => {
  test('never exceed, and fit fills exactly', () => {
    fc.assert(
      fc.property(TEXT, fc.nat(30), (text, width) => {
        const clean = span(text).text
        return textWidth(cutText(clean, width)) <= width && (width < 2 || textWidth(fitText(clean, width)) === width)
      }),
    )
  })

  test('a wide character is not halved', () => {
    assert.equal(cutText('日本語', 4), '日…')
    assert.equal(fitText('日本語', 4), '日… ')
    assert.equal(fitText('12', 5, 'right'), '   12')
  })
})

describe('lines', () => {
  test('cutLine keeps within the width and marks the cut', () => {
    assert.deepEqual(cutLine(line('abc', 'def'), 6), line('abc', 'def'))
    assert.equal(
      cutLine(line('abc', 'def'), 5)
        .map(({ text }) => text)
        .join(''),
      'abcd…',
    )
    assert.equal(
      cutLine(line('abc', 'def'), 3)
        .map(({ text }) => text)
        .join(''),
      'ab…',
    )
    fc.assert(
      fc.property(fc.array(TEXT), fc.nat(40), (texts, width) => lineWidth(cutLine(line(...texts), width)) <= width),
    )
  })

  test('spread puts the right part at the edge', () => {
    assert.equal(
      spreadLine(line('a'), line('z'), 5)
        .map(({ text }) => text)
        .join(''),
      'a   z',
    )
    assert.equal(
      spreadLine(line('abcdef'), line('z'), 5)
        .map(({ text }) => text)
        .join(''),
      'ab… z',
    )
  })

  test('wrap breaks at spaces and loses nothing', () => {
    assert.deepEqual(wrapText('GRANT pg_monitor TO pgdeck', 10), ['GRANT', 'pg_monitor', 'TO pgdeck'])
    assert.deepEqual(wrapText('abcdefgh', 3), ['abc', 'def', 'gh'])
  })
})
