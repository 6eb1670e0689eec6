// Bundles src/main.ts and the libraries it uses into dist/. Also runs on Node 20, because npm's `prepare` calls it before
// anything can tell which Node is on PATH, and does nothing where esbuild is not installed (a production install).

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asScript, bundleOptions } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = join(root, 'src', 'main.ts')
const dist = join(root, 'dist')

async function loadEsbuild() {
  try {
    return await import('esbuild')
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
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
  // src/model/logs/messages/ recognizes the server's messages by their translations.
  const messages = readFileSync(join(root, 'scripts', 'postgresql-license.txt'), 'utf8')
  parts.push(`PostgreSQL 15, translations of its messages (PostgreSQL)\n\n${messages}`)
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
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { pgdeck: entry },
    outdir: dist,
    ...bundleOptions(),
  })
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
