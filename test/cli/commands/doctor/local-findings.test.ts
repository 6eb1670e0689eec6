import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { terminalFindings } from '../../../../src/cli/commands/doctor/local-findings.ts'

const told = (env: Record<string, string>, screen: { isTTY?: boolean; columns?: number; rows?: number }) =>
  terminalFindings(env, { isTTY: true, columns: 120, rows: 40, ...screen }).map(({ level, text }) => `${level} ${text}`)

const GOOD = { TERM: 'xterm-256color', LANG: 'C.UTF-8' }

describe('the terminal', () => {
  test('one that is good for everything', () => {
    assert.deepEqual(told(GOOD, {}), ['ok 120x40', 'ok TERM=xterm-256color, 16 colours', 'ok Unicode marks'])
  })

  test('too small, without colours, without Unicode, dumb', () => {
    assert.equal(told(GOOD, { columns: 79 })[0], 'warning 79x40')
    assert.equal(told(GOOD, { rows: 11 })[0], 'critical 120x11')
    assert.match(told({ ...GOOD, NO_COLOR: '1' }, {})[1] ?? '', /without colours/)
    assert.match(told({ TERM: 'xterm', LANG: 'C' }, {})[2] ?? '', /info the locale is not UTF-8/)
    assert.match(told({ ...GOOD, TERM: 'dumb' }, {})[1] ?? '', /critical TERM is dumb/)
  })

  test('inside tmux or screen: what copying needs', () => {
    assert.match(told({ ...GOOD, TMUX: '/tmp/x,1,0' }, {}).join('\n'), /120x40, in tmux[\s\S]*copying a row needs tmux/)
    assert.match(told({ ...GOOD, STY: '1.x' }, {}).join('\n'), /in screen[\s\S]*screen does not pass copied rows on/)
  })

  test('none at all is no harm', () => {
    const [only] = terminalFindings(GOOD, { isTTY: false })
    assert.equal(only?.level, 'info')
  })
})
