// Text of any script in any width: nothing is wider than it may be, nothing is lost, and nothing takes for ever.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { asciiLine, wrapLines, wrapText } from '../../../../src/ui/frame/format/fit-text.ts'
import {
  cutLine,
  cutText,
  fitText,
  line,
  lineWidth,
  span,
  splitByWidth,
  spreadLine,
  textWidth,
} from '../../../../src/ui/frame/format/line.ts'
import { fieldListLines } from '../../../../src/ui/frame/parts/field-list.ts'
import { figureColumn, layoutTable, textColumn } from '../../../../src/ui/frame/parts/table.ts'
import { patiently } from '../../../wait.ts'

/** Wide, combining, right to left, joined to clusters, invisible, halves of pairs. */
const LETTERS = [
  ...[
    'a',
    ' ',
    '日',
    '本',
    'é',
    'e\u0301',
    '\u0301',
    'ß',
    '\u{1F600}',
    '\u{1F1E9}\u{1F1EA}',
    '\u{1F469}\u200d\u{1F467}',
  ],
  ...[
    '\u202e',
    '\u200f',
    '\u2066',
    'ש',
    'ل',
    'ا',
    '\u0651',
    'क',
    '\u094d',
    '\u0930',
    'ก',
    'ำ',
    '\u1100',
    '\u1161',
    '\u11a8',
  ],
  ...[
    'ｶ',
    '\uff9e',
    '\uff9f',
    '﷽',
    '\ud800',
    '\udc00',
    '\t',
    '\n',
    '\x1b[31m',
    '\x9b2J',
    '\0',
    '\u200b',
    '\ufe0f',
    '…',
    '─',
  ],
]
const text = fc.oneof(
  fc.array(fc.constantFrom(...LETTERS), { maxLength: 80 }).map((letters) => letters.join('')),
  fc.tuple(fc.constantFrom(...LETTERS), fc.nat(120)).map(([letter, times]) => letter.repeat(times)),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
)
const width = fc.integer({ min: 0, max: 60 })
const joined = (parts: readonly { readonly text: string }[]) => parts.map((part) => part.text).join('')

describe('any text in any width', () => {
  test('is cut and fitted within it', () => {
    fc.assert(
      fc.property(text, width, (given, cells) => {
        const shown = span(given).text
        assert.ok(textWidth(cutText(shown, cells)) <= cells)
        if (cells > 1) assert.equal(textWidth(fitText(shown, cells)), cells)
        if (cells > 1) assert.equal(textWidth(fitText(shown, cells, 'right')), cells)
      }),
      { numRuns: 1_000 },
    )
  })

  test('is broken into parts that fit and are the whole', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (given, cells) => {
        const shown = span(given).text
        const parts = splitByWidth(shown, cells)
        for (const part of parts)
          assert.ok(textWidth(part) <= cells, `${JSON.stringify(part)} is ${textWidth(part)} wide`)
        assert.equal(parts.join(''), shown)
      }),
      { numRuns: 1_000 },
    )
  })

  test('is wrapped within it, all its letters kept', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 60 }), (given, cells) => {
        const lines = wrapText(given, cells)
        for (const each of lines) assert.ok(textWidth(each) <= cells)
        assert.equal(lines.join('').replaceAll(' ', ''), span(given).text.replaceAll(' ', ''))
      }),
      { numRuns: 1_000 },
    )
  })

  test('keeps lines, spread ends, wrapped lines and ASCII lines within it', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), text, fc.integer({ min: 20, max: 100 }), (texts, end, cells) => {
        const whole = line(...texts)
        assert.ok(lineWidth(cutLine(whole, cells)) <= cells)
        assert.ok(lineWidth(spreadLine(whole, line(cutText(span(end).text, cells)), cells)) <= cells)
        for (const each of wrapLines([whole], cells))
          assert.ok(joined(each).trimEnd() === '' || textWidth(joined(each).trimEnd()) <= cells)
        const ascii = joined(asciiLine(cutLine(whole, cells)))
        assert.match(ascii, /^[\x20-\x7e]*$/)
        assert.ok(ascii.length <= cells)
      }),
      { numRuns: 500 },
    )
  })

  test('keeps tables and sheets within it, columns below each other', () => {
    const columns = [
      { ...textColumn('name', 'NAME', 0, 6, 24), cell: (row: readonly string[]) => span(row[0] ?? '') },
      { ...textColumn('what', 'WHAT', 1, 6, 40), cell: (row: readonly string[]) => span(row[1] ?? '') },
      { ...figureColumn('size', 'SIZE', 0, 5), cell: () => span('12 kB') },
    ]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 8 }),
        fc.integer({ min: 30, max: 120 }),
        (rows, cells) => {
          const shown = { first: 0, length: rows.length }
          const look = () => ({ marker: span('   '), base: 'plain', note: null }) as const
          const laid = layoutTable({
            columns,
            rows,
            visible: shown,
            width: cells,
            rowStyle: look,
            ellipsis: '…',
            sorted: null,
          })
          const widths = new Set([laid.head, ...laid.rows].map((each) => textWidth(joined(each).trimEnd())))
          // The last column is right-aligned figures: every line ends in the same cell.
          assert.ok(widths.size <= 1, `lines end in different cells: ${[...widths]}`)
          for (const each of laid.rows) assert.ok(lineWidth(each) <= cells)
          const facts = rows.flatMap(([label, value]) => [
            { label: cutText(span(label).text, 20), value },
            { label: '', value, whole: true as const },
          ])
          for (const each of fieldListLines([{ title: 'T', age: '', fields: facts }], cells, '…'))
            assert.ok(lineWidth(each) <= cells)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a megabyte without a space is laid out in passing', () => {
  for (const letter of ['a', '日', '\u1100', '\uff9e']) {
    // Reading the rest again for each line would take hours: the limit ends that.
    test(JSON.stringify(letter), { timeout: patiently(20_000) }, () => {
      const given = letter.repeat(Math.ceil(1_000_000 / letter.length))
      for (const each of wrapText(given, 100)) assert.ok(textWidth(each) <= 100)
      assert.ok(textWidth(cutText(span(given).text, 100)) <= 100)
    })
  }
})
