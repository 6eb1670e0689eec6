// The bundle as one script: it runs as the module did, and what could not run is refused at once.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Script } from 'node:vm'
import { build } from 'esbuild'
import { asScript, bundleOptions } from '../../scripts/bundle.mjs'

async function textOf(
  context: TestContext,
  program: string,
  beside: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-program-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries({ 'main.mjs': program, ...beside })) writeFileSync(join(folder, name), text)
  const entry = { absWorkingDir: folder, entryPoints: [join(folder, 'main.mjs')], outdir: folder }
  const { outputFiles } = await build({ ...bundleOptions(), ...entry, logLevel: 'silent' })
  return asScript(outputFiles[0]?.contents ?? new Uint8Array()).toString('latin1')
}

async function run(text: string): Promise<unknown> {
  const told: unknown[] = []
  const program: (meta: object) => Promise<void> = new Script(text).runInThisContext()
  Object.assign(globalThis, { tell: (what: unknown) => told.push(what) })
  await program({ url: 'file:///somewhere/pgdeck' })
  return told
}

test('it waits at its top level, knows where it is, and is in ASCII', async (context) => {
  const text = await textOf(context, `tell(await 1); tell(import.meta.url); tell(/^[é–ü]$/v.test('é')); tell(this)`)
  assert.match(text, /^[\x00-\x7f]*$/)
  assert.deepEqual(await run(text), [1, 'file:///somewhere/pgdeck', true, undefined])
})

test('parts that are loaded later are in it', async (context) => {
  const part = `export const later = await Promise.resolve('later')`
  const text = await textOf(context, `const { later } = await import('./part.mjs'); tell(later)`, { 'part.mjs': part })
  assert.deepEqual(await run(text), ['later'])
})

test('what cannot be in it is refused', async (context) => {
  await assert.rejects(textOf(context, `tell(await import(process.argv[2]))`), /loads a module while it runs/)
})

test('modules of Node and CommonJS libraries give what they have: by name, as a whole, and when first used', async (context) => {
  const library = `module.exports = function library() { return 'called' }; module.exports.part = 'part'`
  const old = `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'own default'; exports.a = 1`
  const program = `
    import { readFileSync } from 'node:fs'
    import fs from 'node:fs'
    import * as all from 'node:fs'
    import { createHash, randomBytes } from 'node:crypto'
    import crypto from 'node:crypto'
    import process, { argv } from 'node:process'
    import library, { part } from './library.cjs'
    import old, { a } from './old.cjs'
    tell(fs.readFileSync === readFileSync && all.readFileSync === readFileSync)
    tell(typeof createHash === 'function' && randomBytes(4).length === 4)
    tell(crypto.createHash('md5').update('').digest('hex'))
    tell(argv === process.argv && process === globalThis.process)
    tell(library() + ' ' + part)
    tell([old.default, a])`
  const told = await run(await textOf(context, program, { 'library.cjs': library, 'old.cjs': old }))
  assert.deepEqual(told, [true, true, 'd41d8cd98f00b204e9800998ecf8427e', true, 'called part', ['own default', 1]])
})
