// Printed text where the locale is not UTF-8: the marks of the screen in ASCII, nothing beyond it, and nothing lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localeText } from '../../src/cli/text/print.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'

test('all marks have their own in ASCII; escapes and line breaks stay', () => {
  const marks = Object.values(UNICODE_GLYPHS)
    .filter((mark) => typeof mark === 'string')
    .join('')
  const plain = localeText(marks, { LC_ALL: 'C' })
  assert.match(plain, /^[\x20-\x7e]+$/)
  assert.equal(
    localeText('\u001b[31m● └▶ can’t → “x” …\u001b[0m\n', { LANG: 'C' }),
    '\u001b[31m* `> can\'t -> "x" ~\u001b[0m\n',
  )
  assert.equal(localeText('größe 表', { LC_ALL: 'POSIX' }), 'gr??e ??')
})

test('a locale with UTF-8 shows all, and LC_ALL decides before LANG', () => {
  assert.equal(localeText('● größe', { LANG: 'de_DE.UTF-8' }), '● größe')
  assert.equal(localeText('●', { LC_ALL: 'C', LANG: 'C.UTF-8' }), '*')
})
