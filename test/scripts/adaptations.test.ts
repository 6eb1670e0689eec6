// What the bundle changes in its libraries must not change what they do: each changed module is compared with the original.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import xterm from '@xterm/headless'
import { build, type Plugin, type PluginBuild } from 'esbuild'
import fc from 'fast-check'
import { adaptations } from '../../scripts/adaptations.mjs'
import { cellsOf } from '../fakes/cells.ts'

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-adaptations-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Loads a module of the libraries, as it is or as the bundle has it. */
async function load(module: string, name: string, plugins: Plugin[]): Promise<Record<string, unknown>> {
  const outfile = join(folder, `${name}.mjs`)
  await build({
    stdin: { contents: `export * from '${module}'\nexport { default } from '${module}'`, resolveDir: process.cwd() },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    define: { 'process.env.DEV': '"false"', 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);",
    },
    plugins,
    logLevel: 'silent',
  })
  return await import(pathToFileURL(outfile).href)
}

const plugins = adaptations
const original = plugins.filter(({ name }) => name === 'no-devtools')

async function both<T>(module: string, name: string): Promise<{ readonly stock: T; readonly changed: T }> {
  const stock = await load(module, `${name}-stock`, original)
  const changed = await load(module, `${name}-changed`, plugins)
  return { stock: stock.default as T, changed: changed.default as T }
}

/** Texts as screens have them, and the characters that make widths difficult. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abc XYZ 019 .,:/─│└▶●○▲▸█▁…·–—’“”→✓✖é⣿') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('日', '本', 'ｶ', 'ﾞ', '한', '👩', '🏽', '❤', '☎', '⚠', '\u{1F1E9}', '5', '#'),
  },
  { weight: 2, arbitrary: fc.constantFrom('\u200d', '\ufe0f', '\u20e3', '\u0301', '\u00ad', '\u200b', '\u202e', '\t') },
)
const words = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(''))
const styled = fc
  .array(fc.tuple(fc.constantFrom('', '\x1b[31m', '\x1b[1m', '\x1b[2m', '\x1b[7m', '\x1b[0m', '\x1b[39m'), words), {
    maxLength: 5,
  })
  .map((parts) => parts.map(([style, text]) => style + text).join(''))

describe('changes to libraries in the bundle', () => {
  test('string-width answers as before', async () => {
    type StringWidth = (text: string, options?: { ambiguousIsNarrow?: boolean }) => number
    const { stock, changed } = await both<StringWidth>('string-width', 'string-width')
    fc.assert(
      fc.property(styled, fc.boolean(), (text, ambiguousIsNarrow) => {
        assert.equal(changed(text, { ambiguousIsNarrow }), stock(text, { ambiguousIsNarrow }))
      }),
      { numRuns: 3_000 },
    )
    // Each character that has the short way, alone and before what could join it.
    for (let code = 0; code <= 0xffff; code++) {
      const one = String.fromCharCode(code)
      assert.equal(changed(one), stock(one), code.toString(16))
    }
  })

  test('code that proves who is who stays its library’s own', () => {
    const files = ['pg/lib/client.js', 'pg/lib/connection.js', 'pg/lib/crypto/sasl.js', 'pg/lib/crypto/utils.js']
    const touched: string[] = []
    for (const { name, setup } of plugins) {
      const onLoad = ({ filter, namespace = 'file' }: { readonly filter: RegExp; readonly namespace?: string }) => {
        if (namespace !== 'file') return
        touched.push(...files.filter((file) => filter.test(`/node_modules/${file}`)).map((file) => `${name}: ${file}`))
      }
      void setup({ onLoad, onResolve() {} } as unknown as PluginBuild)
    }
    assert.deepEqual(touched, [])
  })

  test('Ink draws frame after frame as before', async () => {
    interface Output {
      write(x: number, y: number, text: string, options: { transformers: ((text: string) => string)[] }): void
      clip(clip: Record<string, number | undefined>): void
      unclip(): void
      get(): { output: string; height: number }
    }
    type Outputs = new (size: { width: number; height: number }) => Output
    const { stock, changed } = await both<Outputs>('./node_modules/ink/build/output.js', 'output')
    const width = 30
    const height = 6
    const write = fc.record({
      x: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -3, max: 32 }) }),
      y: fc.integer({ min: -1, max: height }),
      text: fc.oneof(
        { weight: 9, arbitrary: styled },
        { weight: 1, arbitrary: fc.tuple(styled, styled).map((two) => two.join('\n')) },
      ),
      shout: fc.integer({ max: 15, min: 0 }).map((number) => number === 0),
    })
    const clip = fc.option(
      fc.record({
        x1: fc.integer({ min: 0, max: 3 }),
        x2: fc.integer({ min: 20, max: 30 }),
        y1: fc.integer({ min: 0, max: 2 }),
        y2: fc.integer({ min: 3, max: 6 }),
      }),
    )
    const nested = fc.integer({ min: 0, max: 9 }).map((number) => number === 0)
    const draw = (
      Kind: Outputs,
      writes: readonly { x: number; y: number; text: string; shout: boolean }[],
      around: Record<string, number> | null,
      twice: boolean,
    ) => {
      const output = new Kind({ width, height })
      if (around) output.clip(around)
      if (around && twice) output.clip({ x1: 2, x2: 25, y1: undefined, y2: undefined })
      for (const { x, y, text, shout } of writes) {
        output.write(x, y, text, { transformers: shout ? [(line) => line.toUpperCase()] : [] })
      }
      if (around && twice) output.unclip()
      if (around) output.unclip()
      return output.get()
    }
    const screen = new xterm.Terminal({ cols: 80, rows: height, allowProposedApi: true, scrollback: 0 })
    const cells = ({ output }: { output: string }) => {
      screen.reset()
      screen.write(output.replaceAll('\n', '\r\n'))
      return cellsOf(screen)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 12 }),
        fc.array(write, { maxLength: 2 }),
        clip,
        nested,
        async (first, more, around, twice) => {
          // A second frame in which little has changed is what the change is about.
          for (const writes of [first, [...first, ...more], first]) {
            const [lean, own] = [draw(changed, writes, around, twice), draw(stock, writes, around, twice)]
            assert.equal(lean.height, own.height)
            if (lean.output !== own.output) assert.deepEqual(await cells(lean), await cells(own))
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('a library that is not as expected fails the build and names the place', async () => {
    const plugin = plugins.find(({ name }) => name === 'lazy-string-width') as Plugin
    const elsewhere: Plugin = {
      name: 'elsewhere',
      setup(made) {
        made.onResolve({ filter: /^string-width$/ }, () => ({ path: join(folder, 'string-width', 'index.js') }))
      },
    }
    const { mkdirSync, writeFileSync } = await import('node:fs')
    mkdirSync(join(folder, 'string-width'))
    writeFileSync(join(folder, 'string-width', 'index.js'), 'export default (text) => text.length\n')
    await assert.rejects(
      load('string-width', 'unexpected', [elsewhere, plugin]),
      /expected 1 of .* see adaptations\.mjs/s,
    )
  })
})
