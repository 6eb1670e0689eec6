// The colour of the background as the terminal tells it, and that no answer is ever taken for keys.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createTerminalBackground, parseBackground } from '../../../src/ui/terminal/background.ts'
import { filterInput } from '../../../src/ui/terminal/filtered-input.ts'

const LIGHT = '\x1b]11;rgb:ffff/fafa/f0f0\x07'
const DARK = '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\'

/** What is left of input in pieces, what is known after it, what was sent. */
function play(pieces: readonly string[], over: { theme?: 'auto' | 'dark'; env?: Record<string, string> } = {}) {
  const sent: string[] = []
  let changes = 0
  const backdrop = createTerminalBackground({
    theme: over.theme ?? 'auto',
    env: over.env ?? { TERM: 'xterm' },
    mayAsk: true,
    changed: () => {
      changes += 1
    },
  })
  const raw = new PassThrough()
  raw.setEncoding('utf8')
  const stdin = filterInput(raw as unknown as NodeJS.ReadStream, [backdrop.withoutAnswer])
  backdrop.ask((sequence) => void sent.push(sequence))
  backdrop.ask((sequence) => void sent.push(sequence))
  let text = ''
  for (const piece of pieces) {
    raw.write(piece)
    for (let chunk = stdin.read(); chunk !== null; chunk = stdin.read()) text += chunk
  }
  return { text, sent, changes, background: backdrop.now() }
}

test('a colour is light or dark by how bright it looks', () => {
  for (const light of ['rgb:ffff/ffff/ffff', 'rgb:ff/fa/f0', 'rgb:f/f/f', 'rgba:fdfd/f6f6/e3e3/ffff']) {
    assert.equal(parseBackground(light), 'light', light)
  }
  for (const dark of ['rgb:0000/0000/0000', 'rgb:00/2b/36', 'rgb:0/0/f', 'rgb:ff/0/0']) {
    assert.equal(parseBackground(dark), 'dark', dark)
  }
  for (const other of ['', '?', 'white', 'rgb:gg/00/00', 'rgb:00/00', 'rgb:12345/0/0']) {
    assert.equal(parseBackground(other), null, other)
  }
})

describe('the question', () => {
  test('is asked once, and the answer decides', () => {
    const { text, sent, changes, background } = play(['j', LIGHT, 'k'])
    assert.deepEqual(sent, ['\x1b]11;?\x07'])
    assert.deepEqual([text, changes, background], ['jk', 1, 'light'])
    assert.deepEqual(play([DARK]), { text: '', sent, changes: 0, background: 'dark' })
  })

  test('without an answer it is COLORFGBG, else dark', () => {
    assert.equal(play(['j']).background, 'dark')
    assert.equal(play(['j'], { env: { TERM: 'xterm', COLORFGBG: '0;15' } }).background, 'light')
    const told = play([DARK], { env: { TERM: 'xterm', COLORFGBG: '0;15' } })
    assert.deepEqual([told.background, told.changes], ['dark', 1])
  })

  test('is not asked where the config says it, nor of a terminal that would print it', () => {
    assert.deepEqual(play([], { theme: 'dark' }).sent, [])
    assert.deepEqual(play([], { env: { TERM: 'linux' } }).sent, [])
  })
})

describe('answers', () => {
  test('in pieces are put together; keys pass as they are, an escape at once', () => {
    assert.deepEqual(play(['x\x1b]1', '1;rgb:ff/ff', '/ff\x07y']).text, 'xy')
    assert.equal(play(['\x1b']).text, '\x1b')
    assert.equal(play(['\x1b', '[A']).text, '\x1b[A')
    assert.equal(play(['\x1b', 'j', '\x1b', '\x1b', 'k']).text, '\x1bj\x1b\x1bk')
    assert.equal(play(['\x1b]', '0;title\x07']).text, '\x1b]0;title\x07')
  })

  test('whose escape came alone leave nothing but that key', () => {
    const { text, background } = play(['\x1b', ']11;rgb:ffff/ffff/ffff', '\x07', 'j'])
    assert.deepEqual([text, background], ['\x1bj', 'light'])
  })

  test('however cut up, nothing but keys is left', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, fc.constantFrom(LIGHT, DARK), (places, answer) => {
        const whole = `jk${answer}l\x1b[Bq`
        const ends = [...places.sort((a, b) => a - b).filter((at) => at < whole.length), whole.length]
        const pieces = ends.map((end, index) => whole.slice(ends[index - 1] ?? 0, end))
        const { text } = play(pieces)
        // An escape that ends a piece is a key to whoever reads it.
        assert.match(text, /^jk\x1b?l\x1b\[Bq$/)
      }),
    )
  })
})
