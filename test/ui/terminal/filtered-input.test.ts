// All filters of the input together: whatever is cut wherever, Ink reads keys and marks of pastes, and nothing else.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTerminalBackground } from '../../../src/ui/terminal/background.ts'
import { keepPasteMarksWhole } from '../../../src/ui/terminal/bracketed-paste.ts'
import { filterInput } from '../../../src/ui/terminal/filtered-input.ts'
import { filterMouseReports, type TerminalMouseEvent } from '../../../src/ui/terminal/mouse.ts'

const SENT = '\x1b]11;rgb:ffff/fafa/f0f0\x07j\x1b[<64;1;1Mk\x1b[200~q\rq\x1b[201~\x1b[A\x1b[<0;12;7M'
const KEYS = 'jk\x1b[200~q\rq\x1b[201~\x1b[A'

function open() {
  const raw = new PassThrough({ encoding: 'utf8' })
  const heard: TerminalMouseEvent[] = []
  const backdrop = createTerminalBackground({ theme: 'auto', env: { TERM: 'xterm' }, mayAsk: true, changed() {} })
  backdrop.ask(() => {})
  const stdin = filterInput(raw as unknown as NodeJS.ReadStream, [
    backdrop.withoutAnswer,
    keepPasteMarksWhole((key) => raw.unshift(key)),
    filterMouseReports((event) => void heard.push(event)),
  ])
  const readAll = () => {
    let text = ''
    for (let piece = stdin.read(); piece !== null; piece = stdin.read()) text += piece
    return text
  }
  return { raw, stdin, heard, backdrop, readAll }
}

test('what is no key is taken out, however it is cut', () => {
  // A cut right behind an escape is left out: an escape alone is a key, for the filters as for everybody.
  const cuts = Array.from(SENT, (_, at) => at).filter((at) => at > 0 && SENT[at - 1] !== '\x1b')
  fc.assert(
    fc.property(fc.subarray(cuts, { maxLength: 6 }), (places) => {
      const { raw, heard, backdrop, readAll } = open()
      let text = ''
      let from = 0
      for (const at of [...places, SENT.length]) {
        raw.write(SENT.slice(from, at))
        text += readAll()
        from = at
      }
      assert.equal(text, KEYS)
      assert.equal(backdrop.now(), 'light')
      assert.deepEqual(heard, [
        { kind: 'wheel', by: -3 },
        { kind: 'click', row: 6 },
      ])
    }),
  )
})

test('an escape at the end of much input goes on when nothing follows it', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { raw, readAll } = open()
  raw.write(`${'x'.repeat(80)}\x1b`)
  assert.equal(readAll(), 'x'.repeat(80))
  context.mock.timers.tick(100)
  assert.equal(readAll(), '\x1b')
})

test('everything else is that of the terminal', () => {
  const { raw, stdin } = open()
  Object.assign(raw, { isTTY: true })
  assert.equal(stdin.isTTY, true)
  let ended = false
  stdin.on('end', () => {
    ended = true
  })
  raw.emit('end')
  assert.ok(ended)
})
