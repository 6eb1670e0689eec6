// What a screen reader is given, as golden texts. `UPDATE_FRAMES=1` rewrites them; read the difference before you keep it.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import stringWidth from 'string-width'
import { screenReaderLines } from '../../src/ui/frame/screen-reader.ts'
import { SCENES } from './scenes.ts'

process.env.TZ = 'UTC'

const TOLD = [
  'lagging',
  'primary-down',
  'split-brain',
  'first-seconds',
  'activity',
  'details-replica',
  'palette',
  'past',
]
const SIZE = { columns: 100, rows: 40 }

const textOf = (name: string, size = SIZE) => screenReaderLines(SCENES[name]?.() ?? assert.fail(name), size, [])

describe('spoken screens', () => {
  for (const name of TOLD) {
    test(name, () => {
      const file = new URL(`golden/spoken-${name}.txt`, import.meta.url)
      const kept = `${textOf(name).join('\n')}\n`
      if (process.env.UPDATE_FRAMES === '1') writeFileSync(file, kept)
      assert.ok(existsSync(file), `there is no text ${file.pathname}: UPDATE_FRAMES=1 makes it`)
      assert.equal(kept, readFileSync(file, 'utf8'))
    })
  }

  for (const name of Object.keys(SCENES)) {
    test(`${name}: no drawing, no bare marks, no more than the terminal holds`, () => {
      for (const [columns, rows] of [
        [60, 12],
        [80, 24],
        [120, 40],
      ] as const) {
        const lines = textOf(name, { columns, rows })
        assert.ok(lines.length < rows, `${lines.length} lines of ${rows}`)
        for (const line of lines) {
          assert.ok(stringWidth(line) <= columns, line)
          assert.doesNotMatch(line, /[\u2500-\u25ff✖→]|[▁▂▃▄▅▆▇█]|^\s*$| {2}|,\s*,|\s,|\p{Cc}/u)
        }
      }
    })
  }

  test('every row names its columns, every status is a word', () => {
    const text = textOf('primary-down', { columns: 400, rows: 40 }).join('\n')
    assert.match(
      text,
      /^db-1, type PostgreSQL 18\.4, role primary, status critical inactive, port 5432 closed, servers \?\/2, sessions 48\/197, read 42 s old/m,
    )
    assert.match(text, /^selected: pmp-a, type primary, status warning degraded/m)
  })
})
