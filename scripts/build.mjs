// Bundles src/main.ts and the libraries it uses into dist/. Also runs on Node 20, because npm's `prepare` calls it before
// anything can tell which Node is on PATH, and does nothing where esbuild is not installed (a production install).

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { adaptations } from './adaptations.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = join(root, 'src', 'main.ts')
const dist = join(root, 'dist')

/** Written to the top: what CommonJS libraries take for granted and an ES module does not have. */
const COMMONJS =
  "const require = process.getBuiltinModule('node:module').createRequire(importMeta.url), " +
  '__filename = importMeta.filename, __dirname = importMeta.dirname;'

/** A module of Node that is loaded when the first of its names is asked for; from then on it is what the names are inherited from. */
const LAZY = `const __builtins = new WeakSet(), __builtin = (name) => {
  const load = () => process.getBuiltinModule(name);
  const first = (_, key, names) => Object.setPrototypeOf(names, load()) && load()[key];
  const names = Object.create(new Proxy({}, {get: first}), {default: {get: load, enumerable: true}});
  __builtins.add(names);
  return names;
};`

async function loadEsbuild() {
  try {
    return await import('esbuild')
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
}

/** Options that decide what the bundle is; the reasons are in docs/decisions/0001-one-bundle.md. */
function options() {
  return {
    absWorkingDir: root,
    entryPoints: { pgdeck: entry },
    outdir: dist,
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
    banner: { js: `${COMMONJS}\n${LAZY}` },
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

/** How esbuild gives an ES module what CommonJS ones export: by copying every name, which reads much that nobody asks for. */
const COPYING =
  'var __toESM=(mod,isNodeMode,target)=>(target=mod!=null?__create(__getProtoOf(mod)):{},__copyProps(isNodeMode||!mod||!mod.__esModule?__defProp(target,"default",{value:mod,enumerable:!0}):target,mod));'
const INHERITING =
  'var __toESM=(mod,isNodeMode)=>__builtins.has(mod)?mod:__create(mod,isNodeMode||!mod.__esModule?{default:{value:mod,enumerable:!0}}:{});'

/** Names are inherited instead. Throws an Error when esbuild does it another way by now. */
function withoutCopies(code) {
  if (code.split(COPYING).length !== 2) throw new Error('esbuild no longer has the __toESM that build.mjs replaces')
  return code.replace(COPYING, () => INHERITING)
}

/**
 * The text of a function that runs the program, takes what stands for `import.meta` and resolves when the program is done. In
 * ASCII: one character beyond it makes the engine keep two bytes for each of some millions; esbuild escapes all but those in
 * regular expressions. Throws an Error when the bundle needs a module that is not in it.
 */
function asScript(contents) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const code = withoutCopies(Buffer.from(contents).toString('utf8')).replace(/[^\x00-\x7f]/g, escaped)
  if (/\bimport\s*\(/.test(code)) throw new Error('the bundle loads a module while it runs: nothing could give it one')
  const text = `(async function(importMeta){"use strict";${code}\n})`
  try {
    new Script(text)
  } catch (error) {
    throw new Error(`the bundle is not one script without imports: ${error.message}`)
  }
  return Buffer.from(text)
}

/** The packages whose code ended up in the bundle, as `node_modules/name` folders. */
function bundledPackages(metafile) {
  const folders = new Set()
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)
    if (match) folders.add(match[0])
  }
  return [...folders].sort()
}

/** Licences of the bundled libraries; they ask for their text to travel with their code. */
function licences(metafile) {
  const parts = bundledPackages(metafile).map((folder) => {
    const at = join(root, folder)
    const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    const file = readdirSync(at).find((entryName) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entryName))
    const text = file ? readFileSync(join(at, file), 'utf8').trim() : `(${license}; no licence file in the package)`
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  return `pgdeck contains code of these packages.\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`
}

/** Writes what changed and removes what earlier builds left. */
function write(files) {
  for (const [path, content] of files) {
    if (existsSync(path) && readFileSync(path).equals(content)) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  for (const found of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath ?? found.path, found.name)
    if (found.isFile() && !files.has(path)) rmSync(path, { force: true })
  }
}

async function build() {
  const esbuild = await loadEsbuild()
  if (esbuild === null) return
  if (!existsSync(entry)) throw new Error(`${relative(root, entry)} is missing: there is nothing to bundle`)
  const result = await esbuild.build(options())
  const files = new Map(result.outputFiles.map((file) => [file.path, asScript(file.contents)]))
  files.set(join(dist, 'LICENSES.txt'), Buffer.from(licences(result.metafile)))
  write(files)
}

try {
  await build()
} catch (error) {
  // esbuild has printed its own messages, with file and line, already.
  if (!Array.isArray(error.errors)) console.error(`build: ${error.stack ?? error}`)
  console.error('build: failed, dist/ was not changed')
  process.exitCode = 1
}
