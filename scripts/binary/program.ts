// The bundle as one script: what Node keeps compiled code for, and what a single executable can run without files beside it.

import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { build } from 'esbuild'

const BUNDLE = fileURLToPath(new URL('../../dist/pgdeck.js', import.meta.url))

/**
 * The text of a function that runs the program; it takes what stands for `import.meta` and resolves when the program is done.
 * ASCII only. Throws an Error when the bundle imports something that is not in it.
 */
export async function programText(bundle = BUNDLE): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [bundle],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    define: { 'import.meta': 'importMeta' },
    minifyWhitespace: true,
    logLevel: 'error',
  })
  // Regular expressions with a flag for Unicode are the one thing that esbuild leaves as it is.
  const code = (outputFiles[0]?.text ?? '').replace(/[^\x00-\x7f]/g, escaped)
  const text = `(async function (importMeta) { "use strict";\n${code}\n})`
  if (/\bimport\s*\(/.test(code)) throw new Error('the bundle loads a module while it runs: nothing could give it one')
  try {
    new Script(text)
  } catch (error) {
    throw new Error(`the bundle is not one script without imports: ${(error as Error).message}`)
  }
  return text
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
