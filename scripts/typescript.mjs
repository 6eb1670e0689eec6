// Lets Node run the project's TypeScript as it lies there, for the tests: `node --import ./scripts/typescript.mjs FILE`.
// It is what tsx does, for a third of the processor time: Node takes the types out itself and keeps what it compiled for
// the next process. A Node that can't do that gets tsx.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as module from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/pgdeck-tests', import.meta.url))

/** Some packages leave out extensions in what they import of themselves, which bundlers forgive and Node doesn't. */
function resolve(specifier, context, next) {
  try {
    return next(specifier, context)
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/^\.\.?\//.test(specifier)) throw error
    return next(`${specifier}.js`, context)
  }
}

function load(url, context, next) {
  if (!url.endsWith('.tsx')) return next(url, context)
  return { format: 'module', source: withoutElements(fileURLToPath(url)), shortCircuit: true }
}

/** The file with its elements written as calls. esbuild is slow to start: what it made is kept, under a name that the text gives. */
function withoutElements(path) {
  const text = readFileSync(path, 'utf8')
  const kept = join(CACHE, `${createHash('sha256').update(text).digest('hex')}.js`)
  try {
    return readFileSync(kept, 'utf8')
  } catch {
    const { transformSync } = module.createRequire(import.meta.url)('esbuild')
    const options = { loader: 'tsx', jsx: 'automatic', format: 'esm', target: 'es2024', sourcefile: path }
    const { code } = transformSync(text, { ...options, sourcemap: 'inline' })
    keep(kept, code)
    return code
  }
}

/** Whole or not at all: others read it meanwhile. A folder that can't be written to only costs time. */
function keep(path, text) {
  const half = `${path}.${process.pid}`
  try {
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(half, text)
    renameSync(half, path)
  } catch {
    // Made again by the next process.
  }
}

if (process.features.typescript && module.registerHooks) {
  module.enableCompileCache(CACHE)
  module.registerHooks({ resolve, load })
} else {
  await import('tsx')
}
