import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { insertHbaLine } from '../../../../src/model/hba/edit/edit-lines.ts'
import { rulesOf } from '../asked.ts'

const LINE = 'host replication ro 10.0.0.13/32 scram-sha-256'
const AT_END = { line: LINE, before: null, replaces: null }

describe('a proposed line in its file', () => {
  for (const [what, text, place, wanted] of [
    ['at the end', 'a\n', AT_END, `a\n${LINE}\n`],
    ['at the end of a file that does not end its line', 'a', AT_END, `a\n${LINE}\n`],
    ['in an empty file', '', AT_END, `${LINE}\n`],
    ['with the line ends of the file', 'a\r\nb\r\n', AT_END, `a\r\nb\r\n${LINE}\r\n`],
    ['not as the continuation of the last line', 'a \\\n', AT_END, `a \\\n\n${LINE}\n`],
    ['before a line', 'a\nb\nc\n', { line: LINE, before: 2, replaces: null }, `a\n${LINE}\nb\nc\n`],
    ['before the first', 'a\n', { line: LINE, before: 1, replaces: null }, `${LINE}\na\n`],
    [
      'before a line of a file with \\r\\n',
      'a\r\nb\r\n',
      { line: LINE, before: 2, replaces: null },
      `a\r\n${LINE}\r\nb\r\n`,
    ],
    ['instead of a broken line', 'a\nb\nc\n', { line: LINE, before: 2, replaces: 2 }, `a\n${LINE}\nc\n`],
    [
      'instead of one with continuations',
      'a\nb \\\n b2\nc\n',
      { line: LINE, before: 2, replaces: 2 },
      `a\n${LINE}\nc\n`,
    ],
    ['instead of the last one', 'a\nb', { line: LINE, before: 2, replaces: 2 }, `a\n${LINE}`],
  ] as const) {
    test(what, () => assert.equal(insertHbaLine(text, place, 18), wanted))
  }

  test('a file without that line is another file', () => {
    assert.equal(insertHbaLine('a\n', { line: LINE, before: 9, replaces: null }, 18), null)
    assert.equal(insertHbaLine('a \\\nb\n', { line: LINE, before: 2, replaces: null }, 18), null)
  })

  test('what follows a backslash at the end is a line of its own', () => {
    const text = insertHbaLine('host all all 10.0.0.1/32 trust \\\n', AT_END, 18) ?? ''
    assert.equal(rulesOf(text).records.length, 2, text)
  })
})
