import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { filterInput } from '../../../src/ui/terminal/filtered-input.ts'
import { filterMouseReports, type TerminalMouseEvent } from '../../../src/ui/terminal/mouse.ts'

/** What reaches a reader, and what was heard of the mouse, of input in pieces. */
function read(...pieces: string[]) {
  const heard: TerminalMouseEvent[] = []
  const raw = new PassThrough()
  raw.setEncoding('utf8')
  const stdin = filterInput(raw as unknown as NodeJS.ReadStream, [
    filterMouseReports((event) => void heard.push(event)),
  ])
  let text = ''
  for (const piece of pieces) {
    raw.write(piece)
    for (let chunk = stdin.read(); chunk !== null; chunk = stdin.read()) text += chunk
  }
  return { text, heard }
}

describe('reports of the mouse', () => {
  test('presses of the first button and the wheel are heard, everything else of the mouse is dropped', () => {
    const { text, heard } = read(
      'a\x1b[<0;12;7Mb\x1b[<0;12;7m\x1b[<64;1;1M\x1b[<65;1;1Mc\x1b[<2;1;1M\x1b[<35;3;3M\x1b[<66;1;1M',
    )
    assert.equal(text, 'abc')
    assert.deepEqual(heard, [
      { kind: 'click', row: 6 },
      { kind: 'wheel', by: -3 },
      { kind: 'wheel', by: 3 },
    ])
  })

  test('with keys held it is the same', () => {
    assert.deepEqual(read('\x1b[<4;1;3M\x1b[<80;1;3M').heard, [
      { kind: 'click', row: 2 },
      { kind: 'wheel', by: -3 },
    ])
  })

  test('a report that comes in pieces is put together; keys pass as they are', () => {
    const { text, heard } = read('x\x1b[<0;1', '0;4', 'My\x1b', '[A', '\x1b[200~p\x1b[201~')
    assert.equal(text, 'xy\x1b[A\x1b[200~p\x1b[201~')
    assert.deepEqual(heard, [{ kind: 'click', row: 3 }])
  })
})
