// What reaches the terminal of frames that the bundle draws its own way must look as Ink's own: compared cell by cell.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import xterm from '@xterm/headless'
import { build, type Plugin } from 'esbuild'
import fc from 'fast-check'
import { adaptations } from '../../scripts/adaptations.mjs'
import { cellsOf } from '../fakes/cells.ts'

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-frames-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const COLUMNS = 40
const ROWS = 8

/** Draws rows as the program does (src/ui/app.tsx): one text per row in a box that hides what is too much. */
const DRAWING = `
import { render, Box } from 'ink'
import { createElement } from 'react'
const oneLine = { flexGrow: 0, flexShrink: 1, flexDirection: 'row', textWrap: 'truncate' }
export const draw = (options) => {
  const tree = (rows) => createElement(Box, { flexDirection: 'column', width: ${COLUMNS}, height: ${ROWS}, overflow: 'hidden' },
    rows.map((text, key) => createElement('ink-text', { key, style: oneLine }, text)))
  const app = render(tree([]), { ...options, alternateScreen: true, incrementalRendering: true, maxFps: 1000,
    patchConsole: false, exitOnCtrlC: false, interactive: true })
  return { show: async (rows) => { app.rerender(tree(rows)); await app.waitUntilRenderFlush() }, end: () => app.unmount() }
}`

interface Drawing {
  show(rows: readonly string[]): Promise<void>
  end(): void
}

async function load(name: string, plugins: Plugin[]): Promise<(options: object) => Drawing> {
  const outfile = join(folder, `${name}.mjs`)
  await build({
    stdin: { contents: DRAWING, resolveDir: process.cwd() },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    define: { 'process.env.DEV': '"false"', 'process.env.NODE_ENV': '"production"' },
    banner: { js: "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);" },
    plugins,
    logLevel: 'silent',
  })
  return (await import(pathToFileURL(outfile).href)).draw
}

/** A terminal that is only looked at: what Ink needs of standard output, and the screen that came of it. */
class Screen extends EventEmitter {
  readonly isTTY = true
  readonly columns = COLUMNS
  readonly rows = ROWS
  readonly writable = true
  readonly #terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true, scrollback: 0 })

  write(data: string, done?: () => void): boolean {
    this.#terminal.write(data.replaceAll(/(?<!\r)\n/g, '\r\n'), done)
    return true
  }

  cells(): Promise<readonly string[]> {
    return cellsOf(this.#terminal)
  }
}

function stdin(): object {
  const methods = { setRawMode() {}, setEncoding() {}, ref() {}, unref() {}, read: () => null, resume() {}, pause() {} }
  return Object.assign(new EventEmitter(), methods, { isTTY: true })
}

const plainText = fc
  .array(fc.constantFrom(...'abc XYZ 019 .,:/─│└▶●○▲▸█▁…·–—’“”→✓✖é⣿'), { maxLength: 25 })
  .map((all) => all.join(''))
const oddText = fc
  .array(
    fc.constantFrom('日', 'ｶ', '👩', '🏽', '❤', '\ufe0f', '\u0301', '\u200d', '\u00ad', '\t', '\x1b[2J', 'a', ' '),
    {
      maxLength: 8,
    },
  )
  .map((all) => all.join(''))
const code = fc.constantFrom(1, 2, 3, 7, 22, 27, 31, 33, 36, 39, 41, 49, 91, 97, 0)
/** As the program paints: each style ended where it began; and as nobody should: left open, nested, ended twice. */
const painted = fc.oneof(
  { weight: 6, arbitrary: plainText },
  { weight: 3, arbitrary: plainText.map((text) => `\x1b[1m${text}\x1b[22m`) },
  { weight: 2, arbitrary: plainText.map((text) => `\x1b[31m\x1b[1m${text}\x1b[22m\x1b[39m`) },
  { weight: 1, arbitrary: fc.tuple(code, plainText).map(([number, text]) => `\x1b[${number}m${text}`) },
  { weight: 1, arbitrary: oddText },
)
const row = fc.array(painted, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('') || ' ')
const rows = fc.array(row, { minLength: ROWS, maxLength: ROWS })
const change = fc.tuple(fc.integer({ min: 0, max: ROWS - 1 }), row)

describe('frames of the bundle', () => {
  test('look on a terminal as those of Ink itself, whatever is drawn after whatever', async () => {
    const own = adaptations.filter(({ name }) => name === 'no-devtools')
    const screens = { stock: new Screen(), lean: new Screen() }
    const stock = (await load('stock', own))({ stdin: stdin(), stdout: screens.stock })
    const lean = (await load('lean', adaptations))({ stdin: stdin(), stdout: screens.lean })
    try {
      await fc.assert(
        fc.asyncProperty(rows, fc.array(change, { maxLength: 4 }), async (first, changes) => {
          let shown = first
          for (const [at, text] of [[0, first[0] ?? ''] as const, ...changes]) {
            shown = shown.with(at, text)
            await Promise.all([stock.show(shown), lean.show(shown)])
            assert.deepEqual(await screens.lean.cells(), await screens.stock.cells())
          }
        }),
        { numRuns: 300 },
      )
    } finally {
      stock.end()
      lean.end()
    }
  })
})
