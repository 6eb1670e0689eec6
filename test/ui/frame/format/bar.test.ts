// Bars: their length, their ends, the figure beside them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { percentText, shareBar, shareText } from '../../../../src/ui/frame/format/bar.ts'
import { ASCII_GLYPHS, SCREEN_READER_GLYPHS, UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'

describe('a bar', () => {
  test('is as long as its width, whatever the share', () => {
    for (const share of [-1, 0, 0.001, 0.24, 0.5, 0.999, 1, 7])
      assert.equal(shareBar(share, 10, UNICODE_GLYPHS).length, 10)
    assert.equal(shareBar(0.5, 10, UNICODE_GLYPHS), '█████░░░░░')
    assert.equal(shareBar(0.5, 10, ASCII_GLYPHS), '#####.....')
  })

  test('what has begun is seen, and what is not done is not seen as done', () => {
    assert.equal(shareBar(0, 4, UNICODE_GLYPHS), '░░░░')
    assert.equal(shareBar(0.001, 4, UNICODE_GLYPHS), '█░░░')
    assert.equal(shareBar(0.999, 4, UNICODE_GLYPHS), '███░')
    assert.equal(shareBar(1, 4, UNICODE_GLYPHS), '████')
  })

  test('is left out where it would be read aloud', () => {
    assert.equal(shareBar(0.5, 10, SCREEN_READER_GLYPHS), '')
    assert.equal(shareText(0.5, 10, SCREEN_READER_GLYPHS), ' 50 % ')
  })

  test('has its figure first, and a question mark when there is none', () => {
    assert.equal(shareText(0.62, 5, UNICODE_GLYPHS), ' 62 % ███░░')
    assert.equal(shareText(null, 5, UNICODE_GLYPHS), '    ?')
  })

  test('has decimals only where they matter', () => {
    assert.deepEqual([0, 0.00001, 0.0031, 0.0849, 0.0996, 0.5, 9.56].map(percentText), [
      '0 %',
      '0.0 %',
      '0.3 %',
      '8.5 %',
      '10 %',
      '50 %',
      '956 %',
    ])
  })
})
