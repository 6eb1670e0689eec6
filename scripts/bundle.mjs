// What the bundle is: how esbuild makes it, and the one script that it becomes. The reasons are in
// docs/decisions/0001-one-bundle.md.

import { Script } from 'node:vm'
import { adaptations } from './adaptations.mjs'

/** Written to the top: what CommonJS libraries take for granted and an ES module does not have. */
const COMMONJS =
  "const require = process.getBuiltinModule('node:module').createRequire(importMeta.url), " +
  '__filename = importMeta.filename, __dirname = importMeta.dirname;'

/** Options that decide what the bundle is. */
export function bundleOptions() {
  return {
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.13',
    jsx: 'automatic',
    jsxDev: false,
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'import.meta': 'importMeta',
    },
    banner: { js: COMMONJS },
    external: ['pg-native'],
    // A module of Node that lacks what is imported from it would be noticed only when that is used.
    logOverride: { 'import-is-undefined': 'error' },
    plugins: adaptations,
    // Whitespace and syntax only: the stack in the log file of a crash must keep its function names.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  }
}

/**
 * The text of a function that runs the program, takes what stands for `import.meta` and resolves when the program is done. In
 * ASCII: one character beyond it makes the engine keep two bytes for each of some millions; esbuild escapes all but those in
 * regular expressions. Throws an Error when the bundle needs a module that is not in it.
 */
export function asScript(contents) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const code = Buffer.from(contents)
    .toString('utf8')
    .replace(/[^\x00-\x7f]/g, escaped)
  if (/\bimport\s*\(/.test(code)) throw new Error('the bundle loads a module while it runs: nothing could give it one')
  const text = `(async function(importMeta){"use strict";${code}\n})`
  try {
    new Script(text)
  } catch (error) {
    throw new Error(`the bundle is not one script without imports: ${error.message}`)
  }
  return Buffer.from(text)
}
