import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clip } from '../../src/ui/clipboard.ts'

const decoded = (sequence: string) => /^\x1b\]52;c;([A-Za-z0-9+/=]*)\x07$/.exec(sequence)?.[1] ?? ''
const sequenceOf = (text: string, env: Record<string, string>) => {
  const made = clip(text, env)
  return 'sequence' in made ? made.sequence : assert.fail(made.reason)
}

describe('clip', () => {
  test('is OSC 52 with the text in base64', () => {
    const sequence = sequenceOf('Köln · ▲', { TERM: 'xterm-256color' })
    assert.equal(Buffer.from(decoded(sequence), 'base64').toString(), 'Köln · ▲')
  })

  test('inside tmux it is sent wrapped, with doubled escapes, and plain', () => {
    const plain = sequenceOf('x', { TERM: 'tmux-256color' })
    const both = sequenceOf('x', { TERM: 'tmux-256color', TMUX: '/tmp/tmux-0/default,1,0' })
    assert.equal(both, `\x1bPtmux;\x1b${plain}\x1b\\${plain}`)
  })

  test('nothing but base64 of the text is inside, whatever the text holds', () => {
    assert.match(sequenceOf('\x1b]0;title\x07\x1b\\', { TERM: 'xterm' }), /^\x1b\]52;c;[A-Za-z0-9+/=]*\x07$/)
  })

  test('says why not: no clipboard, too long', () => {
    assert.match(JSON.stringify(clip('x', { TERM: 'linux' })), /no clipboard \(TERM=linux\)/)
    assert.match(JSON.stringify(clip('x'.repeat(60_000), { TERM: 'xterm' })), /takes 54 kB: e exports it/)
    assert.ok('sequence' in clip('x'.repeat(55_000), { TERM: 'xterm' }))
  })
})
