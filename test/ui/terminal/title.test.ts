import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { terminalTitle } from '../../../src/ui/terminal/title.ts'
import { firstSeconds, healthy, hostileNames, primaryDown, severalClusters } from '../../builders/screens.ts'

describe('titleOf', () => {
  test('says the worst there is, and of which cluster', () => {
    assert.equal(terminalTitle(healthy(), UNICODE_GLYPHS), '● vault · pgdeck')
    assert.match(terminalTitle(primaryDown(), UNICODE_GLYPHS), /^✖ CRITICAL vault – [a-z-]+ · pgdeck$/)
    assert.match(
      terminalTitle(severalClusters(), UNICODE_GLYPHS),
      /^✖ CRITICAL payroll \(and 3 more\) – [a-z-]+ · pgdeck$/,
    )
    assert.equal(terminalTitle(firstSeconds(), UNICODE_GLYPHS), '? waiting vault · pgdeck')
    assert.equal(terminalTitle({ ...healthy(), clusters: [] }, UNICODE_GLYPHS), 'pgdeck')
  })

  test('no name ends the sequence or adds one, and ASCII stays ASCII', () => {
    assert.doesNotMatch(terminalTitle(hostileNames(), UNICODE_GLYPHS), /\p{Cc}/u)
    assert.match(terminalTitle(hostileNames(), ASCII_GLYPHS), /^[\x20-\x7e]+$/)
  })
})
