import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTerminalModes } from '../../../src/ui/terminal/modes.ts'

const XTERM = { TERM: 'xterm-256color' }

function written(env: Record<string, string>, mouse: boolean) {
  const all: string[] = []
  const own = createTerminalModes((sequence) => void all.push(sequence), env, { mouse })
  return { own, taken: () => all.splice(0).join('').replaceAll('\x1b', '^').replaceAll('\x07', '$') }
}

describe('belongings', () => {
  test('the title before is kept once, and comes back at the end', () => {
    const { own, taken } = written(XTERM, false)
    own.title('one')
    own.title('one')
    own.title('two')
    assert.equal(taken(), '^[22;0t^]2;one$^]2;two$')
    own.restore()
    own.restore()
    assert.equal(taken(), '^]2;$^[23;0t')
  })

  test('while another program has the terminal nothing is written; then all is taken again', () => {
    const { own, taken } = written(XTERM, true)
    own.title('one')
    assert.equal(taken(), '^[?1000h^[?1006h^[22;0t^]2;one$')
    own.restore()
    assert.equal(taken(), '^[?1006l^[?1000l^]2;$^[23;0t')
    own.title('two')
    assert.equal(taken(), '')
    own.apply()
    assert.equal(taken(), '^[?1000h^[?1006h^[22;0t^]2;two$')
  })

  test('rows do not wrap while they are drawn, and do so again for everybody else', () => {
    const all: string[] = []
    const own = createTerminalModes((sequence) => void all.push(sequence), XTERM, { mouse: false, draws: true })
    own.restore()
    own.apply()
    own.end()
    own.apply()
    assert.deepEqual(all, ['\x1b[?7l', '\x1b[?7h', '\x1b[?7l', '\x1b[?7h'])
  })

  test('a console that would print the title gets none', () => {
    const { own, taken } = written({ TERM: 'linux' }, false)
    own.title('one')
    own.restore()
    assert.equal(taken(), '')
  })
})
