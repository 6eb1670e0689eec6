// The bundle as one script for the single executable: it runs as the module did, and what could not run is refused at once.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Script } from 'node:vm'
import { programText } from '../../scripts/binary/program.ts'

function textOf(context: TestContext, bundle: string, beside: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-program-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries({ 'pgdeck.js': bundle, ...beside })) writeFileSync(join(folder, name), text)
  return programText(join(folder, 'pgdeck.js'))
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

test('parts of the bundle that are loaded later become part of it', async (context) => {
  const part = `export const later = await Promise.resolve('later')`
  const text = await textOf(context, `const { later } = await import('./part.js'); tell(later)`, { 'part.js': part })
  assert.deepEqual(await run(text), ['later'])
})

test('a module that nothing could give it is refused', async (context) => {
  await assert.rejects(textOf(context, `import fs from 'node:fs'; tell(fs)`), /not one script without imports/)
  await assert.rejects(textOf(context, `tell(await import(process.argv[2]))`), /loads a module while it runs/)
})
