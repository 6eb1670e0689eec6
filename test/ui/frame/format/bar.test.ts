// Bars: their length, their ends, the figure beside them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bar, percent, shareText } from '../../../../src/ui/frame/format/bar.ts'
import { ASCII, SPOKEN, UNICODE } from '../../../../src/ui/frame/format/glyphs.ts'

describe('a bar', () => {
  test('is as long as its width, whatever the share', () => {
    for (const share of [-1, 0, 0.001, 0.24, 0.5, 0.999, 1, 7]) assert.equal(bar(share, 10, UNICODE).length, 10)
    assert.equal(bar(0.5, 10, UNICODE), '█████░░░░░')
    assert.equal(bar(0.5, 10, ASCII), '#####.....')
  })

  test('what has begun is seen, and what is not done is not seen as done', () => {
    assert.equal(bar(0, 4, UNICODE), '░░░░')
    assert.equal(bar(0.001, 4, UNICODE), '█░░░')
    assert.equal(bar(0.999, 4, UNICODE), '███░')
    assert.equal(bar(1, 4, UNICODE), '████')
  })

  test('is left out where it would be read aloud', () => {
    assert.equal(bar(0.5, 10, SPOKEN), '')
    assert.equal(shareText(0.5, 10, SPOKEN), ' 50 % ')
  })

  test('has its figure first, and a question mark when there is none', () => {
    assert.equal(shareText(0.62, 5, UNICODE), ' 62 % ███░░')
    assert.equal(shareText(null, 5, UNICODE), '    ?')
  })

  test('has decimals only where they matter', () => {
    assert.deepEqual([0, 0.00001, 0.0031, 0.0849, 0.0996, 0.5, 9.56].map(percent), [
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
