// Words for a shell: whatever they hold, the program gets them as they were.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { shellCommandLine, shellQuote } from '../../../src/model/values/shell-quote.ts'

const SHELLS = ['sh', 'bash', 'dash', 'busybox'].filter((name) => spawnSync(name, ['true']).error === undefined)

/** What a program gets of these arguments when the shell reads the line. */
function through(shell: string, words: readonly string[]): readonly string[] {
  const args = shell === 'busybox' ? ['sh', '-s'] : ['-s']
  const line = shellCommandLine(['printf', '%s\\0', ...words])
  const { stdout, stderr } = spawnSync(shell, args, { input: `${line}\n`, encoding: 'utf8' })
  assert.equal(stderr, '')
  return stdout.split('\0').slice(0, -1)
}

const HARD = [
  '',
  ' ',
  "'",
  "''",
  '"',
  '\\',
  "it's",
  '$(id)',
  '`id`',
  '!!',
  '~',
  '*',
  'a=b',
  '-n',
  '#x',
  '\n',
  'a\nb',
  '\r\n',
  '\t',
  '|&;<>',
  '$HOME',
  '\u001b[31m',
  'é€😀',
  "\\'",
  "'\\''",
]

describe('words for a shell', { skip: process.platform === 'win32' && 'there is no POSIX shell' }, () => {
  for (const shell of SHELLS) {
    test(`${shell} hands on the hard ones`, () => assert.deepEqual(through(shell, HARD), HARD))
  }

  test('any text goes through sh', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed())
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        assert.deepEqual(through('sh', words), words)
      }),
      { numRuns: 50 },
    )
  })

  test('plain words stay readable, and what no argument can hold is refused', () => {
    assert.equal(shellCommandLine(['pg_ctl', '-D', '/var/lib/x', 'a b']), "pg_ctl -D /var/lib/x 'a b'")
    assert.throws(() => shellQuote('a\0b'), RangeError)
  })

  test('a first word that looks like an assignment is a program', () => {
    const { status } = spawnSync('sh', ['-s'], { input: `${shellCommandLine(['a=b'])} 2>/dev/null\n` })
    assert.equal(status, 127)
  })
})
