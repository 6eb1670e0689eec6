import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Resvg } from '@resvg/resvg-js'
import { UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { line, span } from '../../../src/ui/frame/format/line.ts'
import { frame } from '../../../src/ui/frame/screen.ts'
import { svgDocument } from '../../../src/ui/frame/svg.ts'
import { hostileNames, primaryDown } from '../../builders/screens.ts'

const SCREEN = { columns: 120, rows: 40, glyphs: UNICODE_GLYPHS }

describe('svgOf', () => {
  test('every stretch of text stands where its cells are, in the colours of its meaning', () => {
    const svg = svgDocument([line(' a b   ', span('wide 漢字', 'warning'), span(' x ', 'alarm'))], 'dark')
    assert.match(svg, /<text x="22.43" y="27.5" textLength="25.29" [^>]*fill="#c8ccd4">a b<\/text>/)
    assert.match(svg, /<text x="73.01" y="27.5" textLength="75.87" [^>]*fill="#e3b341">wide 漢字<\/text>/)
    assert.match(svg, /<rect [^>]*fill="#c93c37"\/>\n<text [^>]*font-weight="bold">x<\/text>/)
    assert.notEqual(svgDocument([line('a')], 'light'), svgDocument([line('a')], 'dark'))
  })

  test('text stays text', () => {
    const svg = svgDocument([line(`</text><script>"&'`)], 'dark')
    assert.ok(svg.includes(`&lt;/text&gt;&lt;script&gt;"&amp;'</text>`))
  })

  test('a whole screen is a picture that a renderer takes, hostile names included', () => {
    for (const state of [primaryDown(), hostileNames()]) {
      for (const background of ['dark', 'light'] as const) {
        const picture = new Resvg(svgDocument(frame(state, SCREEN, []), background), {
          font: { loadSystemFonts: false },
        })
        assert.equal(picture.width, Math.ceil(120 * 8.43 + 28))
        assert.equal(picture.height, 40 * 18 + 28)
      }
    }
  })
})
