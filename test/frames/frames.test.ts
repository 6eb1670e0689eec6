// Golden text frames at three sizes. `UPDATE_FRAMES=1` rewrites them; read the difference before you keep it.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import stringWidth from 'string-width'
import type { State } from '../../src/state/state.ts'
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { linePainter } from '../../src/ui/frame/format/theme.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { demoFaults, healthy, lagging, primaryDown, splitBrain } from '../builders/screens.ts'
import { SCENES } from './scenes.ts'

process.env.TZ = 'UTC'

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const
const GOLDEN = new URL('golden/', import.meta.url)

function textOf(state: State, columns: number, rows: number, glyphs = UNICODE_GLYPHS): string {
  const lines = frame(state, { columns, rows, glyphs }, demoFaults())
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
}

const widths = new Map<string, number>()

/** Measuring is slow, and the same lines come again and again. */
function widthOf(line: string): number {
  const width = widths.get(line) ?? stringWidth(line)
  widths.set(line, width)
  return width
}

function assertFits(text: string, columns: number, rows: number): void {
  const lines = text.split('\n')
  assert.equal(lines.length, rows, 'as many lines as the terminal has')
  lines.forEach((line, row) => {
    const cells = widthOf(line)
    assert.ok(cells <= columns, `row ${row} is ${cells} of ${columns} cells: ${line}`)
    assert.doesNotMatch(line, /\p{Cc}|\p{Bidi_Control}/u, `row ${row} holds a control character`)
    assert.notEqual(line, '', `row ${row} is empty: Ink would drop it`)
  })
}

describe('golden frames', () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    for (const [columns, rows] of SIZES) {
      test(`${name} at ${columns}x${rows}`, () => {
        const text = textOf(scene(), columns, rows)
        assertFits(text, columns, rows)
        const file = new URL(`${name}-${columns}x${rows}.txt`, GOLDEN)
        const kept = `${text.replace(/ +$/gm, '')}\n`
        if (process.env.UPDATE_FRAMES === '1' || !existsSync(file)) {
          assert.ok(process.env.UPDATE_FRAMES === '1', `there is no frame ${file.pathname}: UPDATE_FRAMES=1 makes it`)
          mkdirSync(GOLDEN, { recursive: true })
          writeFileSync(file, kept)
        }
        assert.equal(kept, readFileSync(file, 'utf8'))
      })
    }
  }
})

describe('every size', () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    test(`${name} fits from the smallest to a large terminal, in Unicode and ASCII`, () => {
      const state = scene()
      for (const columns of [20, 60, 61, 79, 100, 137, 300]) {
        for (const rows of [5, 12, 13, 15, 16, 19, 23, 25, 31, 80]) {
          assertFits(textOf(state, columns, rows), columns, rows)
          const ascii = textOf(state, columns, rows, ASCII_GLYPHS)
          assertFits(ascii, columns, rows)
          assert.match(ascii, /^[\x20-\x7e\n]*$/)
        }
      }
    })
  }

  test('what never goes is there at 60 columns', () => {
    const text = textOf(lagging(), 60, 24)
    for (const part of ['pmp-a', 'read-only', 'active', 'db-ro', 'replica', 'streaming', 'MB']) {
      assert.ok(text.includes(part), `${part} is missing in\n${text}`)
    }
  })

  test('a terminal that is too small says so', () => {
    assert.match(textOf(healthy(), 59, 24), /needs 60x12/)
    assert.match(textOf(healthy(), 80, 11), /needs 60x12/)
    assert.match(textOf(healthy(), 60, 12), /pmp-a/)
  })
})

describe('colour', () => {
  test('without colour only emphasis is left', () => {
    const painted = frame(splitBrain(), { columns: 120, rows: 40, glyphs: UNICODE_GLYPHS }, [])
      .map(linePainter(0))
      .join('\n')
    const codes = new Set([...painted.matchAll(/\x1b\[([\d;]*)m/g)].map((match) => match[1]))
    assert.deepEqual(
      [...codes].filter((code) => !['0', '1', '2', '7', '22', '27'].includes(code ?? '')),
      [],
    )
  })

  test('sixteen colours are enough', () => {
    const painted = frame(primaryDown(), { columns: 120, rows: 40, glyphs: UNICODE_GLYPHS }, [])
      .map(linePainter(1))
      .join('\n')
    assert.match(painted, /\x1b\[3[0-7]m/)
    assert.doesNotMatch(painted, /\x1b\[[34]8;/)
  })
})
