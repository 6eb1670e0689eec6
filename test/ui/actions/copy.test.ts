import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clipboardSequence } from '../../../src/ui/actions/copy.ts'

const decoded = (sequence: string) => /^\x1b\]52;c;([A-Za-z0-9+/=]*)\x07$/.exec(sequence)?.[1] ?? ''
const sequenceOf = (text: string, env: Record<string, string>) => {
  const made = clipboardSequence(text, env)
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

  test('inside GNU screen it goes wrapped in pieces that screen takes, and never plain', () => {
    const text = 'x'.repeat(5_000)
    const plain = sequenceOf(text, { TERM: 'xterm' })
    for (const env of [{ TERM: 'screen-256color', STY: '1.pts' }, { TERM: 'screen' }] as const) {
      const sequence = sequenceOf(text, env)
      const pieces = [...sequence.matchAll(/\x1bP([^\\]*?)\x1b\\/gs)]
      assert.equal(pieces.map(([whole]) => whole).join(''), sequence, 'nothing beside the pieces')
      assert.ok(pieces.length > 20 && pieces.every(([whole]) => whole.length <= 256))
      assert.equal(pieces.map(([, inside]) => inside).join(''), plain)
    }
  })

  test('seen from another host, screen may be either: what is short goes both ways', () => {
    const plain = sequenceOf('x', { TERM: 'xterm' })
    assert.equal(sequenceOf('x', { TERM: 'screen-256color' }), `\x1bP${plain}\x1b\\${plain}`)
    assert.equal(sequenceOf('x', { TERM: 'screen', STY: '1.pts' }), `\x1bP${plain}\x1b\\`)
    assert.match(sequenceOf('x', { TERM: 'screen', TMUX: '/tmp/t' }), /^\x1bPtmux;/)
  })

  test('nothing but base64 of the text is inside, whatever the text holds', () => {
    assert.match(sequenceOf('\x1b]0;title\x07\x1b\\', { TERM: 'xterm' }), /^\x1b\]52;c;[A-Za-z0-9+/=]*\x07$/)
  })

  test('says why not: no clipboard, too long', () => {
    assert.match(JSON.stringify(clipboardSequence('x', { TERM: 'linux' })), /no clipboard \(TERM=linux\)/)
    assert.match(
      JSON.stringify(clipboardSequence('x'.repeat(60_000), { TERM: 'xterm' })),
      /\(54 kB at most\): e exports it/,
    )
    assert.ok('sequence' in clipboardSequence('x'.repeat(55_000), { TERM: 'xterm' }))
  })
})
