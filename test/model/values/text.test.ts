import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { clean, cleanDocument, cleanLines, escapedJson, listText, safeJson } from '../../../src/model/values/text.ts'
import { patiently } from '../../wait.ts'

describe('only visible text is left', () => {
  const table: readonly [string, string, string][] = [
    ['plain', 'pmp-a', 'pmp-a'],
    ['letters of other scripts', 'Zürich 東京 Москва', 'Zürich 東京 Москва'],
    ['a combined letter', 'e\u0301', 'e\u0301'],
    ['colour', '\x1b[31mred\x1b[0m', 'red'],
    ['cursor movement', 'a\x1b[2;5Hb\x1b[2Jc', 'abc'],
    ['private modes', '\x1b[?1049hx', 'x'],
    ['window title', '\x1b]0;gotcha\x07x', 'x'],
    ['hyperlink', '\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\', 'click'],
    ['clipboard', '\x1b]52;c;ZXZpbA==\x07x', 'x'],
    ['device control string', '\x1bP1$r\x1b\\x', 'x'],
    ['eight-bit introducers', '\x9b31mred\x9d0;title\x9cx', 'redx'],
    ['unfinished string', 'a\x1b]0;rest', 'a]0;rest'],
    ['unfinished sequence', 'a\x1b[31', 'a[31'],
    ['reset', '\x1bcx', 'x'],
    ['character set', '\x1b(0x', 'x'],
    ['bell, backspace, null', 'a\x07b\x08c\x00d\x7f', 'abcd'],
    ['line breaks and tabs', 'a\r\n\tb\u2028c', 'a b c'],
    ['right-to-left override', 'a\u202egpj.exe', 'agpj.exe'],
    ['isolates and marks', '\u2066a\u2069\u200e\u200f\u061c', 'a'],
    ['zero width', 'a\u200bb\u200dc\ufeffd\u00ade', 'abcde'],
    ['tag characters', `a${String.fromCodePoint(0xe0041)}b`, 'ab'],
    ['broken surrogate', 'a\ud800b', 'a\ufffdb'],
    ['piled marks', `a${'\u0301'.repeat(50)}`, `a${'\u0301'.repeat(4)}`],
  ]
  for (const [name, text, expected] of table) test(name, () => assert.equal(clean(text), expected))
})

const DANGEROUS = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

test('nothing dangerous is left of any text, and cleaning twice changes nothing', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\x1b', '\x1b[', '\x1b]', '\x9b', '\x07', '\x1b\\', '\u202e', ';', 'm'),
  )
  fc.assert(
    fc.property(fc.array(unit), (parts) => {
      const cleaned = clean(parts.join(''))
      assert.doesNotMatch(cleaned, DANGEROUS)
      assert.equal(clean(cleaned), cleaned)
      assert.ok(cleaned.isWellFormed())
    }),
    { numRuns: 500 },
  )
})

describe('a megabyte of hostile text is read once', () => {
  for (const unit of ['\x9d', '\x1b]', '\x1b[3', '\x1b[;;;;', '\x1b]0;a', '\u0301', 'a\x1b', '\x1b ']) {
    // A quadratic reading of a megabyte takes minutes: the runner's limit would end it.
    test(JSON.stringify(unit), { timeout: patiently(10_000) }, () => {
      assert.ok(clean(unit.repeat(Math.ceil(1_000_000 / unit.length))).length <= 1_000_000)
    })
  }
})

describe('JSON is as harmless as text', () => {
  const HOSTILE = 'a\u009b31m\u202eevil\u2066\u200bX\u0085Z\u2028W\ufeff\u{e0041}'

  test('texts and names in it are cleaned, line breaks and tabs stay, all else is what it was', () => {
    const at = new Date(0)
    const document = { [HOSTILE]: [HOSTILE, 'one\r\n\ttwo\u009b\nthree', 1, null, true, { at }] }
    assert.deepEqual(cleanDocument(document), {
      'aevilX Z W': ['aevilX Z W', 'one\n\ttwo\nthree', 1, null, true, { at }],
    })
    assert.doesNotMatch(safeJson(document, 2).replaceAll('\n', ''), DANGEROUS)
    assert.equal(cleanLines('plain'), 'plain')
  })

  test('any text leaves a document that can be read again and holds nothing dangerous', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const json = safeJson(texts)
        assert.doesNotMatch(json, DANGEROUS)
        assert.deepEqual(JSON.parse(json), texts.map(cleanLines))
      }),
    )
  })

  test('where values must stay what they are, they are escaped', () => {
    const json = escapedJson({ [HOSTILE]: HOSTILE })
    assert.doesNotMatch(json, /[\x7f-\x9f\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}\u{e0041}]/u)
    assert.deepEqual(JSON.parse(json), { [HOSTILE]: HOSTILE })
  })
})

test('a list in words', () => {
  const lists = [[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((each) => listText(each))
  assert.deepEqual(lists, ['', 'a', 'a and b', 'a, b and c'])
  assert.equal(listText(['200', '302', '401'], 'or'), '200, 302 or 401')
})
