import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ASCII, UNICODE } from '../../../src/ui/frame/format/glyphs.ts'
import { titleOf } from '../../../src/ui/terminal/title.ts'
import { firstSeconds, healthy, hostile, primaryDown, severalClusters } from '../../builders/screens.ts'

describe('titleOf', () => {
  test('says the worst there is, and of which cluster', () => {
    assert.equal(titleOf(healthy(), UNICODE), '● vault · pgdeck')
    assert.match(titleOf(primaryDown(), UNICODE), /^✖ CRITICAL vault – [a-z-]+ · pgdeck$/)
    assert.match(titleOf(severalClusters(), UNICODE), /^✖ CRITICAL payroll \(and 3 more\) – [a-z-]+ · pgdeck$/)
    assert.equal(titleOf(firstSeconds(), UNICODE), '? waiting vault · pgdeck')
    assert.equal(titleOf({ ...healthy(), clusters: [] }, UNICODE), 'pgdeck')
  })

  test('no name ends the sequence or adds one, and ASCII stays ASCII', () => {
    assert.doesNotMatch(titleOf(hostile(), UNICODE), /\p{Cc}/u)
    assert.match(titleOf(hostile(), ASCII), /^[\x20-\x7e]+$/)
  })
})
