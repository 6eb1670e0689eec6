// Marks of pasted text reach the screen whole, however the terminal's bytes were cut; a key that is an escape is not held.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepPasteMarksWhole } from '../../../src/ui/terminal/bracketed-paste.ts'
import { filterInput } from '../../../src/ui/terminal/filtered-input.ts'

const START = '\x1b[200~'
const END = '\x1b[201~'

/** What comes out, piece by piece, of pieces that go in. */
function through(pieces: readonly string[]): readonly string[] {
  const source = new PassThrough({ encoding: 'utf8' })
  const filter = keepPasteMarksWhole((key) => source.unshift(key))
  const input = filterInput(source as unknown as NodeJS.ReadStream, [filter])
  return pieces.map((piece) => {
    source.write(piece)
    return String(input.read() ?? '')
  })
}

test('a mark that is cut anywhere comes in one piece', () => {
  const text = `${'x'.repeat(100)}${START}q\rq${END}`
  fc.assert(
    fc.property(fc.integer({ min: 66, max: text.length - 1 }), (at) => {
      const out = through([text.slice(0, at), text.slice(at)])
      assert.equal(out.join(''), text)
      for (const piece of out) assert.doesNotMatch(piece, /\x1b(\[(2(0[01]?)?)?)?$/, JSON.stringify(piece))
    }),
  )
})

test('an escape that is pressed goes on at once, and so do other sequences', () => {
  assert.deepEqual(through(['\x1b', 'j', '\x1b[A', '\x1b[2~']), ['\x1b', 'j', '\x1b[A', '\x1b[2~'])
})
